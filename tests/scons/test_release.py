"""GoRelease: what it writes, that its bytes depend on the sources alone, and that nothing stale stands."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

from golang.platform import host_platform, platform_name
from harness import Project, is_static

pytestmark = pytest.mark.live

HOST = host_platform()
OWN = platform_name({"GOOS": HOST.goos, "GOARCH": HOST.goarch})
MAIN = 'package main\n\nvar version = "none"\n\nfunc main() { println(version) }\n'
ANSWER = """\
package main

// static int answer(void) { return 42; }
import "C"

func main() { println(C.answer()) }
"""
DIST = "dist/app-1.2"
OTHERS = ("freebsd-amd64", "linux-arm-v7")
ARCHIVES = sorted(f"app-1.2-{name}.tar.gz" for name in (OWN, *OTHERS))
PLATFORMS = f"['{HOST}', 'linux/arm/v7', 'freebsd/amd64']"


@pytest.fixture
def project(project: Project) -> Project:
    project.module({"cmd/app/main.go": MAIN, "LICENSE": "free\n", "docs/README": "read\n"})
    return project


def release(project: Project, platforms: str = PLATFORMS, before: str = "") -> None:
    project.sconstruct(
        f"{before}\nreleased = env.GoRelease(version='1.2', programs='cmd/app', platforms={platforms}, linkage='static',"
        " files=['LICENSE', 'docs/README'], GOXDEFS={'main.version': '1.2'})"
    )


def append(project: Project, line: str) -> None:
    project.write({"SConstruct": f"{(project / 'SConstruct').read_text()}{line}\n"})


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def packed(project: Project) -> list[str]:
    """Return what a build packs, writes or compiles, sorted."""
    outcome = project.scons("-j2", "release")
    paths = re.findall(r"^(?:Packing|Writing) (\S+)$", outcome.stdout, re.MULTILINE)
    return sorted([*(Path(path).name for path in paths), *outcome.built])


def test_what_it_consists_of(project: Project) -> None:
    release(project)

    outcome = project.scons("-j2", "release")

    assert len(outcome.built) == 3
    dist = project / DIST
    assert sorted(files(dist)) == sorted(["SHA256SUMS", *ARCHIVES, "linkage.json"])
    checked = project.run("sh", "-c", f"cd {DIST} && sha256sum --strict -c SHA256SUMS", check=True).stdout
    assert checked.splitlines() == [f"{name}: OK" for name in [*ARCHIVES, "linkage.json"]]
    for name in (OWN, *OTHERS):
        project.run("tar", "-xzf", f"{DIST}/app-1.2-{name}.tar.gz", check=True)
        top = project / f"app-1.2-{name}"
        assert {str(file.relative_to(top)): file.stat().st_mode & 0o111 > 0 for file in top.iterdir()} == {
            "LICENSE": False,
            "README": False,
            "app": True,
        }
        assert is_static(top / "app")
    assert project.run(f"./app-1.2-{OWN}/app", check=True).stderr == "1.2\n"
    assert (project / f"app-1.2-{OWN}/LICENSE").read_text() == "free\n"

    report = json.loads((dist / "linkage.json").read_text())
    assert [(one["program"], one["verdict"], one["ok"]) for one in report["programs"]] == [
        (f"app-1.2-{name}/app", "static", True) for name in sorted((OWN, *OTHERS))
    ]
    for content in (dist / "linkage.json", *(project.path.glob("app-1.2-*/*"))):
        assert str(project.path).encode() not in content.read_bytes(), content

    project.up_to_date("release")
    project.scons("-c", "release")
    assert files(dist) == {}
    assert files(project / "build") == {}


def test_bytes_are_the_same_from_another_path_and_in_another_order(tmp_path: Path) -> None:
    made = []
    for number, (folder, platforms, jobs) in enumerate(
        [("one", f"['{HOST}', 'linux/arm/v7']", "-j1"), ("other/longer path", f"['linux/arm/7', '{HOST}']", "-j4")]
    ):
        project = Project(tmp_path / folder)
        project.module({"cmd/app/main.go": MAIN, "LICENSE": "free\n", "docs/README": "read\n"})
        project.write({"cmd/answer/main.go": ANSWER})
        for path in ("LICENSE", "docs/README"):
            os.utime(project / path, (number, number))
            (project / path).chmod(0o600 if number else 0o664)
        if number:
            project.environ |= {"GOCACHE": str(tmp_path / "cache"), "TZ": "Asia/Tokyo"}
        release(project, platforms=platforms)
        append(
            project,
            f"env.Tool('cc')\nenv.GoRelease('1', 'cmd/answer', '{HOST}', ['static-libc', 'dynamic'], GOLIBC='glibc')",
        )
        project.scons(jobs, "release")
        made.append(files(project / "dist"))
    assert len(made[0]) == 4 + 4
    assert made[0] == made[1]


def test_what_packs_again(project: Project) -> None:
    release(project)
    assert packed(project) == sorted([*ARCHIVES, "SHA256SUMS", "linkage.json", *["static/app"] * 3])

    # What is packed, without compiling: contents, names and modes.
    changes = {
        "contents": lambda: (project / "LICENSE").write_text("freer\n"),
        "mode": lambda: (project / "docs/README").chmod(0o755),
        "time": lambda: project.environ.update(SOURCE_DATE_EPOCH="1700000000"),
        "name": lambda: (project / "SConstruct").write_text(
            (project / "SConstruct").read_text().replace("'LICENSE', ", "")
        ),
    }
    for change in changes.values():
        change()
        assert packed(project) == sorted([*ARCHIVES, "SHA256SUMS"])
    listed = project.run("tar", "-tvzf", f"{DIST}/{ARCHIVES[0]}", environ={"TZ": "UTC"}, check=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["-rwxr-xr-x", "-rwxr-xr-x"]
    assert "LICENSE" not in listed
    assert "2023-11-14" in listed

    # Times of files, and the order in which platforms are named, are nothing to an archive.
    os.utime(project / "docs/README", (1, 1))
    sconstruct = (project / "SConstruct").read_text()
    reversed_order = sconstruct.replace(PLATFORMS, f"['freebsd/amd64', 'linux/arm/v7', '{HOST}']")
    project.write({"SConstruct": reversed_order})
    project.up_to_date("release")

    project.write({"SConstruct": sconstruct.replace("'freebsd/amd64'", "'linux/riscv64'")})
    outcome = project.scons("release")
    assert outcome.built == ["static/app"]
    assert "Packing dist/app-1.2/app-1.2-linux-riscv64.tar.gz" in outcome.stdout
    assert outcome.stdout.count("Packing") == 1
    assert "found:  dist/app-1.2/app-1.2-freebsd-amd64.tar.gz\n  fix:    remove what an earlier build" in outcome.stderr
    sums = (project / DIST / "SHA256SUMS").read_text()
    assert "riscv64" in sums
    assert "freebsd" not in sums
    project.up_to_date("release")

    project.write({"cmd/app/main.go": MAIN.replace("none", "nothing")})
    assert len(project.scons("release").built) == 3
    sums = (project / DIST / "SHA256SUMS").read_text()
    project.write({"SConstruct": (project / "SConstruct").read_text().replace("'1.2'}", "'1.3'}")})
    assert len(project.scons("release").built) == 3
    assert (project / DIST / "SHA256SUMS").read_text() != sums


def test_nothing_stale_stands_after_a_failure(project: Project) -> None:
    release(project, before="env.Command('docs/README', 'README.in', 'cp $SOURCE $TARGET')")
    (project / "docs/README").unlink()
    project.write({"README.in": "read\n"})
    project.scons("-j2", "release")
    good = files(project / DIST)

    # Does not compile for one platform; the others are made anew.
    project.write({"cmd/app/main_freebsd.go": "package main\n\nfunc init() { nonsense() }\n"})
    for look in ("-n", "-q"):
        project.scons(look, "release", status=None)
        assert files(project / DIST) == good
    project.write({"LICENSE": "freer\n"})
    outcome = project.scons("-k", "-j2", "release", status=2)
    assert "undefined: nonsense" in outcome.stderr
    assert "golang: dist/app-1.2 is not complete; removed what an earlier build left: dist/app-1.2/" in outcome.stderr
    left = files(project / DIST)
    assert sorted(left) == [name for name in ARCHIVES if "freebsd" not in name]
    assert all(left[name] != good[name] for name in left)

    # SCons stops at the first failure, and does not even look at all others.
    (project / "cmd/app/main_freebsd.go").unlink()
    project.write({"LICENSE": "free\n"})
    project.scons("-j2", "release")
    assert files(project / DIST) == good
    project.write({"cmd/app/more.go": "package main\n\nfunc init() { nonsense() }\n"})
    project.scons("release", status=2)
    assert files(project / DIST) == {}

    # An input that SCons itself makes fails, and only what was asked for is concerned.
    (project / "cmd/app/more.go").unlink()
    project.scons("-j2", "release")
    assert files(project / DIST) == good
    project.write({"README.in": "changed\n"})
    sconstruct = (project / "SConstruct").read_text()
    project.write({"SConstruct": sconstruct.replace("cp $SOURCE $TARGET", "false")})
    project.scons("-k", f"{DIST}/{ARCHIVES[0]}", status=2)
    assert sorted(files(project / DIST)) == sorted({*good} - {ARCHIVES[0]})
    project.write({"SConstruct": sconstruct, "README.in": "read\n"})
    project.scons("release")
    assert files(project / DIST) == good


def test_what_is_in_the_way_of_an_archive_is_told(project: Project) -> None:
    release(project, platforms=f"'{HOST}'")
    archive = f"{DIST}/app-1.2-{OWN}.tar.gz"
    project.write({f"{archive}/file": ""})

    outcome = project.scons("release", status=2)

    assert "GoRelease: target=\n  wanted: a path for a file" in outcome.stderr
    assert f"{archive} found where file expected" in outcome.stderr


def test_several_programs_linkages_and_names(project: Project) -> None:
    project.write({"svc/admin/main.go": MAIN, "tools/admin/main.go": MAIN})
    project.sconstruct(
        "env['NUMBER'] = '3'\n"
        f"env.GoRelease('2', ['svc/admin', env.Dir('tools/admin'), 'cmd/app'], '{HOST}', ['static', 'dynamic'])\n"
        f"env.GoRelease('$NUMBER', 'cmd/app', '{HOST}', 'static', name='pro', target='out', GOTAGS=['pro'])\n"
        "env.GoRelease('2', 'cmd/app', ['windows/amd64', 'darwin/arm64'], 'dynamic', GOVERIFY='warn')"
    )

    project.scons("-j2", "release")

    assert sorted(files(project / "dist/m-2")) == sorted(
        ["SHA256SUMS", "linkage.json", f"m-2-{OWN}-dynamic.tar.gz", f"m-2-{OWN}-static.tar.gz"]
    )
    listed = project.run("tar", "-tzf", f"dist/m-2/m-2-{OWN}-dynamic.tar.gz", check=True).stdout
    assert listed.splitlines() == [f"m-2-{OWN}-dynamic/{name}" for name in ("app", "svc-admin", "tools-admin")]
    assert sorted(files(project / "out")) == sorted(["SHA256SUMS", "linkage.json", f"pro-3-{OWN}.tar.gz"])
    names = project.run("unzip", "-Z1", "dist/app-2/app-2-windows-amd64.zip", check=True).stdout
    assert names == "app-2-windows-amd64/app.exe\n"
    assert (project / "dist/app-2/app-2-darwin-arm64.tar.gz").exists()
    project.up_to_date("release")


def test_it_leaves_the_aliases_of_programs_alone(project: Project) -> None:
    release(project, before="env.GoProgram('build/app', 'cmd/app', linkage='static')", platforms=f"'{HOST}'")
    assert project.scons("app", "app-static").built == ["build/app"]
    assert not (project / "build/release").exists()


def test_install_and_cache(project: Project, tmp_path: Path) -> None:
    before = f"env.CacheDir('{tmp_path}/cache')"
    release(project, before=before)
    append(project, "env.Install('srv', released)")
    project.scons("-j2", "srv")
    assert files(project / "srv") == files(project / DIST)

    other = project.copy(tmp_path / "other", built=False)
    project.run("rm", "-rf", str(other / "srv"), check=True)
    outcome = other.scons("-j2", "srv")
    assert outcome.built == []
    assert outcome.stdout.count(f"Retrieved `{DIST}/app-1.2-") == 3
    assert files(other / "srv") == files(project / DIST)


def test_a_null_build_imports_nothing_that_builds(project: Project) -> None:
    # Not by a script that runs it, which is asked each time what it runs.
    go = Path(project.run("go", "env", "GOROOT", check=True).stdout.strip(), "bin", "go")
    printed = "import atexit, sys\natexit.register(lambda: print('loaded', *sys.modules))"
    release(project, before=f"{printed}\nenv['GO'] = '{go}'", platforms=f"'{HOST}'")
    project.scons("release")
    time.sleep(2.1)  # From now on the times of the sources tell whether they changed.
    project.scons("release")

    outcome = project.scons("release")

    assert "is up to date" in outcome.stdout
    loaded = next(line for line in outcome.stdout.splitlines() if line.startswith("loaded ")).split()
    assert "golang._scons.release" in loaded
    builds = ("archives", "configuration", "golist", "gosource", "inspect", "plan", "policy", "report", "toolchain")
    assert not {f"golang.{name}" for name in builds} & {*loaded}
    assert not {"tarfile", "zipfile"} & {*loaded}


def test_mistakes(project: Project) -> None:
    good = {"version": "'1'", "programs": "'cmd/app'", "platforms": "'linux/arm64'", "linkage": "'static'"}
    project.write({"other/LICENSE": ""})
    for asked, found in {
        "version=None": "GoRelease: version=",
        "version='1/2'": "found:  '1/2'",
        "version=1.10": "as a float, 1.10 is 1.1",
        "programs=[]": "GoRelease: programs=\n  wanted: directories of main packages",
        "programs=['cmd/none']": "GoRelease: programs=\n  wanted: the directory of a main package",
        "platforms=[]": "found:  none",
        "platforms=['linux/x86']": "GOARCH 'x86' is none of linux's",
        "platforms=['openbsd/amd64']": "which every Go program loads",
        "linkage='statik'": "wanted one of dynamic, static",
        "name='a b'": "GoRelease: name=\n  wanted: text of letters, digits and . _ + ~ -, such as 'app'\n",
        "files=['LICENSE', 'other/LICENSE']": "found:  LICENSE and other/LICENSE",
        "files=['other']": "GoRelease: files=\n  wanted: paths of files",
        "files=[env.Dir('other')]": "GoRelease: files=\n  wanted: paths of files",
        "target='LICENSE'": "GoRelease: target=\n  wanted: a path for a folder",
        "platform='linux/arm64'": "unknown keyword platform=",
        "GOOS='linux'": "found:  GOOS= beside it",
        "ENV={'SOURCE_DATE_EPOCH': 'now'}": "SOURCE_DATE_EPOCH\n  wanted: seconds since 1970",
    }.items():
        given = {**good, asked.partition("=")[0]: asked.partition("=")[2]}
        call = f"env.GoRelease({', '.join(f'{name}={value}' for name, value in given.items())})"
        project.sconstruct(call)
        outcome = project.scons("release", status=2)
        assert found in outcome.stderr, asked
        assert re.search(r'/SConstruct", line 3, in <module>\n', outcome.stderr), outcome.stderr
        assert outcome.stderr.count("\n") < 12, outcome.stderr
    call = f"env.GoRelease({', '.join(f'{name}={value}' for name, value in good.items())})"
    project.sconstruct(f"{call}\n{call}")
    assert "dist/app-1 is declared twice" in project.scons("release", status=2).stderr


def test_two_versions_with_settings_of_their_own(project: Project) -> None:
    call = "env.GoRelease('{0}', 'cmd/app', GOXDEFS={{'main.version': '{0}'}}{1})\n"
    project.sconstruct(call.format("1.0", "") + call.format("1.1", ""))
    message = project.scons("release", status=2).stderr
    assert "found:  GOXDEFS={'main.version': '1.0'} and GOXDEFS={'main.version': '1.1'}\n" in message
    assert "fix:    give each a GOTARGETDIR of its own; or, of GoRelease, a name=\n" in message
    project.sconstruct(call.format("1.0", "") + call.format("1.1", ", GOTARGETDIR='build/next'"))
    project.scons("release")
    assert (project / "dist/app-1.0").exists()
    assert project.run("build/next/app").stderr == "1.1\n"


def test_a_file_that_is_nowhere_is_told_before_anything_compiles(project: Project) -> None:
    call = "env.GoRelease(version='1', programs='cmd/app', files='NOTICE')"
    project.sconstruct(call)
    outcome = project.scons("release", status=2)
    assert outcome.built == []
    assert "GoRelease: files=\n  wanted: files for dist/app-1/" in outcome.stderr
    assert "\n  found:  no NOTICE\n" in outcome.stderr
    # What the build makes may be declared after the release.
    project.sconstruct(f"{call}\nenv.Command('NOTICE', [], 'echo made > $TARGET')")
    project.scons("release")


DAMAGES = {
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-7]),
    "emptied": lambda file: file.write_bytes(b""),
    "replaced": lambda file: file.write_bytes(file.read_bytes()[:-1] + b"?"),
    "removed": lambda file: file.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_not_what_was_written_is_written_again(project: Project, damage: str) -> None:
    """SCons never looks at targets; digests of a damaged archive would pass for those of a good one."""
    release(project, platforms=f"'{HOST}'")
    project.scons("release")
    good = files(project / DIST)
    for name in good:
        DAMAGES[damage](project / DIST / name)
        explained = project.scons("--debug=explain", "release").stdout
        what = "it doesn't exist" if damage == "removed" else f"`{DIST}/{name}' is not what was written there"
        assert f"building `{DIST}/{name}' because {what}\n" in explained
        assert files(project / DIST) == good, name
        project.up_to_date("release")
    # The same bytes may be put back by anybody.
    for name, content in good.items():
        (project / DIST / name).write_bytes(content)
    project.up_to_date("release")


def test_archive_of_another_build_does_not_stand(project: Project) -> None:
    """One that was killed before SCons kept what the archive is made of; then the old source comes back."""
    release(project, platforms=f"'{HOST}'")
    project.scons("release")
    good, database = files(project / DIST), (project / ".sconsign.dblite").read_bytes()
    project.write({"LICENSE": "freer\n"})
    project.scons("release")
    assert files(project / DIST) != good
    (project / ".sconsign.dblite").write_bytes(database)
    project.write({"LICENSE": "free\n"})
    project.scons("release")
    assert files(project / DIST) == good


def test_killed_while_it_packs(project: Project) -> None:
    release(
        project,
        platforms=f"'{HOST}'",
        before=(
            "import os, signal, sys\n"
            "def die(event, arguments):\n"
            "    if event == 'os.rename' and '.tar.gz' in str(arguments[0]):\n"
            "        os.kill(0, signal.SIGKILL)\n"
            "if ARGUMENTS.pop('DIE', 0):\n"
            "    os.setpgid(0, 0)\n"
            "    sys.addaudithook(die)"
        ),
    )
    project.scons("release")
    good = files(project / DIST)
    project.write({"LICENSE": "freer\n"})
    project.scons("DIE=1", "release", status=-9)
    # Nothing under its name, and what was begun is aside.
    assert [name for name in files(project / DIST) if name.endswith(".tar.gz")] == [
        name for name in files(project / DIST) if name.startswith(".golang-")
    ]
    project.write({"LICENSE": "free\n"})
    project.scons("release")
    assert files(project / DIST) == good
    project.up_to_date("release")


def test_actions_after_the_packing_may_change_it(project: Project) -> None:
    release(project, platforms=f"'{HOST}'")
    append(project, "env.AddPostAction(released[0], 'echo signed >> $TARGET')")
    project.scons("release")
    assert (project / DIST / f"app-1.2-{OWN}.tar.gz").read_bytes().endswith(b"signed\n")
    assert project.run("sh", "-c", f"cd {DIST} && sha256sum --strict -c SHA256SUMS").status == 0
    project.up_to_date("release")


def test_what_has_it_packed_again_is_told(project: Project) -> None:
    release(project, platforms=f"'{HOST}'")
    project.scons("release")
    archive = f"rebuilding `{DIST}/app-1.2-{OWN}.tar.gz' because"
    (project / "docs/README").chmod(0o755)
    said = project.scons("--debug=explain", "release").stdout
    assert f"{archive} mode of README changed from 'not executable' to 'executable'\n" in said
    project.environ["SOURCE_DATE_EPOCH"] = "1700000000"
    said = project.scons("--debug=explain", "release").stdout
    assert f"{archive} SOURCE_DATE_EPOCH changed from '315532800' to '1700000000'\n" in said
    project.write({"LICENSE": "freer\n"})
    assert f"{archive} `LICENSE' changed\n" in project.scons("--debug=explain", "release").stdout


def test_what_cannot_be_written_is_told_with_its_fix(project: Project) -> None:
    """A full disk, as it seems: nothing is left of what was begun."""
    release(
        project,
        platforms=f"'{HOST}'",
        before=(
            "import os, sys\n"
            "def full(event, arguments):\n"
            "    if event == 'open' and str(arguments[0]).endswith('LICENSE') and os.path.exists('dist'):\n"
            "        raise OSError(28, 'No space left on device', arguments[0])\n"
            "sys.addaudithook(full)"
        ),
    )
    error = project.scons("release", status=2).stderr
    assert "cannot be written\n  wanted: to write dist/app-1.2/app-1.2-" in error
    assert "\n  found:  No space left on device: " in error
    assert "\n  fix:    make room, and the folder writable; " in error
    assert files(project / DIST) == {}
