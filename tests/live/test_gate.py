"""The gate: a program that is not what was asked for never stands as a target, and what was rejected heals."""

from __future__ import annotations

import os
import subprocess

import pytest

from harness import Project, needed

pytestmark = pytest.mark.live

LIBRARY = """\
package main

/*
#cgo LDFLAGS: -L${SRCDIR}/../../native -lextra
int extra(void);
*/
import "C"

func main() { println("extra", C.extra()) }
"""

OWN = """\
package main

// int extra(void) { return 1; }
import "C"

func main() { println("own", C.extra()) }
"""

OTHER = 'package main\n\nfunc main() { println("other") }\n'

SETTINGS = """
import json
env.Replace(**json.loads(ARGUMENTS.get("SETTINGS", "{}")))
env.GoModule("build/$GOLINKAGE", ".")
"""

PERMIT = 'SETTINGS={"GOVERIFYLIBS": ["libextra.so"]}'


@pytest.fixture
def extra(project: Project) -> Project:
    """Two programs, of which `app` needs a shared library of its own, which nothing permits."""
    project.module(
        {"cmd/app/main.go": LIBRARY, "cmd/other/main.go": OTHER, "native/extra.c": "int extra(void) { return 2; }\n"}
    )
    argv = ["gcc", "-shared", "-fPIC", "extra.c", "-o", "libextra.so"]
    subprocess.run(argv, cwd=project / "native", check=True)
    project.sconstruct(SETTINGS)
    return project


def test_rejected_then_reverted(extra: Project) -> None:
    """D6: the binary is moved aside, the message says everything, each further build fails, and a revert rebuilds."""
    app, aside = extra / "build/dynamic/app", extra / "build/dynamic/app.rejected"
    for _ in range(2):
        outcome = extra.scons("-k", status=2)
        assert outcome.stderr == (
            "scons: *** [build/dynamic/app] rejected; moved to build/dynamic/app.rejected\n"
            "  wanted: only libc's own libraries and those in GOVERIFYLIBS\n"
            "  found:  DT_NEEDED libextra.so\n"
            "  why:    cgo comes in because example.org/m/cmd/app uses cgo itself\n"
            "  fix:    GOVERIFYLIBS=['libextra.so'] if it is there wherever the program runs; RPATH, and its node in LIBS, if this build makes it; otherwise link its .a\n"
        )
        assert not app.exists()
        assert "libextra.so" in needed(aside)
        assert (extra / "build/dynamic/other").exists()  # -k went on
    assert outcome.built == ["dynamic/app"]
    assert extra.scons("-q", status=1).built == []

    extra.write({"cmd/app/main.go": OWN})
    assert extra.rebuilt() == ["dynamic/app"]
    assert extra.run(str(app), check=True).stderr == "own 1\n"
    assert not aside.exists()

    extra.write({"cmd/app/main.go": LIBRARY})
    extra.scons(status=2)
    assert not app.exists()
    extra.scons("-c")
    assert not aside.exists()


