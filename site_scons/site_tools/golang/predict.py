"""What the linkage of a program will be, from its package graph, before anything compiles.

Pure: graph, request and what is known of the C toolchain in; a prediction and findings out. The proof is
made without it, and must agree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .finding import Finding
from .gosource import DynamicImport
from .linkage import LIBRARY_KINDS, Kind, Level, Libc, Linkage, Permissions, Request, Resolver
from .packages import Package, PackageGraph
from .plan import Plan
from .platform import Platform
from .system_libraries import is_always_loaded

NSS_FIX = "GORESOLVER='go', or GOLIBC='musl', or GOVERIFYNSS='ok' if every machine it runs on has the same glibc"


def describe_chain(chain: tuple[str, ...]) -> str:
    """Return an import chain in words."""
    return " imports ".join(chain) if len(chain) > 1 else f"{''.join(chain)}, the program itself"


@dataclass(frozen=True, slots=True)
class CgoUse:
    """A package of the program that uses cgo, and the shortest import chain that brings it in."""

    package: str
    chain: tuple[str, ...]

    def __str__(self) -> str:
        return describe_chain(self.chain) if len(self.chain) > 1 else f"{self.package} uses cgo itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the scan says of one program in one configuration."""

    kind: Kind
    """The verdict that the proof must come to."""
    cgo: tuple[CgoUse, ...] = ()
    libraries: tuple[str, ...] = ()
    """Libraries that the program's cgo packages ask for: the ``foo`` of ``-lfoo``, sorted."""
    library_flags: tuple[str, ...] = ()
    """All ``-L`` and ``-l`` flags of its cgo packages, in order."""
    cxx: tuple[CgoUse, ...] = ()
    """Those of the cgo packages that have C++ files."""
    resolver: Resolver | None = None
    """Who resolves hosts and users; None where the program uses neither net nor os/user."""
    complete: bool = True
    """Whether every package could be read; if not, only the compiler can say what is wrong."""
    findings: tuple[Finding, ...] = ()

    @property
    def needs_cxx(self) -> bool:
        """Whether a C++ compiler takes part in the build, and links."""
        return bool(self.cxx)

    @property
    def does_without_c(self) -> bool:
        """Whether nothing but Go's own packages uses cgo, all of which have Go in its place."""
        return all(use.package in ("net", "os/user", "runtime/cgo") for use in self.cgo)

    @property
    def needs_c(self) -> bool:
        """Whether a C compiler takes part in the build."""
        return bool(self.cgo) or self.kind in (Kind.STATIC_LIBC, Kind.STATIC_PIE, *LIBRARY_KINDS.values())


def predict(
    graph: PackageGraph,
    main: Package,
    request: Request,
    plan: Plan,
    permissions: Permissions | None = None,
) -> Prediction:
    """Return what ``main`` will be. ``graph`` must come from the flags and environment of ``plan``."""
    permissions = permissions or Permissions()
    closure = graph.closure(main)
    with_cgo = [package for package in closure if package.cgo_files]
    platform = Platform(plan.environ["GOOS"], plan.environ["GOARCH"])
    loading = [(package, pragma) for package in closure for pragma in _loaded(package, platform)]
    flags = tuple(flag for package in with_cgo for flag in package.library_flags)
    findings = [
        *_not_a_program(main),
        *_only_cgo(graph, main, closure, request, platform),
        *_plugin(graph, main, request),
        *_no_flags(graph, main, with_cgo),
        *(_nss(graph, main, closure, request) if permissions.nss is Level.ERROR else ()),
        *(_loads_libraries(graph, main, loading) if request.linkage.is_static else ()),
        *(_dropped(graph, main, closure, permissions.dropped_cgo, platform) if not request.linkage.uses_cgo else ()),
        *_without_boring(graph, main, request, plan),
    ]
    return Prediction(
        kind=_kind(request, plan, platform, loads=bool(with_cgo or loading)),
        cgo=tuple(_use(graph, main, package) for package in with_cgo),
        libraries=tuple(sorted({flag[2:] for flag in flags if flag.startswith("-l")})),
        library_flags=flags,
        cxx=tuple(_use(graph, main, package) for package in with_cgo if package.cxx_files),
        resolver=_resolver(closure),
        complete=not any(package.error for package in closure),
        findings=tuple(findings),
    )


