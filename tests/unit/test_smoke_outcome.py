"""How a program is run, and what is made of how it ended."""

from __future__ import annotations

import pytest

from golang.facts import BinaryFacts, BuildInfo, ElfFacts
from golang.linkage import Libc, Linkage, Permissions, Request, Smoke
from golang.platform import Platform
from golang.smoke import Ended, Machine, Way, judge, way_to_run

STATIC, DYNAMIC = Request(linkage=Linkage.STATIC), Request(linkage=Linkage.DYNAMIC)
LOADER = "/lib/ld-linux-aarch64.so.1"
QEMU = "/usr/bin/qemu-aarch64-static"


def program(machine: str = "X86_64", bits: int = 64, goos: str = "linux", **elf: object) -> BinaryFacts:
    info = BuildInfo(go_version="go1.26.8", settings={"GOOS": goos})
    values = {"type": "EXEC", "little_endian": True, "go": True, "build_info": info, **elf}
    return BinaryFacts(format="ELF", size=1, elf=ElfFacts(machine=machine, bits=bits, **values))  # type: ignore[arg-type]


def machine(*files: str, host: str = "linux/amd64", static: tuple[str, ...] = (QEMU,), sysroot: str = "") -> Machine:
    """Return a machine on which these files are."""
    return Machine(
        host=Platform(*host.split("/")),
        find=lambda name: f"/usr/bin/{name}" if f"/usr/bin/{name}" in files else "",
        exists=lambda path: path in files,
        is_static=lambda path: path in static,
        sysroot=sysroot,
    )


ARM64 = program("AARCH64")
LOADED = program("AARCH64", interpreter=LOADER, has_dynamic=True, needed=("libc.so.6",))


@pytest.mark.parametrize(
    ("facts", "request_", "on", "way"),
    [
        (program(), STATIC, machine(), Way(empty_root=True)),
        (program(), DYNAMIC, machine(), Way()),
        (program(interpreter="/lib/ld.so", has_dynamic=True), STATIC, machine(), Way(empty_root=True)),
        (program(interpreter="/lib/ld.so", needed=("x",), has_dynamic=True), DYNAMIC, machine("/lib/ld.so"), Way()),
        (program("386", 32), STATIC, machine(), Way(empty_root=True)),
        (ARM64, STATIC, machine(host="linux/arm64"), Way(empty_root=True)),
        (ARM64, STATIC, machine(QEMU, "/usr/bin/qemu-aarch64"), Way(emulator=QEMU, empty_root=True)),
        (
            ARM64,
            STATIC,
            machine("/usr/bin/qemu-aarch64"),
            Way(emulator="/usr/bin/qemu-aarch64", outside="qemu-aarch64 is not static"),
        ),
        (ARM64, DYNAMIC, machine(QEMU), Way(emulator=QEMU)),
        (LOADED, DYNAMIC, machine(QEMU, LOADER), Way(emulator=QEMU)),
        (
            LOADED,
            DYNAMIC,
            machine(QEMU, f"/usr/aarch64-linux-gnu{LOADER}"),
            Way(emulator=QEMU, sysroot="/usr/aarch64-linux-gnu"),
        ),
        (
            program("ARM", 32, interpreter="/lib/ld-linux.so.3", has_dynamic=True, needed=("libc.so.6",)),
            DYNAMIC,
            machine("/usr/bin/qemu-arm", "/usr/arm-linux-gnueabi/lib/ld-linux.so.3"),
            Way(emulator="/usr/bin/qemu-arm", sysroot="/usr/arm-linux-gnueabi"),
        ),
    ],
)  # fmt: skip
def test_way_to_run(facts: BinaryFacts, request_: Request, on: Machine, way: Way) -> None:
    assert way_to_run(facts, request_, on) == way


@pytest.mark.parametrize(
    ("facts", "request_", "on", "why"),
    [
        (ARM64, STATIC, machine(), "no qemu-aarch64 on PATH (Debian: qemu-user-static)"),
        (program("MIPS", 32, little_endian=False), STATIC, machine(), "no qemu-mips on PATH (Debian: qemu-user-static)"),
        (program("MIPS", 32), STATIC, machine(), "no qemu-mipsel on PATH (Debian: qemu-user-static)"),
        (
            program("386", 32),
            STATIC,
            machine("/usr/bin/qemu-i386-static", host="linux/arm64"),
            "there is no emulator under which Go programs for linux/386 run well",
        ),
        (program(goos="freebsd"), STATIC, machine(), "linux/amd64 runs no programs for freebsd/amd64"),
        (program(), STATIC, machine(host="darwin/arm64"), "darwin/arm64 runs no programs for linux/amd64"),
        (program(goos="freebsd"), STATIC, machine(host="freebsd/amd64"), "freebsd/amd64 runs no programs for freebsd/amd64"),
        (program("SPARCV9"), STATIC, machine(), "linux/amd64 runs no programs for SPARCV9"),
        (BinaryFacts(format="PE", size=1), DYNAMIC, machine(), "PE file, no program for linux/amd64"),
        (program(type="DYN", has_dynamic=True), DYNAMIC, machine(), "ELF library, no program for linux/amd64"),
        (
            program(interpreter="/lib/ld-musl-x86_64.so.1", needed=("libc.so",), has_dynamic=True),
            DYNAMIC,
            machine(),
            "its interpreter /lib/ld-musl-x86_64.so.1 is not here",
        ),
        (LOADED, DYNAMIC, machine(QEMU), f"its interpreter {LOADER} is neither here nor in /usr/aarch64-linux-gnu"),
        (LOADED, DYNAMIC, machine(QEMU, "/s", sysroot="/s"), f"its interpreter {LOADER} is not in /s"),
        (LOADED, DYNAMIC, machine(QEMU, sysroot="/s"), "there is no folder /s (GOSYSROOT)"),
    ],
)  # fmt: skip
def test_what_cannot_be_run(facts: BinaryFacts, request_: Request, on: Machine, why: str) -> None:
    assert way_to_run(facts, request_, on) == why


