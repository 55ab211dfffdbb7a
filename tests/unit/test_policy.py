"""policy: facts against what was asked for, permitted and predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from golang import policy
from golang.facts import BinaryFacts, BuildInfo, ElfFacts, ImageFacts
from golang.finding import Finding
from golang.linkage import Kind, Level, Libc, Linkage, Permissions, Request, Resolver
from golang.platform import Platform
from golang.policy import POLICIES, check
from golang.predict import CgoUse, Prediction

LD = "/lib64/ld-linux-x86-64.so.2"
BASE = {"type": "EXEC", "machine": "X86_64", "bits": 64, "little_endian": True, "go": True}
LOADED = {"interpreter": LD, "has_dynamic": True}


def facts(**fields: Any) -> BinaryFacts:
    return BinaryFacts(format="ELF", size=1, elf=ElfFacts(**{**BASE, **fields}))


def info(cgo: str) -> BuildInfo:
    return BuildInfo(go_version="go1.26", settings={"CGO_ENABLED": cgo})


BINARIES = {
    "static": facts(build_info=info("0")),
    "static-libc glibc": facts(has_tls=True, libc=Libc.GLIBC, build_info=info("1")),
    "static-libc musl": facts(has_tls=True, libc=Libc.MUSL, build_info=info("1")),
    "static-libc unknown": facts(has_tls=True, build_info=info("1")),
    "static-pie": facts(type="DYN", pie=True, has_dynamic=True, libc=Libc.GLIBC, build_info=info("1")),
    "dynamic": facts(**LOADED, needed=("libc.so.6",), build_info=info("1")),
    "interpreter-only": facts(**LOADED, type="DYN", pie=True, build_info=info("1")),
    "pragma": facts(**LOADED, needed=("libc.so.6",), build_info=info("0")),
    "broken": facts(type="DYN"),
    "shared library": facts(type="DYN", has_dynamic=True, needed=("libc.so.6",), build_info=info("1")),
    "archive": BinaryFacts(format="ar", size=1, members=("go.o",)),
    "PE": BinaryFacts(format="PE", size=1),
    "packed": facts(packed="UPX"),
}
VERDICTS = {
    # binary: findings by linkage (dynamic, static, static-libc, static-pie), with glibc asked for
    "static": ([], [], ["kind", "cgo"], ["kind", "cgo"]),
    "static-libc glibc": (["kind"], ["kind", "cgo"], [], ["kind"]),
    "static-libc musl": (["kind"], ["kind", "cgo"], ["C24"], ["kind"]),
    "static-libc unknown": (["kind"], ["kind", "cgo"], ["C24"], ["kind"]),
    "static-pie": (["kind"], ["kind", "dynamic-segment", "cgo"], ["kind", "dynamic-segment"], []),
    "dynamic": (
        [],
        ["kind", "interpreter", "needed", "dynamic-segment", "cgo"],
        ["kind", "interpreter", "needed", "dynamic-segment"],
        ["kind", "interpreter", "needed"],
    ),
    "interpreter-only": (
        [],
        ["kind", "interpreter", "dynamic-segment", "cgo"],
        ["kind", "interpreter", "dynamic-segment"],
        ["kind", "interpreter"],
    ),
    "pragma": (
        [],
        ["kind", "interpreter", "needed", "dynamic-segment"],
        ["kind", "interpreter", "needed", "dynamic-segment", "cgo"],
        ["kind", "interpreter", "needed", "cgo"],
    ),
    "broken": (["kind"], ["kind"], ["kind"], ["kind"]),
    "shared library": (
        ["kind"],
        ["kind", "needed", "dynamic-segment", "cgo"],
        ["kind", "needed", "dynamic-segment"],
        ["kind", "needed"],
    ),
    "archive": (["kind"], ["kind"], ["kind"], ["kind"]),
    "PE": (["kind"], ["kind"], ["kind"], ["kind"]),
    "packed": (["kind"], ["kind"], ["kind"], ["kind"]),
}


def findings(
    binary: BinaryFacts, linkage: Linkage | str = "dynamic", libc: Libc = Libc.GLIBC, **settings: Any
) -> tuple[Finding, ...]:
    keywords = {name: settings.pop(name) for name in ("platform", "prediction", "go") if name in settings}
    request = Request(linkage=Linkage(linkage), libc=libc)
    return check(binary, request, permissions=Permissions(**settings), **keywords)


def cases(*arguments: Any, **keywords: Any) -> list[str]:
    return [finding.case for finding in findings(*arguments, **keywords)]


def only(found: tuple[Finding, ...], case: str) -> Finding:
    [finding] = [one for one in found if one.case == case]
    return finding


@pytest.mark.parametrize(("number", "linkage"), list(enumerate(Linkage)))
@pytest.mark.parametrize("binary", BINARIES)
def test_binary_against_linkage(binary: str, number: int, linkage: Linkage) -> None:
    assert cases(BINARIES[binary], linkage) == VERDICTS[binary][number]


def test_each_linkage_accepts_exactly_these_verdicts() -> None:
    assert {linkage: policy.kinds for linkage, policy in POLICIES.items()} == {
        Linkage.DYNAMIC: {Kind.DYNAMIC, Kind.STATIC, Kind.INTERPRETER_ONLY},
        Linkage.STATIC: {Kind.STATIC},
        Linkage.STATIC_LIBC: {Kind.STATIC_LIBC},
        Linkage.STATIC_PIE: {Kind.STATIC_PIE},
    }
    assert all(policy.fix for policy in POLICIES.values())


def test_all_findings_are_told_each_with_wanted_and_found() -> None:
    found = findings(BINARIES["dynamic"], "static", platform=Platform("linux", "arm64"), min_thread_stack=1 << 20)
    assert [finding.case for finding in found] == [
        "kind", "machine", "interpreter", "needed", "dynamic-segment", "cgo", "C16",
    ]  # fmt: skip
    assert all(finding.wanted and finding.found and finding.fix and finding.level is Level.ERROR for finding in found)
    assert only(found, "interpreter").found == f"PT_INTERP {LD}"
    assert only(found, "needed").found == "DT_NEEDED libc.so.6"
    assert only(found, "kind").wanted == "linkage static"
    assert only(found, "cgo").found == "the build info says CGO_ENABLED=1"


PREDICTED = Prediction(kind=Kind.DYNAMIC, cgo=(CgoUse("net", ("m", "a", "net")),))


def test_import_chain_is_the_reason() -> None:
    found = findings(BINARIES["dynamic"], "static", prediction=PREDICTED)
    chain = "cgo comes in because m imports a imports net"
    assert only(found, "kind").why == only(found, "interpreter").why == only(found, "needed").why == chain


@pytest.mark.parametrize(
    ("binary", "predicted", "ok"),
    [
        ("static", Kind.STATIC, True),
        ("dynamic", Kind.DYNAMIC, True),
        ("interpreter-only", Kind.INTERPRETER_ONLY, True),
        ("static", Kind.DYNAMIC, False),
        ("dynamic", Kind.STATIC, False),
        ("interpreter-only", Kind.STATIC, False),
        ("dynamic", Kind.INTERPRETER_ONLY, False),
    ],
)
def test_prediction_and_proof_must_agree(binary: str, predicted: Kind, ok: bool) -> None:
    found = findings(BINARIES[binary], prediction=Prediction(kind=predicted))
    assert [finding.case for finding in found] == ([] if ok else ["prediction"])
    if not ok:
        assert found[0].wanted == f"{predicted.value}, as the imports predict"
        assert found[0].why == "no package of the program uses cgo"


def test_disagreement_beyond_the_linkage_is_told_once() -> None:
    assert cases(BINARIES["dynamic"], "static", prediction=Prediction(kind=Kind.STATIC)).count("prediction") == 0


@pytest.mark.parametrize(
    "library",
    [
        "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "libresolv.so.2", "ld-linux-x86-64.so.2",
        "ld-linux-aarch64.so.1", "ld-musl-x86_64.so.1", "libc.musl-x86_64.so.1", "libc.so", "ld64.so.2",
    ],
)  # fmt: skip
def test_libraries_of_libc_are_permitted(library: str) -> None:
    assert cases(facts(**LOADED, needed=(library,)), prediction=PREDICTED) == []


def test_other_libraries_are_told_one_by_one() -> None:
    """C13, C26, C27."""
    binary = facts(**LOADED, needed=("libc.so.6", "libfoo.so.1", "libstd.so"))
    found = findings(binary, prediction=PREDICTED)
    assert [finding.found for finding in found] == ["DT_NEEDED libfoo.so.1", "DT_NEEDED libstd.so"]
    assert "GOVERIFYLIBS=['libfoo.so.1']" in found[0].fix
    assert cases(binary, prediction=PREDICTED, libraries=("libfoo.so.*", "libstd.so")) == []
    assert cases(binary, prediction=PREDICTED, libraries=("libfoo.so",)) == ["library", "library"]


def test_libraries_of_cxx_are_permitted_where_there_is_cxx() -> None:
    """C25."""
    binary = facts(**LOADED, needed=("libstdc++.so.6", "libgcc_s.so.1", "libc.so.6"))
    with_cxx = Prediction(kind=Kind.DYNAMIC, cxx=PREDICTED.cgo)
    assert cases(binary, prediction=with_cxx) == []
    assert cases(binary) == []
    assert cases(binary, prediction=PREDICTED) == ["library", "library"]


@pytest.mark.parametrize(
    ("highest", "ok"),
    [("", True), ("2.34", True), ("2.35", True), ("2.9", False), ("2.33", False), ("2", False)],
)
def test_highest_glibc_version(highest: str, ok: bool) -> None:
    """C18."""
    binary = facts(**LOADED, needed=("libc.so.6",), symbol_versions={"libc.so.6": ("GLIBC_2.2.5", "GLIBC_2.34")})
    found = findings(binary, max_glibc=highest)
    assert [finding.case for finding in found] == ([] if ok else ["C18"])
    if not ok:
        assert found[0].found == "GLIBC_2.34 is required"
        assert found[0].fix.startswith(f"GOLIBC='glibc-{highest}' with GOCTOOLCHAIN='zig' links against it")
        # A C program that GoVerify looks at is not built with settings for Go.
        [of_c] = findings(replace(binary, elf=replace(binary.elf, go=False)), max_glibc=highest, go=False)
        assert of_c.fix.startswith(f"`python3 -m ziglang cc -target ARCH-linux-gnu.{highest}` as CC links against it")


@pytest.mark.parametrize(
    ("binary", "wanted", "found", "fix"),
    [
        ("static-libc glibc", Libc.MUSL, "glibc", "a C toolchain for musl (GOCTOOLCHAIN), or GOLIBC='glibc'"),
        ("static-libc musl", Libc.GLIBC, "musl", "a C toolchain for glibc (GOCTOOLCHAIN), or GOLIBC='musl'"),
        (
            "static-libc unknown",
            Libc.GLIBC,
            "a libc that is neither glibc nor musl",
            "a C toolchain for glibc (GOCTOOLCHAIN)",
        ),
    ],
)
def test_libc_is_the_one_that_was_asked_for(binary: str, wanted: Libc, found: str, fix: str) -> None:
    """C24."""
    finding = only(findings(BINARIES[binary], "static-libc", wanted), "C24")
    assert (finding.wanted, finding.found, finding.fix) == (f"{wanted.value}, linked statically", found, fix)


@pytest.mark.parametrize(("goos", "library"), [("freebsd", "libthr.so.3"), ("netbsd", "libc.so.12")])
def test_libc_of_another_system(goos: str, library: str) -> None:
    """C20: it is there wherever a program of that system runs."""
    binary = facts(interpreter="/libexec/ld-elf.so.1", has_dynamic=True, needed=(library,))
    found = check(binary, Request(linkage=Linkage.DYNAMIC), permissions=Permissions(), platform=Platform(goos, "amd64"))
    assert found == ()


def test_libc_that_is_loaded_is_the_one_that_was_asked_for() -> None:
    """C24: GOLIBC holds for a dynamic program as well."""
    musl = facts(interpreter="/lib/ld-musl-x86_64.so.1", has_dynamic=True, needed=("libc.so",), libc=Libc.MUSL)
    glibc = facts(**LOADED, needed=("libc.so.6",), libc=Libc.GLIBC)
    for binary, right, wrong in ((musl, Libc.MUSL, Libc.GLIBC), (glibc, Libc.GLIBC, Libc.MUSL)):
        assert not findings(binary, "dynamic", right)
        finding = only(findings(binary, "dynamic", wrong), "C24")
        assert finding.wanted.startswith(f"{wrong.value}, loaded")
        assert finding.fix == f"a C toolchain for {wrong.value}, or GOLIBC={right.value!r}"


@pytest.mark.parametrize("linkage", ["static", "dynamic"])
def test_go_archive_in_a_program_with_musl(linkage: str) -> None:
    """C24: it crashes before main (golang/go#13492)."""
    built = BuildInfo(go_version="go1.26", settings={"CGO_ENABLED": "1", "-buildmode": "c-archive"})
    fields = LOADED if linkage == "dynamic" else {"has_tls": True}
    for libc, expected in ((Libc.MUSL, ["C24"]), (Libc.GLIBC, [])):
        binary = facts(**fields, needed=("libc.so",) if fields is LOADED else (), libc=libc, build_info=built)
        request = Request(linkage=Linkage(linkage), libc=libc)
        found = check(binary, request, permissions=Permissions(), go=False)
        assert [finding.case for finding in found] == expected


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("linkage", ["static-libc", "static-pie"])
def test_nss_level(linkage: str, level: Level) -> None:
    """C8."""
    shape = {"type": "DYN", "pie": True, "has_dynamic": True} if linkage == "static-pie" else {}
    found = findings(facts(**shape, libc=Libc.GLIBC, nss=True), linkage, nss=level)
    assert [(finding.case, finding.level) for finding in found] == ([] if level is Level.OK else [("C8", level)])


OPENSSL = {
    "the package in the binary": {"openssl": True},
    "an experiment": {"build_info": BuildInfo(go_version="go1.26", settings={"GOEXPERIMENT": "a,systemcrypto"})},
    "a setting": {"build_info": BuildInfo(go_version="go1.26", settings={"microsoft_systemcrypto": "1"})},
}


@pytest.mark.parametrize("fields", OPENSSL.values(), ids=OPENSSL)
def test_crypto_of_the_system(fields: dict[str, Any]) -> None:
    """C21: a fork's crypto loads OpenSSL, which nothing in the segments shows."""
    binary = facts(**fields)
    finding = only(findings(binary, "static"), "C21")
    assert "libcrypto.so" in finding.found
    assert "GOVERIFYLIBS=['libcrypto.so*']" in finding.fix
    assert cases(binary, "static", libraries=("libcrypto.so*",)) == []
    assert cases(binary, "dynamic") == []


def test_other_experiments_load_nothing() -> None:
    info_text = BuildInfo(
        go_version="go1.26", settings={"GOEXPERIMENT": "nosystemcrypto", "microsoft_systemcrypto": "0"}
    )
    assert cases(facts(build_info=info_text), "static") == []


def test_nss_is_no_matter_of_dynamic_linkage() -> None:
    assert cases(facts(libc=Libc.GLIBC, nss=True), "dynamic") == ["kind"]


@pytest.mark.parametrize(("libc_resolver", "why"), [(True, "net or os/user"), (False, "C code in the program")])
def test_nss_says_who_resolves_through_it(libc_resolver: bool, why: str) -> None:
    binary = facts(libc=Libc.GLIBC, nss=True, libc_resolver=libc_resolver)
    finding = only(findings(binary, "static-libc"), "C8")
    assert finding.why.startswith(why)
    assert ("GORESOLVER='go'" in finding.fix) is libc_resolver


def test_nss_of_packages_that_no_go_calls() -> None:
    """The C that they bring is linked all the same."""
    binary = facts(libc=Libc.GLIBC, nss=True)
    for resolver, why in ((Resolver.LIBC, "net or os/user"), (Resolver.GO, "C code in the program")):
        known = Prediction(kind=Kind.STATIC_LIBC, resolver=resolver)
        finding = only(findings(binary, "static-libc", prediction=known), "C8")
        assert finding.why.startswith(why)


@pytest.mark.parametrize(
    ("goarch", "fields", "ok"),
    [
        ("amd64", {}, True),
        ("arm64", {}, False),
        ("arm64", {"machine": "AARCH64"}, True),
        ("mips64", {"machine": "MIPS", "little_endian": False}, True),
        ("mips64le", {"machine": "MIPS", "little_endian": False}, False),
        ("mips", {"machine": "MIPS", "little_endian": False}, False),
    ],
)
def test_machine(goarch: str, fields: dict[str, Any], ok: bool) -> None:
    found = findings(facts(**fields), "static", platform=Platform("linux", goarch))
    assert [finding.case for finding in found] == ([] if ok else ["machine"])
    assert all(finding.fix.startswith("GOOS and GOARCH select") for finding in found)
    of_c = findings(facts(**fields, go=False), "static", platform=Platform("linux", goarch), go=False)
    assert all(finding.fix.startswith("build it with a compiler (CC) for that platform") for finding in of_c)


def test_machine_is_not_judged_where_it_is_unknown() -> None:
    assert cases(facts(machine="SPARCV9"), "static", platform=Platform("linux", "sparc64")) == []


@pytest.mark.parametrize(
    ("size", "least", "ok"),
    [(None, 0, True), (0, 0, True), (None, 1, False), (0, 1 << 20, False), (1 << 19, 1 << 20, False), (1 << 20, 1 << 20, True)],
)  # fmt: skip
def test_thread_stack(size: int | None, least: int, ok: bool) -> None:
    """C16."""
    found = findings(facts(stack_size=size, libc=Libc.MUSL), "static-libc", Libc.MUSL, min_thread_stack=least)
    assert [finding.case for finding in found] == ([] if ok else ["C16"])
    assert all(finding.found.startswith(f"PT_GNU_STACK asks for {size or 0} bytes") for finding in found)


@pytest.mark.parametrize(("libc", "cases", "level"), [(Libc.GLIBC, "C15", Level.WARN), (Libc.MUSL, "C24", Level.ERROR)])
def test_marks_of_both_libcs(libc: Libc, cases: str, level: Level) -> None:
    """C15: what glibc starts may have musl's code in it; for musl it is the wrong libc already."""
    found = findings(facts(libc=Libc.GLIBC, also_musl=True), "static-libc", libc)
    assert [(finding.case, finding.level) for finding in found] == [(cases, level)]
    assert "musl's marks beside those of glibc" in found[0].found + found[0].why


def test_must_be_a_go_program_unless_anything_will_do() -> None:
    """GoVerify takes C programs too; build info of another program says nothing then."""
    c_program = facts(go=False)
    assert cases(c_program, "static") == ["go"]
    assert cases(c_program, "static", go=False) == []
    dynamic = facts(go=False, interpreter="/lib/ld.so", needed=("libc.so.6",), has_dynamic=True)
    found = check(dynamic, Request(linkage=Linkage.STATIC), permissions=Permissions(), go=False)
    assert {one.fix for one in found} == {"link it with -static (LINKFLAGS), and with archives only"}
    # What needs nothing and is no PIE is not what was asked for, however little of a libc is in it.
    [pie] = check(c_program, Request(linkage=Linkage.STATIC_PIE), permissions=Permissions(), go=False)
    assert pie.fix == "link it with -static-pie (LINKFLAGS), and with archives only"
    # A small program with musl has no texts of it.
    small = Request(linkage=Linkage.STATIC_LIBC, libc=Libc.MUSL)
    (told,) = check(facts(go=False), small, permissions=Permissions(), go=False)
    assert told.fix.startswith("linkage='static' proves that it needs nothing")
    assert cases(facts(go=False, libc=Libc.GLIBC, has_tls=True), "static", go=False) == []
    assert "kind" in cases(facts(go=True, libc=Libc.GLIBC, has_tls=True), "static", go=False)
    assert cases(facts(build_info=info("1")), "static", go=False) == []


def test_stripped_build_info_is_no_finding() -> None:
    """D11: -trimpath and strip remove it; the segments decide."""
    assert cases(facts(build_info=None), "static") == []
    assert cases(facts(build_info=BuildInfo(go_version="go1.26")), "static") == []


@pytest.mark.parametrize("level", Level)
def test_enforcement(level: Level) -> None:
    found = findings(BINARIES["dynamic"], "static", enforce=level)
    if level is Level.OK:
        assert found == ()
    else:
        assert [finding.case for finding in found] == VERDICTS["dynamic"][1]
        assert {finding.level for finding in found} == {level}


def test_lowered_finding_says_the_same() -> None:
    [warned] = findings(BINARIES["broken"], "static", enforce=Level.WARN)
    [error] = findings(BINARIES["broken"], "static")
    assert (warned.case, warned.wanted, warned.found, warned.why, warned.fix) == (
        error.case, error.wanted, error.found, error.why, error.fix,
    )  # fmt: skip


def test_unprovable_tells_how_to_build_it_nevertheless() -> None:
    """C22, C28."""
    [finding] = findings(BINARIES["packed"], "static")
    assert "packed by UPX" in finding.found
    assert "GOVERIFY='warn'" in finding.fix


def image(**fields: Any) -> ImageFacts:
    usual = {
        "type": "EXECUTE", "machine": "ARM64", "system": "macOS 12.0", "libraries": ("/usr/lib/libSystem.B.dylib",),
        "loader": "/usr/lib/dyld", "signed": True, "go": True, "build_info": info("0"),
    }  # fmt: skip
    return ImageFacts(**{**usual, **fields})


def macos(*images: ImageFacts) -> BinaryFacts:
    return BinaryFacts(format="Mach-O", size=1, images=images)


def windows(*libraries: str, **fields: Any) -> BinaryFacts:
    usual = {"type": "EXE", "machine": "AMD64", "system": "Windows 6.1", "loader": None}
    return BinaryFacts(format="PE", size=1, images=(image(**{**usual, "libraries": libraries, **fields}),))


MACOS, WINDOWS = Platform("darwin", "arm64"), Platform("windows", "amd64")
APPKIT = "/System/Library/Frameworks/AppKit.framework/Versions/C/AppKit"
BREW = "/opt/homebrew/lib/libfoo.1.dylib"
IMAGES: dict[str, tuple[BinaryFacts, Platform, tuple[list[str], ...]]] = {
    # program, platform: findings by linkage (dynamic, static, static-libc, static-pie)
    "macOS": (macos(image()), MACOS, ([], [], ["kind", "cgo"], ["kind", "cgo"])),
    "macOS, cgo": (macos(image(build_info=info("1"))), MACOS, ([], ["cgo"], ["kind"], ["kind"])),
    "macOS, framework": (
        macos(image(libraries=(APPKIT,), build_info=info("1"))), MACOS, ([], ["kind", "cgo"], ["kind"], ["kind"]),
    ),
    "macOS, homebrew": (
        macos(image(libraries=(BREW,))), MACOS, (["library"], ["kind"], ["kind", "cgo"], ["kind", "cgo"]),
    ),
    "macOS, for the other processor": (
        macos(image()), Platform("darwin", "amd64"),
        (["machine"], ["machine"], ["kind", "machine", "cgo"], ["kind", "machine", "cgo"]),
    ),
    "macOS, universal": (
        macos(image(), image(machine="X86_64")), MACOS, ([], [], ["kind", "cgo", "cgo"], ["kind", "cgo", "cgo"]),
    ),
    "iOS": (
        macos(image(system="iOS 14.0")), MACOS,
        (["machine"], ["machine"], ["kind", "machine", "cgo"], ["kind", "machine", "cgo"]),
    ),
    "macOS, not Go": (macos(image(go=False)), MACOS, (["go"], ["go"], ["kind", "go", "cgo"], ["kind", "go", "cgo"])),
    "macOS, unsigned": (macos(image(signed=False)), MACOS, (["kind"], ["kind"], ["kind", "cgo"], ["kind", "cgo"])),
    "windows": (windows("kernel32.dll"), WINDOWS, ([], [], ["kind", "cgo"], ["kind", "cgo"])),
    "windows, upper case": (windows("KERNEL32.DLL"), WINDOWS, ([], [], ["kind", "cgo"], ["kind", "cgo"])),
    "windows, GUI": (windows("USER32.dll", "GDI32.dll"), WINDOWS, ([], ["kind"], ["kind", "cgo"], ["kind", "cgo"])),
    "windows, mingw's": (
        windows("libstdc++-6.dll"), WINDOWS, (["library"], ["kind"], ["kind", "cgo"], ["kind", "cgo"]),
    ),
    "windows, asked for linux": (
        windows("kernel32.dll"), Platform("linux", "amd64"),
        (["machine"], ["machine"], ["kind", "machine", "cgo"], ["kind", "machine", "cgo"]),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("number", "linkage"), list(enumerate(Linkage)))
@pytest.mark.parametrize("program", IMAGES)
def test_image_against_linkage(program: str, number: int, linkage: Linkage) -> None:
    """C19, C28."""
    binary, platform, expected = IMAGES[program]
    assert cases(binary, linkage, platform=platform) == expected[number]


def test_library_that_is_permitted_elsewhere() -> None:
    assert cases(macos(image(libraries=(BREW,))), libraries=("/opt/homebrew/*",)) == []
    assert cases(windows("libstdc++-6.dll"), libraries=("LIBSTDC++*.dll",)) == []
    assert cases(macos(image(libraries=(BREW,))), "static", libraries=("/opt/homebrew/*",)) == ["kind"]


def test_cgo_may_do_with_the_libraries_of_the_system() -> None:
    assert cases(macos(image()), prediction=PREDICTED) == []
    unexpected = findings(macos(image(libraries=(APPKIT,))), prediction=Prediction(kind=Kind.SYSTEM_ONLY))
    assert [finding.case for finding in unexpected] == ["prediction"]


def test_schema_is_a_number_that_verifies_again_when_it_is_raised() -> None:
    assert isinstance(policy.SCHEMA, int)
    assert policy.SCHEMA >= 1
