"""The examples, each in all its linkages: built as its README says, checked with readelf, and run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness import EXAMPLES, ROOT, Project, copy_example, elf_type, is_static, needed, readelf

pytestmark = pytest.mark.live


def built(project: Project, path: str, *, static: bool) -> Path:
    binary = project / f"build/{path}"
    assert is_static(binary) is static, path
    return binary


def output(project: Project, path: str, *arguments: str, static: bool) -> str:
    return project.run(str(built(project, path, static=static)), *arguments, check=True).stdout


def test_hello_is_static_however_it_is_built(tmp_path: Path) -> None:
    hello = Project(copy_example("hello", tmp_path))

    outcome = hello.scons("hello-dynamic", "hello-static")

    assert "build/dynamic/hello: static (naturally)" in outcome.stdout
    for linkage in ("dynamic", "static"):
        assert output(hello, f"{linkage}/hello", "--version", static=True) == "hello 1.0.0\n"
    assert hello.scons("GOLINKAGE=static", "-n", "hello").built == []
    assert "GOLINKAGE" in hello.scons("-h").stdout
    hello.up_to_date()


def test_lookup_is_what_it_is_asked_for(tmp_path: Path) -> None:
    lookup = Project(copy_example("lookup", tmp_path))

    outcome = lookup.scons("app-static", "app-dynamic", "app-static-libc")

    assert "build/static-libc/app: static-libc (glibc; nss-dependent)" in outcome.stdout
    for linkage, who in (("dynamic", "libc"), ("static", "Go"), ("static-libc", "libc")):
        text = output(lookup, f"{linkage}/app", "-user", "root", "-host", "localhost", static=linkage != "dynamic")
        assert f"resolved by {who}" in text
    lookup.up_to_date()


def test_cgo_links_its_c_code_and_sees_its_headers(tmp_path: Path) -> None:
    cgo = Project(copy_example("cgo", tmp_path))
    cgo.scons()
    for linkage in ("dynamic", "static-libc", "static-pie"):
        text = output(cgo, f"{linkage}/checksum", "-text", "Wikipedia", static=linkage != "dynamic")
        assert text == "11e60398 (modulus 65521)\n"

    header = cgo / "internal/include/modulus.h"
    header.write_text(header.read_text().replace("65521", "65519"))
    assert len(cgo.scons().built) == 3
    assert "(modulus 65519)" in output(cgo, "static-libc/checksum", "-text", "Wikipedia", static=True)

    declared = cgo / "SConscript"
    declared.write_text(declared.read_text().replace('"static-pie"]', '"static-pie", "static"]'))
    refused = cgo.scons("checksum-static", status=2)
    assert "example.org/cgo/internal/adler has only cgo files" in refused.stderr
    assert "example.org/cgo/cmd/checksum imports example.org/cgo/internal/adler" in refused.stderr


@pytest.mark.network
def test_sqlite_works_with_libc_linked_in_and_warns_where_it_is_a_stub(tmp_path: Path) -> None:
    sqlite = Project(copy_example("sqlite", tmp_path))

    outcome = sqlite.scons()

    assert "package github.com/mattn/go-sqlite3 leaves out" in outcome.stderr
    assert "This is a stub" in outcome.stderr
    for linkage in ("dynamic", "static-libc"):
        assert "buy milk" in output(sqlite, f"{linkage}/notes", "buy milk", static=linkage != "dynamic")
    assert sqlite.run(str(built(sqlite, "static/notes", static=True)), "buy milk").status == 1
    sqlite.up_to_date()


def test_monorepo_builds_every_program_and_only_what_is_concerned(tmp_path: Path) -> None:
    repo = Project(copy_example("monorepo", tmp_path))

    outcome = repo.scons("-j2")

    names = {"gateway", "worker", "svc-cmd-admin", "tools-cmd-admin", "digest", "render"}
    assert set(outcome.built) == {f"{linkage}/{name}" for linkage in ("dynamic", "static") for name in names} | {
        "static/worker-pro"
    }
    for name in names:
        built(repo, f"static/{name}", static=True)
        built(repo, f"dynamic/{name}", static=name not in ("gateway", "digest"))
    assert "computed in Go" in output(repo, "static/digest", "123456789", static=True)
    assert "computed in C" in output(repo, "dynamic/digest", "123456789", static=False)
    repo.up_to_date()

    (repo / "tools/cmd/render/templates/new.txt").write_text("one more\n")
    assert sorted(repo.scons().built) == ["dynamic/render", "static/render"]
    header = repo / "libs/include/polynomial.h"
    header.write_text(header.read_text() + "/* changed */\n")
    assert repo.scons().built == ["dynamic/digest"]
    with (repo / "libs/edition/edition.go").open("a") as stream:
        stream.write("\nfunc init() { println() }\n")
    changed = {path.partition("/")[2] for path in repo.scons().built}
    assert changed == {"worker", "worker-pro", "tools-cmd-admin"}


def test_existing_c_project_keeps_its_build_and_gets_proofs(tmp_path: Path) -> None:
    existing = Project(copy_example("existing", tmp_path))

    outcome = existing.scons()

    assert "build/stamp: static" in outcome.stdout
    assert (existing / "build/c/meterd").exists()
    output(existing, "static-libc/hostload", static=True)
    output(existing, "dynamic/hostload", static=False)
    built(existing, "static/meterctl", static=True)
    existing.up_to_date()

    declared = existing / "SConscript"
    declared.write_text(declared.read_text().replace("CGO_ENABLED=0 ", ""))
    main = next((existing / "go/cmd/stamp").glob("*.go"))
    main.write_text(main.read_text().replace("import (", 'import (\n\t_ "net"', 1))
    refused = existing.scons("build/stamp", status=2)
    assert "wanted: linkage static" in refused.stderr
    assert not (existing / "build/stamp").exists()


def copy_root(path: Path) -> Project:
    ignored = shutil.ignore_patterns("build", "dist", ".sconsign*", "__pycache__")
    for name in ("site_scons", "examples"):
        shutil.copytree(ROOT / name, path / name, ignore=ignored)
    shutil.copy(ROOT / "SConstruct", path)
    return Project(path)


def test_release_ships_the_same_bytes_from_anywhere(tmp_path: Path) -> None:
    release = Project(copy_example("release", tmp_path))
    outcome = release.scons("-j2", "release")
    copy_root(tmp_path / "another path").scons("release")

    dist, other = release / "dist", tmp_path / "another path/examples/release/dist"
    shipped = {file.name: file.read_bytes() for file in (dist / "knock-0.1.0").iterdir()}
    assert shipped == {file.name: file.read_bytes() for file in (other / "knock-0.1.0").iterdir()}
    verdicts = {"darwin-arm64": "system-only", "windows-amd64": "system-only"}
    emulators = dict(zip(("linux-amd64", "linux-arm64", "linux-arm-v7"), ("x86_64", "aarch64", "arm"), strict=True))
    for name in ("darwin-arm64", "linux-amd64", "linux-arm-v7", "linux-arm64", "windows-amd64"):
        suffix = ".exe" if "windows" in name else ""
        assert f"static/knock{suffix}: {verdicts.get(name, 'static')}: " in outcome.stdout
        archive = f"dist/knock-0.1.0/knock-0.1.0-{name}{'.zip' if suffix else '.tar.gz'}"
        release.run(*(["unzip", "-q"] if suffix else ["tar", "-xzf"]), archive, check=True)
        program = release / f"knock-0.1.0-{name}/knock{suffix}"
        if name in emulators:
            assert is_static(program)
            ran = release.run(f"qemu-{emulators[name]}-static", str(program), "-version", check=True)
            goos, goarch = name.split("-")[:2]
            assert ran.stdout == f"knock 0.1.0 ({goos}/{goarch})\n"
    kinds = {"darwin-arm64/knock": b"\xcf\xfa\xed\xfe", "windows-amd64/knock.exe": b"MZ"}
    for path, magic in kinds.items():
        assert (release / f"knock-0.1.0-{path}").read_bytes().startswith(magic)
    release.run("sh", "-c", "cd dist/knock-0.1.0 && sha256sum --strict -c SHA256SUMS", check=True)
    release.up_to_date("release")


@pytest.mark.network
def test_mixed_is_at_home_in_c(tmp_path: Path) -> None:
    """C and Go over each other, from clean to clean: what is built, what is not, and what is left."""
    mixed = Project(copy_example("mixed", tmp_path))
    before = mixed.sources()
    wanted = ("build", "install", "test", "vet", "fmt")

    first = mixed.scons("-j2", *wanted, "COMMIT=one")
    assert sorted(first.built) == [
        "bin/gauge",
        "capi/libgauge.a",
        "static-libc/gauge",
        "static-pie/gauge",
        "tools/protoc-gen-go",
    ]
    gauge = mixed / "build/root/usr/bin/gauge"
    assert mixed.run(str(gauge), "-station", "2", "-f", "1200", check=True).stdout == "Summit: 68.000 F\n"
    assert mixed.run(str(gauge), "-version", check=True).stdout == "gauge 1.4.0 one\n"
    assert set(needed(gauge)) == {"libunits.so", "libc.so.6"}
    for linkage in ("static-libc", "static-pie"):
        assert is_static(mixed / f"build/{linkage}/gauge")
        assert mixed.run(f"build/{linkage}/gauge", "880", check=True).stdout == "Harbour: 0.000 C\n"
    assert is_static(mixed / "build/bin/scale")
    assert mixed.run("build/bin/scale", "880", check=True).stdout == "0 thousandths of a degree\n"
    beside = {"CGO_CFLAGS": " ".join(f"-I{mixed / one}" for one in ("build/include", "c/meter", "c/units"))}
    shown = f"-overlay={mixed / 'build/overlay.json'}"
    mixed.run("go", "build", "-C", "go", shown, "./internal/...", environ=beside, check=True)
    assert "wanted one of dev, debug" in mixed.scons("BUILD_TYPE=other", status=2).stderr
    assert "gauge 1.4.0" in (mixed / "build/root/usr/share/man/man1/gauge.1").read_text()
    assert "is up to date" in mixed.scons(*wanted, "COMMIT=two").stdout

    # A constant of the generated header, which Go's cache would miss.
    calibration = mixed / "scripts/calibration.txt"
    calibration.write_text(calibration.read_text().replace("highest 125000", "highest 120000"))
    second = mixed.scons("-k", *wanted, "COMMIT=two", status=2)
    assert sorted(second.built) == ["bin/gauge", "capi/libgauge.a", "static-libc/gauge", "static-pie/gauge"]
    assert "protoc" not in second.stdout
    assert "units.c" not in second.stdout
    assert "Celsius(99999) = 120000, want 125000" in second.stderr
    golden = mixed / "go/internal/meter/testdata/celsius.txt"
    golden.write_text(golden.read_text().replace("125000", "120000"))
    third = mixed.scons(*wanted, "COMMIT=two")
    assert not third.built
    assert mixed.run(str(gauge), "-version", check=True).stdout == "gauge 1.4.0 two\n"
    assert mixed.run(str(gauge), "99999", check=True).stdout == "Harbour: 120.000 C\n"

    mixed.scons("-c", *wanted)
    assert not [file for file in (mixed / "build").rglob("*") if file.is_file()]
    calibration.write_text(calibration.read_text().replace("highest 120000", "highest 125000"))
    golden.write_text(golden.read_text().replace("120000", "125000"))
    assert {name: text for name, (text, _) in mixed.sources().items()} == {
        name: text for name, (text, _) in before.items()
    }


@pytest.mark.network
def test_mixed_has_build_types(tmp_path: Path) -> None:
    """Sanitizers and position independent code, each by one word, and tests are built likewise."""
    mixed = Project(copy_example("mixed", tmp_path))
    for build_type, mark in (("asan", "__asan_init"), ("release", "")):
        built = mixed.scons("-j2", "build/bin/gauge", "test", f"BUILD_TYPE={build_type}").stdout
        assert built.count(" passed (") == 2
        gauge = mixed / "build/bin/gauge"
        assert mixed.run(str(gauge), "880", check=True).stdout == "Harbour: 0.000 C\n"
        assert elf_type(gauge) == ("EXEC" if mark else "DYN")
        assert mark in readelf(gauge, "-s")


def test_the_root_builds_them_all(tmp_path: Path) -> None:
    root = copy_root(tmp_path)

    first = root.scons("app-static", "app-dynamic", "app-static-libc")
    assert sorted(first.built) == ["dynamic/app", "static-libc/app", "static/app"]
    second = root.scons()
    assert all(path.startswith("dynamic/") for path in second.built), second.built
    assert len(second.built) == 10
    assert "notes" not in second.text
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} == {
        "cgo",
        "existing",
        "hello",
        "lookup",
        "mixed",
        "monorepo",
        "release",
        "sqlite",
    }