def test_the_policy_alone_is_verified_without_compiling(extra: Project) -> None:
    app = extra / "build/dynamic/app"
    assert extra.rebuilt(PERMIT) == ["dynamic/app", "dynamic/other"]
    built = app.read_bytes()

    # Withdrawn: found in the binary that stands, which must not stand then.
    dry = extra.scons("-n")
    assert dry.stdout.startswith("Verifying build/dynamic/app\n")
    assert app.exists()
    outcome = extra.scons("-k", status=2)
    assert outcome.built == []
    assert "DT_NEEDED libextra.so" in outcome.stderr
    assert "build/dynamic/other: static" in outcome.stdout
    assert not app.exists()
    assert extra.scons("build/dynamic/other").stdout == "scons: `build/dynamic/other' is up to date.\n"

    # Permitted again: it was moved away, so it is compiled again; the other one is only verified.
    outcome = extra.scons(PERMIT)
    assert outcome.built == ["dynamic/app"]
    assert app.read_bytes() == built
    extra.up_to_date(PERMIT)

    # Permitting more verifies what stands, and does not touch it.
    before = app.stat()
    outcome = extra.scons('SETTINGS={"GOVERIFYLIBS": ["lib*.so"], "GOVERIFYGLIBC": "2.99"}')
    assert outcome.stdout.startswith("Verifying build/dynamic/app\nbuild/dynamic/app: dynamic: ")
    assert (app.stat().st_mtime_ns, app.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert extra.scons("-k", 'SETTINGS={"GOVERIFYLIBS": ["lib*.so"], "GOVERIFYGLIBC": "2.1"}', status=2).built == []
    assert extra.scons('SETTINGS={"GOVERIFY": "warn"}').built == ["dynamic/app"]


@pytest.mark.parametrize("decider", ["content", "content-timestamp", "timestamp-match", "timestamp-newer"])
def test_policy_and_source_changed_at_once(project: Project, decider: str) -> None:
    """Whatever SCons decides by: a change of the policy must not hide one of the source."""
    project.module({"cmd/app/main.go": OTHER})
    project.sconstruct(f'env.Decider("{decider}")\n{SETTINGS}')
    project.scons()
    project.write({"cmd/app/main.go": OTHER.replace("other", "newer")})
    later = (project / "build/dynamic/app").stat().st_mtime + 2
    os.utime(project / "cmd/app/main.go", (later, later))

    outcome = project.scons('SETTINGS={"GOVERIFYGLIBC": "2.99"}')

    assert outcome.built == ["dynamic/app"]
    assert project.run("build/dynamic/app", check=True).stderr == "newer\n"


def test_a_binary_that_something_else_changed_is_not_just_verified(extra: Project) -> None:
    extra.scons(PERMIT)
    with (extra / "build/dynamic/app").open("ab") as stream:
        stream.write(b"more")

    assert extra.scons('SETTINGS={"GOVERIFYLIBS": ["lib*.so"]}').built == ["dynamic/app"]


def test_a_binary_of_the_same_size_and_time_is_another_all_the_same(extra: Project) -> None:
    extra.scons(PERMIT)
    app = extra / "build/dynamic/app"
    status, content = app.stat(), bytearray(app.read_bytes())
    content[len(content) // 2] ^= 1
    app.write_bytes(content)
    os.utime(app, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert extra.scons(PERMIT).built == ["dynamic/app"]
    assert app.read_bytes() != content
    # What only had its rights changed is what was proved.
    app.chmod(0o700)
    extra.up_to_date(PERMIT)


def test_a_cache_never_lets_it_through(extra: Project) -> None:
    """Neither is a rejected program pushed into a CacheDir, nor one retrieved that was proved under another policy."""
    extra.sconstruct(f'env.CacheDir("#cache")\n{SETTINGS}')
    extra.scons("build/dynamic/app", status=2)
    extra.scons("build/dynamic/app", status=2)
    assert not [file for file in (extra / "cache").rglob("*") if file.is_file() and file.read_bytes()[:4] == b"\x7fELF"]

    assert extra.scons(PERMIT, "build/dynamic/app").built == ["dynamic/app"]
    extra.scons("-c", PERMIT)
    assert "Retrieved" in extra.scons(PERMIT, "build/dynamic/app").stdout
    extra.scons("-c", PERMIT)
    outcome = extra.scons("build/dynamic/app", status=2)
    assert "Retrieved" not in outcome.stdout
    assert not (extra / "build/dynamic/app").exists()


def test_a_failed_compile_leaves_nothing_that_looks_built(extra: Project) -> None:
    extra.scons(PERMIT)
    extra.write({"cmd/app/main.go": LIBRARY.replace("C.extra()", "C.missing()")})

    outcome = extra.scons(PERMIT, status=2)

    assert "missing" in outcome.stderr
    assert sorted(file.name for file in (extra / "build/dynamic").iterdir()) == ["other"]


def test_what_a_killed_build_left_is_no_obstacle(extra: Project) -> None:
    extra.write({"build/dynamic/other.unproved": "half a program", "build/dynamic/other": "half a program"})

    assert extra.scons("build/dynamic/other").built == ["dynamic/other"]
    assert extra.run("build/dynamic/other", check=True).stderr == "other\n"