def _loaded(package: Package, platform: Platform) -> tuple[DynamicImport, ...]:
    """Return the first pragma that loads a library which programs there do not load anyway."""
    found = (one for one in package.dynamic_imports if not is_always_loaded(platform.format, one.library))
    return tuple(found)[:1]


def _use(graph: PackageGraph, main: Package, package: Package) -> CgoUse:
    return CgoUse(package.import_path, graph.chain(main, package.import_path))


def _kind(request: Request, plan: Plan, platform: Platform, *, loads: bool) -> Kind:
    if request.product.is_library:
        return LIBRARY_KINDS[request.product]
    if platform.system_only:
        return Kind.DYNAMIC if loads and request.linkage is Linkage.DYNAMIC else Kind.SYSTEM_ONLY
    if request.linkage is not Linkage.DYNAMIC:
        return Kind(request.linkage.value)
    if platform.goos == "android" and not loads:
        return Kind.INTERPRETER_ONLY
    if loads or plan.external or platform.why_not_static:
        return Kind.DYNAMIC
    # Go's own linker asks for the loader in every position independent program (linkage case C6).
    return Kind.INTERPRETER_ONLY if plan.position_independent else Kind.STATIC


def _resolver(closure: Sequence[Package]) -> Resolver | None:
    using = [package for package in closure if package.import_path in ("net", "os/user")]
    if not using:
        return None
    return Resolver.LIBC if any(package.cgo_files for package in using) else Resolver.GO


def _chain(graph: PackageGraph, main: Package, path: str) -> str:
    return describe_chain(graph.chain(main, path))


def _not_a_program(main: Package) -> list[Finding]:
    if main.name in ("main", "") or main.error:
        return []
    return [
        Finding(
            case="main",
            wanted="a package main",
            found=f"package {main.name} in {main.dir}",
            fix="name the directory of a main package",
        )
    ]


def _only_cgo(
    graph: PackageGraph, main: Package, closure: Sequence[Package], request: Request, platform: Platform
) -> list[Finding]:
    if request.linkage.uses_cgo:
        return []
    way = "linkage='static-libc' links its C code statically"
    if platform.why_not_static_libc:
        way = "linkage='dynamic', which has cgo on"
    return [
        Finding(
            case="C30",
            wanted=f"linkage {request} (cgo off)",
            found=f"package {package.import_path} has only cgo files ({', '.join(package.dropped_cgo.files)})",
            why=_chain(graph, main, package.import_path),
            fix=f"{way}; or do without that package",
        )
        for package in closure
        if package.dropped_cgo and package.has_only_cgo
    ]


def _plugin(graph: PackageGraph, main: Package, request: Request) -> list[Finding]:
    chain = graph.chain(main, "plugin")
    if not request.linkage.is_static or not chain:
        return []
    return [
        Finding(
            case="C9",
            wanted=f"linkage {request}",
            found="package plugin, which loads shared libraries at run time",
            why=" imports ".join(chain),
            fix="linkage='dynamic', or do without that package: in a static program plugin.Open always fails",
        )
    ]