SMOKE = Smoke(arguments=("--version",), limit=5)
EMPTY = Way(empty_root=True)
ENDED = Ended(status=0, output="1.2\n")


@pytest.mark.parametrize(
    ("smoke", "way", "text"),
    [
        (SMOKE, Way(), "ran --version"),
        (Smoke(), EMPTY, "ran without arguments in an empty root"),
        (Smoke(arguments=("a b", "c")), Way(), "ran 'a b' c"),
        (SMOKE, Way(emulator=QEMU, empty_root=True), "ran --version under qemu-aarch64-static in an empty root"),
        (SMOKE, Way(outside="no chroot"), "ran --version, but not in an empty root: no chroot"),
    ],
)
def test_success(smoke: Smoke, way: Way, text: str) -> None:
    outcome = judge(ENDED, "app", smoke, way, program())

    assert (outcome.ran, outcome.obstacle, outcome.finding) == (text, "", None)


def findings(ended: Ended, facts: BinaryFacts, way: Way = EMPTY) -> list[str]:
    outcome = judge(ended, "app", SMOKE, way, facts)
    assert outcome.finding
    assert not outcome.ran
    assert not outcome.obstacle
    return [line.strip() for line in outcome.finding.lines()]


def test_failures() -> None:
    wanted = "wanted: `app --version` to end with exit status 0 in an empty root"
    own, relink = "GOSMOKE: arguments that need no files, no environment and no network", "how it is linked"
    assert findings(Ended(status=3), program()) == [
        wanted, "found:  exit status 3", f"fix:    mend the program, or {own}",
    ]  # fmt: skip
    here = findings(Ended(status=3), program(), Way())
    assert here[2] == "fix:    mend the program, or GOSMOKE: arguments that need no environment and no standard input"
    unknown = Ended(status=2, output="flag provided but not defined: -version\nUsage of app:\n")
    assert findings(unknown, program())[-1] == "fix:    GOSMOKE: arguments that the program knows"
    assert findings(Ended(status=-11), program())[:2] == [wanted, "found:  ended by SIGSEGV"]
    assert "GOMINSTACK" not in str(findings(Ended(status=-11), program()))
    assert "GOMINSTACK" in findings(Ended(status=-11), program(has_tls=True, libc=Libc.MUSL))[2]
    assert findings(Ended(status=-99), program())[1] == "found:  ended by signal 99"
    assert findings(Ended(start_error="Permission denied"), program()) == [
        wanted,
        "found:  it does not start: Permission denied",
    ]
    interpreted = program(interpreter="/lib/ld.so", has_dynamic=True)
    _, found, why, fix = findings(Ended(start_error="No such file or directory"), interpreted)
    assert found == "found:  it does not start: No such file or directory"
    assert why == "why:    it asks for the interpreter /lib/ld.so, and there is none"
    assert fix.endswith(relink)
    assert findings(Ended(status=255), interpreted, Way(emulator=QEMU, empty_root=True))[2] == why
    assert "interpreter" not in str(findings(Ended(status=255), interpreted, Way()))


def test_time_that_is_over() -> None:
    assert findings(Ended(), program())[1:] == [
        "found:  still running after 5 s",
        "fix:    GOSMOKE: arguments that make it end; or GOSMOKETIMEOUT: more seconds",
    ]
    assert findings(Ended(), program(), Way(emulator=QEMU))[1] == "found:  still running after 50 s"


def test_glibc_that_loads_nss_modules() -> None:
    facts = program(has_tls=True, libc=Libc.GLIBC, nss=True)

    assert findings(Ended(status=1), facts)[3].startswith("fix:    GORESOLVER='go', or GOLIBC='musl', or GOSMOKE: ")
    assert "NSS" not in str(findings(Ended(status=1), facts, Way()))


def test_processor_that_lacks_something() -> None:
    line = "This program can only be run on AMD64 processors with v4 microarchitecture support."
    outcome = judge(Ended(status=1, output=f"{line}\n"), "app", SMOKE, EMPTY, program())

    assert outcome.obstacle == f"this processor lacks what it was built for: {line}"
    assert not outcome.finding
    assert judge(Ended(status=0, output=line), "app", SMOKE, EMPTY, program()).ran


def test_kernel_without_programs_of_32_bits() -> None:
    ended = Ended(start_error="Exec format error")

    assert judge(ended, "app", SMOKE, EMPTY, program("386", 32)).obstacle == "this kernel starts no programs of 32 bits"
    assert findings(ended, program())[1] == "found:  it does not start: Exec format error"


def test_what_it_said_is_shown_in_part() -> None:
    said = "\x1b[31mfirst\tline\x00\n\n" + "".join(f"line {number}\n" for number in range(100)) + "x" * 1000
    lines = findings(Ended(status=1, output=said), program())[1].splitlines()

    assert lines[0] == "found:  exit status 1; it said:"
    assert lines[1] == " " * 10 + " [31mfirst line"
    assert len(lines) == 14
    assert lines[7] == " " * 10 + "..."
    assert lines[-2:] == [" " * 10 + "line 99", " " * 10 + "x" * 200]


def test_it_is_part_of_the_policy() -> None:
    """What is in the signature tells every two of them apart."""
    some = (None, Smoke(), Smoke(arguments=("a", "b")), Smoke(arguments=("a b",)), Smoke(limit=11))

    assert len({str(Permissions(smoke=smoke)) for smoke in some}) == len(some)
