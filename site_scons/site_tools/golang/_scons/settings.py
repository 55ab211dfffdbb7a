"""Construction variables to requests, options and configurations of the core. Reads environments, never writes them."""

from __future__ import annotations

import os
import re
from collections import UserList
from collections.abc import Mapping

from SCons.Subst import SUBST_CMD, SUBST_SIG

from ..compiler_memo import CompilerMemo
from ..configuration import Configuration, base_environ
from ..drivers import Choice, Drivers, at_least_first, candidates, parse_ctoolchain
from ..emulation import Emulation, default_folder
from ..errors import RequestError
from ..facts import version_key
from ..goenv import BINARY_SETTINGS, CACHE_SETTINGS, DECIDED
from ..goflags import split_words
from ..linkage import Level, Linkage, Permissions, Product, Request, Resolver, Smoke, parse_choice, parse_libc
from ..modules import find_workspace
from ..plan import Options
from ..platform import Platform
from ..toolchain import GoToolchain
from .csettings import bare_name, c_settings
from .fingerprint import LIBRARY_NAME, PRODUCT, Env, text
from .paths import expecting
from .values import FALSE, TRUE, definitions, flag, shell_environ, words

_GLIBC = re.compile(r"(?:(?:GLIBC_)?\d+(?:\.\d+)+)?")


def request_of(env: Env) -> Request:
    """Return the linkage property that an environment asks for. Raises RequestError."""
    return Request(
        linkage=parse_choice(Linkage, text(env, "GOLINKAGE"), "$GOLINKAGE"),
        libc=parse_libc(text(env, "GOLIBC"))[0],
        resolver=parse_choice(Resolver, text(env, "GORESOLVER"), "$GORESOLVER"),
        product=env.get(PRODUCT, Product.PROGRAM),
    )


def platform_of(env: Env) -> Platform:
    """Return the platform that an environment builds for."""
    return Platform(text(env, "GOOS"), text(env, "GOARCH"))


def permissions_of(env: Env) -> Permissions:
    """Return what an environment permits. Raises RequestError."""
    stack = text(env, "GOMINSTACK") or "0"
    if not stack.isdigit():
        msg = f"$GOMINSTACK: wanted a number of bytes; found {stack!r}"
        raise RequestError(msg)
    glibc = env.get("GOVERIFYGLIBC")
    if not isinstance(glibc, str) or not _GLIBC.fullmatch(text(env, "GOVERIFYGLIBC")):
        msg = f"$GOVERIFYGLIBC: wanted a version as text, such as '2.28'; found {glibc!r}"
        raise RequestError(msg)
    asked = (text(env, "GOVERIFYGLIBC").removeprefix("GLIBC_"), parse_libc(text(env, "GOLIBC"))[1])
    highest = [at_least_first(version, platform_of(env)) for version in asked if version]
    dynamic = _dynamic_libraries(env) if text(env, "GOLINKAGE") == Linkage.DYNAMIC.value else None
    return Permissions(
        libraries=(*words(env, "GOVERIFYLIBS"), *(f"lib{name}.so*" for name in dynamic or ())),
        archives=dynamic is not None,
        max_glibc=min(highest, key=version_key, default=""),
        nss=parse_choice(Level, text(env, "GOVERIFYNSS"), "$GOVERIFYNSS"),
        dropped_cgo=parse_choice(Level, text(env, "GOVERIFYDROPPEDCGO"), "$GOVERIFYDROPPEDCGO"),
        run_path=parse_choice(Level, text(env, "GOVERIFYRUNPATH"), "$GOVERIFYRUNPATH"),
        min_thread_stack=int(stack),
        enforce=parse_choice(Level, text(env, "GOVERIFY"), "$GOVERIFY"),
        # Nothing runs a library: what is linked with it may be tried out.
        smoke=None if env.get(PRODUCT, Product.PROGRAM).is_library else _smoke(env),
    )


def _dynamic_libraries(env: Env) -> tuple[str, ...] | None:
    if env.get("GODYNAMICLIBS") in (None, False, ""):
        return None
    return tuple(bare_name(os.path.basename(word)) for word in words(env, "GODYNAMICLIBS"))