def _without_boring(graph: PackageGraph, main: Package, request: Request, plan: Plan) -> list[Finding]:
    """Tell where Go's own cryptography would take BoringCrypto's place without a word (crypto/internal/boring)."""
    asked = "boringcrypto" in plan.environ.get("GOEXPERIMENT", "").split(",")
    has = plan.environ["GOOS"] == "linux" and plan.environ["GOARCH"] in ("amd64", "arm64")
    chain = graph.chain(main, "crypto/internal/boring") if asked else ()
    if not chain or (has and request.linkage.uses_cgo):
        return []
    here = "linkage='static-libc' or 'dynamic', which have cgo on; or " if has else ""
    return [
        Finding(
            case="C21",
            wanted="BoringCrypto (GOEXPERIMENT)",
            found=f"linkage {request} (cgo off)" if has else f"{plan.environ['GOOS']}/{plan.environ['GOARCH']}",
            why=f"{' imports '.join(chain)}, which needs cgo on linux/amd64 or linux/arm64, and is empty without",
            fix=f"{here}GOFIPS140='latest', Go's own FIPS module, which needs no cgo",
        )
    ]


def _no_flags(graph: PackageGraph, main: Package, with_cgo: Sequence[Package]) -> list[Finding]:
    """Tell what ``#cgo pkg-config`` does not find (linkage case D10)."""
    return [
        Finding(
            case="D10",
            wanted=f"what pkg-config says of {' '.join(package.pkg_config)}",
            found=" ".join(package.given.error.split()),
            why=_chain(graph, main, package.import_path),
            fix="install the package's development files, or name the folder of its .pc file in "
            "env['ENV']['PKG_CONFIG_PATH']",
        )
        for package in with_cgo
        if package.given.error
    ]


def _nss(graph: PackageGraph, main: Package, closure: Sequence[Package], request: Request) -> list[Finding]:
    """Tell before the compile, and why, what ``--fatal-warnings`` would make of Go's resolvers (linkage case C8)."""
    return [
        Finding(
            case="C8",
            wanted="a static program that loads nothing at run time (GOVERIFYNSS='error')",
            found=f"{package.import_path} resolves through glibc, which loads NSS modules (libnss_*.so)",
            why=_chain(graph, main, package.import_path),
            fix=NSS_FIX,
        )
        for package in closure
        if package.import_path in ("net", "os/user") and package.cgo_files
        if request.linkage.links_libc_statically and request.libc is Libc.GLIBC
    ]


def _loads_libraries(
    graph: PackageGraph, main: Package, loading: Sequence[tuple[Package, DynamicImport]]
) -> list[Finding]:
    return [
        Finding(
            case="C1",
            wanted="a program that loads no shared library",
            found=f"{pragma.text} at {pragma.file}:{pragma.line}",
            why=_chain(graph, main, package.import_path),
            fix="linkage='dynamic', or do without that package: it needs no cgo and loads the library all the same",
        )
        for package, pragma in loading
    ]


def _dropped(
    graph: PackageGraph, main: Package, closure: Sequence[Package], level: Level, platform: Platform
) -> list[Finding]:
    if level is Level.OK:
        return []
    found = []
    with_cgo = Linkage.DYNAMIC.value if platform.why_not_static_libc else Linkage.STATIC_LIBC.value
    for package in closure:
        dropped = package.dropped_cgo
        if dropped is None or not package.go_files or not (dropped.stub or dropped.lost or not dropped.replaced_by):
            continue
        instead = (
            f"{', '.join(dropped.replaced_by)} takes its place" if dropped.replaced_by else "nothing takes their place"
        )
        if dropped.stub:
            instead += f', and says "{dropped.stub}"'
        if dropped.lost:
            shown = ", ".join(dropped.lost[:5]) + (" ..." if len(dropped.lost) > 5 else "")  # noqa: PLR2004
            instead += f"; {len(dropped.lost)} exported names are gone: {shown}"
        found.append(
            Finding(
                case="C30",
                level=level,
                wanted="every package to work without cgo",
                found=f"package {package.import_path} leaves out {len(dropped.files)} cgo files; {instead}",
                why=_chain(graph, main, package.import_path),
                fix=f"linkage={with_cgo!r} keeps them; GOVERIFYDROPPEDCGO='ok' if the program works without",
            )
        )
    return found
