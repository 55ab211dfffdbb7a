"""ccompiler: what a C compiler is, from what it says, never from its name (C12, C24, E9)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from golang import compiler_memo
from golang.ccompiler import CCompiler, LinkTrial, find_compiler, probe_compiler, try_link
from golang.compiler_memo import CompilerMemo
from golang.errors import ToolchainError
from golang.goflags import split_words
from golang.linkage import Libc
from golang.probes import Probes
from golang.runner import Completed
from golang.store import Store

GLIBC = "#define __x86_64__ 1\n#define __linux__ 1\n#define _FEATURES_H 1\n#define __GLIBC__ 2\n#define __GLIBC_MINOR__ 36\n"
MUSL = "#define __x86_64__ 1\n#define __linux__ 1\n#define _FEATURES_H \n#define __STDC__ 1\n"
UCLIBC = f"{GLIBC}#define __UCLIBC__ 1\n"
BIONIC = (
    "#define __aarch64__ 1\n#define __linux__ 1\n#define __ANDROID__ 1\n#define __BIONIC__ 1\n#define _FEATURES_H_ 1\n"
)
WINDOWS = "#define __x86_64__ 1\n#define _WIN32 1\n"
BARE = "#define __riscv 1\n"
NEWLIB = "#define __x86_64__ 1\n#define _FEATURES_H 1\n#define\n#define X\n"
GCC_SAYS = (
    "Using built-in specs.\nThread model: posix\ngcc version 12.2.0 (Debian 12.2.0-14+deb12u1) \nCOLLECT_GCC_OPTIONS\n"
)


class Compiler:
    """A process boundary that answers with recorded text, one answer after the other, the last one again."""

    def __init__(self, *answers: Completed) -> None:
        self.answers = list(answers)
        self.asked: list[list[str]] = []
        self.stdin = ""

    def __call__(
        self, argv: Sequence[str], *, cwd: str | None = None, environ: Mapping[str, str], stdin: str = ""
    ) -> Completed:
        del cwd, environ
        self.asked.append(list(argv))
        self.stdin = stdin
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def driver(tmp_path: Path) -> str:
    file = tmp_path / "musl-gcc"
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def probed(driver: str, macros: str, *flags: str, says: str = GCC_SAYS, language: str = "c") -> CCompiler:
    return probe_compiler([driver, *flags], {}, language=language, runner=Compiler(Completed(0, macros, says)))


@pytest.mark.parametrize(
    ("macros", "libc", "version", "goarch", "goos"),
    [
        (GLIBC, Libc.GLIBC, "2.36", "amd64", "linux"),
        (MUSL, Libc.MUSL, "", "amd64", "linux"),
        (UCLIBC, None, "", "amd64", "linux"),
        (BIONIC, None, "", "arm64", "android"),
        (WINDOWS, None, "", "amd64", "windows"),
        (BARE, None, "", "riscv64", ""),
        (NEWLIB, None, "", "amd64", ""),
        ("", None, "", "", ""),
        ("#define __powerpc64__ 1\n#define __LITTLE_ENDIAN__ 1\n", None, "", "ppc64le", ""),
        ("#define __powerpc64__ 1\n#define __BIG_ENDIAN__ 1\n", None, "", "ppc64", ""),
    ],
    ids=["glibc", "musl", "uclibc", "bionic", "windows", "bare", "newlib", "nothing", "ppc64le", "ppc64"],
)
def test_libc_and_target_from_macros(
    driver: str, macros: str, libc: Libc | None, version: str, goarch: str, goos: str
) -> None:
    found = probed(driver, macros)
    assert (found.libc, found.libc_version, found.goarch, found.goos) == (libc, version, goarch, goos)


def test_compiler_is_asked_to_preprocess_its_features_header(driver: str) -> None:
    compiler = Compiler(Completed(0, GLIBC, GCC_SAYS))
    probe_compiler([driver, "-m64"], {}, language="c++", runner=compiler)
    assert compiler.asked == [[driver, "-m64", "-v", "-E", "-dM", "-x", "c++", "-"]]
    assert "#include <features.h>" in compiler.stdin


def test_compiler_as_text(driver: str) -> None:
    assert str(probed(driver, GLIBC)) == "musl-gcc (gcc version 12.2.0 (Debian 12.2.0-14+deb12u1); glibc 2.36)"
    assert str(probed(driver, MUSL, says="")) == "musl-gcc (unknown version; musl)"
    assert str(probed(driver, BARE, says="clang version 17\n")) == "musl-gcc (clang version 17; unknown libc)"


def test_identity_sees_flags_version_target_libc_and_the_driver_itself(driver: str) -> None:
    """E9."""
    identities = {
        probed(driver, GLIBC).identity,
        probed(driver, GLIBC, "-m64").identity,
        probed(driver, GLIBC, says="gcc version 13\n").identity,
        probed(driver, GLIBC.replace("36", "37")).identity,
        probed(driver, GLIBC.replace("__x86_64__", "__aarch64__")).identity,
    }
    Path(driver).write_text("#!/bin/sh\n# another\n")
    identities.add(probed(driver, GLIBC).identity)
    assert len(identities) == 6


def test_compiler_that_does_not_work(driver: str) -> None:
    failing = Compiler(Completed(1, "", "error: no cc1\n"))
    with pytest.raises(ToolchainError, match=r"musl-gcc -x does not work: error: no cc1"):
        probe_compiler([driver, "-x"], {}, runner=failing)


def test_what_is_wrong_is_told_and_not_what_stands_around_it(driver: str) -> None:
    said = f"gcc: error: no option -x\nConfigured with: {'--disable-werror ' * 100}\ngcc version 12\n"
    with pytest.raises(ToolchainError) as caught:
        probe_compiler([driver, "-x"], {}, runner=Compiler(Completed(1, "", said)))
    assert str(caught.value).endswith("does not work: gcc: error: no option -x")
    with pytest.raises(ToolchainError, match=r"does not work: nothing to say of it$"):
        probe_compiler([driver, "-x"], {}, runner=Compiler(Completed(1, "", "nothing to say of it\n")))


def test_find_compiler(driver: str, tmp_path: Path) -> None:
    other = tmp_path / "process"
    other.mkdir()
    directory = str(tmp_path)
    assert find_compiler("musl-gcc", directory, "") == (driver,)
    assert find_compiler("musl-gcc", str(other), directory) == (driver,)
    assert find_compiler(f"'{driver}' -m64 '-DX=a b'", "", "") == (driver, "-m64", "-DX=a b")
    (other / "musl-gcc").write_text("#!/bin/sh\n")
    (other / "musl-gcc").chmod(0o755)
    assert find_compiler("musl-gcc", directory, str(other)) == (driver,)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "no C compiler is named: CC is empty"),
        ("nocc -m64", "nocc: it is not on PATH (/nowhere)"),
        ("/no/cc", "/no/cc: there is no such program"),
        ("gcc 'x", 'no C compiler: "gcc \'x" cannot be split into words: No closing quotation'),
    ],
)
def test_no_compiler(command: str, message: str) -> None:
    with pytest.raises(ToolchainError) as caught:
        find_compiler(command, "/nowhere", "/nowhere")
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "command",
    [("/usr/bin/gcc",), ("/opt/my tools/zig", "cc", "-target", "x86_64-linux-musl"), ("/o'brien/gcc", "-m64")],
)
def test_setting_is_what_the_go_command_splits_again(driver: str, command: tuple[str, ...]) -> None:
    compiler = dataclasses.replace(probed(driver, GLIBC), command=command)
    assert split_words(compiler.as_setting) == command


LINKERS = {
    "GNU ld": (
        "/usr/bin/ld: cannot find -lbar: No such file or directory\n"
        "/usr/bin/ld: cannot find -lfoo-2.0: No such file or directory\n"
        "/usr/bin/ld: have you installed the static version of the foo-2.0 library ?\n"
        "collect2: error: ld returned 1 exit status\n"
    ),
    "old GNU ld": "/usr/bin/ld: cannot find -lbar\n/usr/bin/ld: cannot find -lfoo-2.0\n",
    "gold": "/usr/bin/ld.gold: error: cannot find -lbar\n/usr/bin/ld.gold: error: cannot find -lfoo-2.0\n",
    "lld": "ld.lld: error: unable to find library -lbar\nld.lld: error: unable to find library -lfoo-2.0\n",
    "ld64": "ld: library not found for -lbar\nld: library not found for -lfoo-2.0\n",
}


@pytest.mark.parametrize("message", LINKERS.values(), ids=LINKERS)
def test_all_missing_libraries_at_once(driver: str, message: str) -> None:
    """C12."""
    linker = Compiler(Completed(1, "", message))
    trial = try_link(probed(driver, GLIBC), ["-static", "-lbar", "-lfoo-2.0"], {}, runner=linker)
    assert not trial.ok
    assert trial.missing == ("bar", "foo-2.0")
    assert trial.output == message.strip()


def test_missing_file_and_repeated_messages(driver: str) -> None:
    message = "/usr/bin/ld: cannot find -l:libx.a: No such file\n/usr/bin/ld: cannot find -lbar\n/usr/bin/ld: cannot find -lbar\n"
    linker = Compiler(Completed(1, "", message))
    assert try_link(probed(driver, GLIBC), [], {}, runner=linker).missing == (":libx.a", "bar")


def test_other_errors_miss_nothing(driver: str) -> None:
    linker = Compiler(Completed(1, "", "/usr/bin/ld: cannot find crt1.o: No such file or directory\n"))
    trial = try_link(probed(driver, GLIBC), [], {}, runner=linker)
    assert (trial.ok, trial.missing) == (False, ())


def test_traced_files_are_those_that_exist(driver: str, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("crt1.o", "libc.a", "libfoo.so.1.2")]
    for file in files:
        file.write_text(file.name)
    text = "\n".join(
        [*map(str, files), f"{tmp_path}/gone.a", "(/tmp/x.o)", "/usr/bin/ld: mode elf_x86_64", str(files[0])]
    )
    linker = Compiler(Completed(0, text, ""))
    trial = try_link(probed(driver, GLIBC), ["-static"], {}, "/out", linker)
    assert trial.files == tuple(sorted(map(str, files)))
    assert trial.ok
    assert "-static" in linker.asked[0]
    assert linker.asked[0][linker.asked[0].index("-o") + 1] == "/out"
    before = trial.identity
    files[1].write_text("another libc")
    again = LinkTrial(ok=True, output="", missing=(), files=trial.files)
    assert again.identity != before


def test_zig_is_not_asked_to_trace(driver: str, tmp_path: Path) -> None:
    """C17: it cannot, and says what it is only by how it starts itself."""
    zig = tmp_path / "zig"
    zig.write_text("of some version")
    said = f'clang version 22.1.8\nInstalledDir: {tmp_path}\n "{zig}" -cc1 -triple x86_64-unknown-linux-musl\n'
    compiler = probed(driver, MUSL, "cc", "-target", "x86_64-linux-musl", says=said)
    assert compiler.is_zig
    assert str(compiler).startswith("zig cc -target x86_64-linux-musl (clang version 22.1.8; musl")
    assert not probed(driver, MUSL).is_zig
    linker = Compiler(Completed(0, "", ""))
    assert try_link(compiler, ["-static"], {}, runner=linker).ok
    assert try_link(probed(driver, MUSL), [], {}, runner=linker).ok
    assert ["-Wl,-t" in argv for argv in linker.asked] == [False, True]
    zig.write_text("of another version")
    assert probed(driver, MUSL, "cc", "-target", "x86_64-linux-musl", says=said).identity != compiler.identity


def test_zig_is_asked_once_for_all_runs(driver: str, tmp_path: Path) -> None:
    """It names files that it makes anew for each answer; and asked again it is where it was replaced."""
    zig, made = tmp_path / "bin" / "zig", tmp_path / "stdin.c"
    zig.parent.mkdir()
    zig.write_text("of some version")

    def answer(argv: Sequence[str], **_: Any) -> Completed:
        asked.append(argv)
        made.write_text("")
        return Completed(0, MUSL, f'clang version 22.1.8\nInstalledDir: {zig.parent}\n "{zig}" -cc1 -x c {made}\n')

    def run() -> int:
        asked.clear()
        probes = Probes(Store(str(tmp_path / "kept")))
        # As if what is there now had been there for long, and no longer.
        probes._tree.trusted_before = time.time_ns()
        time.sleep(0.01)
        assert CompilerMemo(answer, probes).probe([driver, "cc"], {}, "c").is_zig
        return len(asked)

    asked: list[Sequence[str]] = []
    time.sleep(0.01)
    assert [run(), run()] == [1, 0]
    zig.write_text("of another version")
    time.sleep(0.01)
    assert [run(), run()] == [1, 0]


def test_zig_builds_its_c_library_once_before_it_is_needed(driver: str, tmp_path: Path) -> None:
    (tmp_path / "zig").write_text("")
    said = f' "{tmp_path}/zig" -cc1\n'
    pair = [probed(driver, MUSL, one, says=said) for one in ("cc", "c++")]
    linker = Compiler(Completed(0, "", ""))
    memo = CompilerMemo(linker)
    for _ in range(2):
        memo.warm_up(pair, ["-static"], {})
    assert [argv[argv.index("-x") + 1] for argv in linker.asked] == ["c", "c", "c++", "c++"]
    # As the program is linked, and as Go links each cgo package to see what it needs.
    assert ["-static" in argv for argv in linker.asked] == [True, False] * 2
    assert ["-fPIC" in argv for argv in linker.asked] == [False, True] * 2
    memo.warm_up([probed(driver, MUSL)], ["-static"], {})
    assert len(linker.asked) == 4


def test_it_is_told_what_takes_minutes(driver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler_memo, "_SLOW", 0.01)
    (tmp_path / "zig").write_text("")
    zig = probed(driver, MUSL, "cc", says=f' "{tmp_path}/zig" -cc1\n')
    told: list[str] = []

    def link(argv: Sequence[str], **how: Any) -> Completed:
        del argv, how
        while not told:
            time.sleep(0.01)
        return Completed(0, "", "")

    CompilerMemo(link, announce=told.append).warm_up([zig], [], {})
    assert told == [f"golang: {zig} builds its C library for this target: minutes, once, kept in zig's cache"]


class TestMemo:
    def test_each_question_is_asked_once(self, driver: str) -> None:
        boundary = Compiler(Completed(0, GLIBC, GCC_SAYS))
        memo = CompilerMemo(boundary)
        first = memo.probe([driver], {"A": "1"}, "c")
        assert memo.probe([driver], {"A": "1"}, "c") is first
        memo.link(first, ["-static"], {})
        memo.link(first, ["-static"], {})
        assert len(boundary.asked) == 2

    @pytest.mark.parametrize("change", [{"environ": {"A": "2"}}, {"language": "c++"}, {"flag": "-m32"}])
    def test_other_questions_are_asked_anew(self, driver: str, change: dict[str, Any]) -> None:
        boundary = Compiler(Completed(0, GLIBC, GCC_SAYS))
        memo = CompilerMemo(boundary)
        memo.probe([driver], {"A": "1"}, "c")
        memo.probe(
            [driver, *filter(None, [change.get("flag")])],
            change.get("environ", {"A": "1"}),
            change.get("language", "c"),
        )
        assert len(boundary.asked) == 2

    def test_error_is_kept_and_raised_every_time(self, driver: str) -> None:
        boundary = Compiler(Completed(1, "", "no"))
        memo = CompilerMemo(boundary)
        for _ in range(2):
            with pytest.raises(ToolchainError, match="does not work: no"):
                memo.probe([driver], {}, "c")
        assert len(boundary.asked) == 1