def _smoke(env: Env) -> Smoke | None:
    limit, value = text(env, "GOSMOKETIMEOUT"), env.get("GOSMOKE")
    if not limit.isdecimal() or int(limit) == 0:
        msg = f"$GOSMOKETIMEOUT: wanted a number of seconds, 1 or more; found {limit!r}"
        raise RequestError(msg)
    if value in (None, False) or (isinstance(value, str) and not text(env, "GOSMOKE")):
        return None
    if not isinstance(value, (str, list, tuple, UserList)):
        msg = f"$GOSMOKE: wanted arguments, such as ['--version'] or [] for none, or None; found {value!r}"
        raise RequestError(msg)
    return Smoke(arguments=words(env, "GOSMOKE"), limit=int(limit), sysroot=sysroot_of(env))


def sysroot_of(env: Env) -> str:
    """Return the folder with the files of the platform's own system; empty for none."""
    value = text(env, "GOSYSROOT")
    return _folder(env, "GOSYSROOT", value) if value else ""


def _folder(env: Env, name: str, value: str) -> str:
    with expecting("a folder", f"${name}"):
        return str(env.Dir(value).srcnode().abspath)


def _file(env: Env, name: str, value: str) -> str:
    with expecting("a file", f"${name}"):
        return str(env.File(value).srcnode().abspath)


def options_of(env: Env, toolchain: GoToolchain | None = None) -> Options:
    """Return the options of an environment. Raises RequestError.

    A setting is taken from the construction variable, else from ``env['ENV']``, else from the user's
    ``go env -w`` file, which is known only with a toolchain.
    """
    environ = shell_environ(env)
    user: Mapping[str, str] = toolchain.user_settings if toolchain else {}
    settings = {}
    for name in BINARY_SETTINGS:
        value = (text(env, name) if name in env and name != "GOFLAGS" else "") or environ.get(name) or user.get(name)
        if value:
            settings[name] = value
    goflags = settings.pop("GOFLAGS", "")
    origin = (
        "env['ENV']['GOFLAGS']"
        if environ.get("GOFLAGS")
        else f"GOFLAGS of `go env -w` ({toolchain.user_file})"
        if toolchain
        else ""
    )
    return Options(
        tags=tuple(tag for word in words(env, "GOTAGS") for tag in word.split(",")),
        ldflags=words(env, "GOLDFLAGS"),
        gcflags=words(env, "GOGCFLAGS"),
        asmflags=words(env, "GOASMFLAGS"),
        build_flags=words(env, "GOBUILDFLAGS"),
        xdefs=definitions(env, SUBST_CMD),
        signed_xdefs=definitions(env, SUBST_SIG),
        trimpath=flag(env, "GOTRIMPATH"),
        buildvcs=flag(env, "GOBUILDVCS"),
        race=flag(env, "GORACE"),
        pgo=_profile(env),
        dynamic_libraries=_dynamic_libraries(env),
        settings=settings,
        goflags=split_words(goflags),
        goflags_from=origin,
        toolchain=text(env, "GOTOOLCHAIN"),
        soname=env.get(LIBRARY_NAME, ""),
        asked={name: environ[name] for name in DECIDED if environ.get(name)},
        permissions=permissions_of(env),
        emulate=_emulated(env),
        sysroot=sysroot_of(env),
        test_flags=_test_flags(env) if env.get(PRODUCT) is Product.TEST else (),
    )


def _emulated(env: Env) -> str:
    """Return the folder of the platform's own Go toolchain; empty where this machine's builds."""
    value = text(env, "GOEMULATE")
    if value.lower() in FALSE:
        return ""
    if value.lower() in TRUE:
        return default_folder(platform_of(env))
    return _folder(env, "GOEMULATE", value)


def _profile(env: Env) -> str:
    value = text(env, "GOPGO")
    return value if value in ("", "auto", "off") else _file(env, "GOPGO", value)


def caches_of(env: Env) -> dict[str, str]:
    """Return the cache settings that are given as construction variables."""
    return {name: value for name in CACHE_SETTINGS if (value := text(env, name))}


def _test_flags(env: Env) -> tuple[str, ...]:
    mode, packages, vet = text(env, "GOTESTCOVERMODE"), words(env, "GOTESTCOVERPKG"), text(env, "GOTESTVET")
    if mode not in ("", "set", "count", "atomic"):
        msg = f"$GOTESTCOVERMODE: wanted set, count or atomic; found {mode!r}"
        raise RequestError(msg)
    return (
        *(["-cover"] if covers(env) else []),
        *([f"-covermode={mode}"] if mode else []),
        *([f"-coverpkg={','.join(packages)}"] if packages else []),
        *([f"-vet={vet}"] if vet else []),
    )


def covers(env: Env) -> bool:
    """Return whether tests are to tell what they cover. Raises RequestError."""
    return flag(env, "GOTESTCOVER")


def process_environ(env: Env) -> dict[str, str]:
    """Return the environment to ask Go in, before there is a configuration."""
    base = base_environ(shell_environ(env), os.environ, caches_of(env))
    return {**base, "GOTOOLCHAIN": text(env, "GOTOOLCHAIN") or "local"}


def drivers_of(env: Env, platform: Platform, settings: Mapping[str, str]) -> tuple[Drivers, ...]:
    """Return the C compilers to try, best first. ``settings`` are Go's. Raises RequestError."""
    environ = shell_environ(env)
    explicit, choice = text(env, "GOCC"), parse_ctoolchain(text(env, "GOCTOOLCHAIN"))
    own = Drivers(
        environ.get("CC") or text(env, "CC") or "gcc",
        text(env, "GOCXX") or environ.get("CXX") or text(env, "CXX") or "g++",
    )
    if explicit and choice is not Choice.AUTO:
        found = f"{text(env, 'GOCTOOLCHAIN')}, and GOCC={explicit!r}"
        msg = f"$GOCTOOLCHAIN\n  wanted: one C toolchain\n  found:  {found}\n  fix:    remove one of the two"
        raise RequestError(msg)
    if explicit:
        return (Drivers(explicit, own.cxx),)
    path = os.pathsep.join(filter(None, (environ.get("PATH"), os.environ.get("PATH"))))
    return candidates(choice, platform, settings, request_of(env), _floor_of(env), own, path)


def _floor_of(env: Env) -> str:
    """Return the oldest glibc that must do; empty for any. Raises RequestError."""
    return at_least_first(parse_libc(text(env, "GOLIBC"))[1], platform_of(env))


def _chosen_by(env: Env) -> str:
    """Return the variable that says which C compilers build; empty if none does."""
    if text(env, "GOCC"):
        return "GOCC"
    return "" if parse_ctoolchain(text(env, "GOCTOOLCHAIN")) is Choice.AUTO else "GOCTOOLCHAIN"


def workspace_of(env: Env, module_root: str) -> str:
    """Return the go.work file that governs a module, or ``off``."""
    wanted = text(env, "GOWORK")
    if wanted == "off":
        return wanted
    if wanted:
        return _file(env, "GOWORK", wanted)
    return find_workspace(module_root, str(env.Dir("#").abspath)) or "off"


def shared_libraries(env: Env) -> tuple[str, ...] | None:
    """Return the names of those libraries that may be linked as shared ones; None if all may."""
    return () if request_of(env).linkage.is_static else _dynamic_libraries(env)


def configuration_of(
    env: Env, toolchain: GoToolchain, module_root: str, memo: CompilerMemo, emulation: Emulation | None = None
) -> Configuration:
    """Return the configuration in which an environment builds programs of a module. Raises RequestError."""
    request, platform, options = request_of(env), platform_of(env), options_of(env, toolchain)
    base = base_environ(shell_environ(env), os.environ, caches_of(env))
    drivers, chosen_by = drivers_of(env, platform, options.settings), _chosen_by(env)
    if emulation and emulation.emulator and options.sysroot and not chosen_by:
        drivers = (emulation.compilers(options.sysroot, {**base, **toolchain.caches}),)
        chosen_by = "GOSYSROOT"
    return Configuration(
        request=request,
        platform=platform,
        options=options,
        toolchain=toolchain,
        module_root=module_root,
        workspace=workspace_of(env, module_root),
        base=base,
        process_path=os.environ.get("PATH", ""),
        drivers=drivers,
        chosen_by=chosen_by,
        floor=_floor_of(env),
        c_settings=c_settings(env, shared_libraries(env)),
        emulation=emulation,
        memo=memo,
    )
