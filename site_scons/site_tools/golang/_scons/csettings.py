"""The SCons variables for C that reach cgo: libraries, search paths, definitions, run paths and frameworks.

Read as SCons's own Program reads them. Nothing of CCFLAGS and the like is passed on: what is an error in the C of a
project (-Werror) need not be one in what cgo makes of Go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import SCons.Environment
import SCons.Node.FS
import SCons.PathList
import SCons.Util

from ..csettings import LIBRARY_SUFFIX, CSettings
from ..errors import RequestError
from .fingerprint import C_VARIABLES, Env, text
from .paths import expecting
from .target import is_go, library_of

_PATHS = ("CPPPATH", "LIBPATH", "FRAMEWORKPATH")
_CXX = frozenset({".cc", ".cpp", ".cxx", ".c++", ".C", ".C++", ".mm"})
_FOLDER = "golang_declared_in"
"""The attribute of a node with the folder of the SConscript that declares it."""
_SHARED, _ARCHIVES = ("lib{}.so", "lib{}.dylib"), ("lib{}.a", "{}.lib")


def anchored(env: Env) -> dict[str, Any]:
    """Return the search paths that are relative to the SConscript being read, as directories."""
    found = {}
    for name in _PATHS:
        entries = _entries(env, env.get(name))
        if any(isinstance(entry, str) and not entry.startswith(("#", "/")) for entry in entries):
            with expecting("folders", f"${name}"):
                found[name] = [env.fs.Dir(entry) if isinstance(entry, str) else entry for entry in entries]
    return found


def c_settings(env: Env, shared: Sequence[str] | None) -> CSettings:
    """Return what an environment gives to cgo; of ``shared`` libraries, if it is not None, only these are linked."""
    top = str(env.fs.Dir("#").get_abspath())
    if not any(env.get(name) for name in C_VARIABLES):
        return CSettings(top=top)
    # Only Apple's linkers know frameworks, and only for them SCons names them.
    has_frameworks = text(env, "GOOS") in ("darwin", "ios")
    named = SCons.Util.CLVar(env.get("FRAMEWORKS")) if has_frameworks else ()
    searched = _folders(env, "FRAMEWORKPATH") if has_frameworks else ()
    frameworks = [f"-F{folder.get_abspath()}" for folder in searched]
    cflags = [f"-I{path}" for folder in _folders(env, "CPPPATH") for path in _places(folder)]
    defines = _words(env, '${_defines("-D", CPPDEFINES, "", __env__)}') if env.get("CPPDEFINES") else []
    made: set[Any] = set()
    libraries = _libraries(env, shared, made)
    folders = [f"-L{path}" for folder in _folders(env, "LIBPATH") for path in _places(folder)]
    if any(map(_has_cxx, made)):
        # Go links with the C compiler where no package of its own has C++.
        libraries.append("-lc++" if env["PLATFORM"] == "darwin" else "-lstdc++")
    run_paths = env.Override({"RPATH": [_run_path(one) for one in _entries(env, env.get("RPATH"))]})
    ldflags = [
        *dict.fromkeys([*(word for word in libraries if word.startswith("-L")), *folders]),
        *(word for word in libraries if not word.startswith("-L")),
        *frameworks,
        *(word for name in named for word in ("-framework", str(env.subst(name)))),
        *_words(run_paths, '${_concat("-Wl,-rpath=", RPATH, "", __env__)}'),
    ]
    return CSettings(top=top, cflags=(*cflags, *defines, *frameworks), ldflags=tuple(ldflags))


def _entries(env: Env, value: Any) -> tuple[Any, ...]:
    if not value:
        return ()
    values = value if isinstance(value, str) else SCons.Util.flatten([value])
    return tuple(SCons.Util.flatten(SCons.PathList.PathList(values).subst_path(env, None, None)))


def _folders(env: Env, name: str, base: Any = None) -> list[Any]:
    with expecting("folders", f"${name}"):
        return [env.fs.Dir(one, base) if isinstance(one, str) else one for one in _entries(env, env.get(name))]


def _places(folder: Any) -> Iterator[str]:
    """Yield where the files of a folder are: for a variant folder, the source folder too."""
    yield from dict.fromkeys((str(folder.get_abspath()), str(folder.srcnode().get_abspath())))


def _words(env: Env, text: str) -> list[str]:
    """Return what the shell makes of an expression, as SCons passes it on."""
    return [_unquoted(str(word)) for line in env.subst_list(text) for word in line]


def _unquoted(word: str) -> str:
    if " " in word or "\t" in word:
        # SCons puts double quotes around it.
        return re.sub(r'\\([$`"\\])', r"\1", word)
    import shlex

    try:
        return "".join(shlex.split(word))
    except ValueError:
        return word


def _run_path(entry: Any) -> Any:
    return str(entry.get_abspath()) if isinstance(entry, SCons.Node.FS.Dir) else entry


def _libraries(env: Env, shared: Sequence[str] | None, seen: set[Any], base: Any = None) -> list[str]:
    """Return the flags for the libraries of an environment: each before those that it needs itself.

    A linker takes from an archive only what is missing by then. So what is named twice stays twice, and what another
    library brings along comes after the last that needs it. ``base`` is the folder of an archive's own libraries.
    """
    folders = _folders(env, "LIBPATH", base)
    flags: list[str] = []
    for one in reversed(list(_named(env, env.get("LIBS")))):
        node = one if isinstance(one, SCons.Node.Node) else _made_in(folders, one, shared)
        if node is None:
            flags.insert(0, f"-l{one}")
        elif is_go(node) or library_of(node):
            # In LIBS for C: Go is not linked with Go that way, least of all a library with itself.
            continue
        elif node not in seen:
            seen.add(node)
            flags = [str(node.get_abspath()), *_needed_by(node, shared, seen), *flags]
        elif base is None:
            flags.insert(0, str(node.get_abspath()))
    return flags


def _named(env: Env, value: Any) -> Iterator[Any]:
    """Yield the nodes and the names (``m``, ``:libm.a``) of $LIBS, whose elements may be lists."""
    if isinstance(value, str):
        found = env.subst(value, conv=lambda node: node)
        yield from (bare_name(name) for name in found.split()) if isinstance(found, str) else _named(env, found)
    elif isinstance(value, SCons.Node.Node):
        yield value
    elif SCons.Util.is_Sequence(value):
        for one in value:
            yield from _named(env, one)
    elif value:
        yield bare_name(str(value))


def bare_name(name: str) -> str:
    """Return the name of a library without what the linker adds, as SCons does; ``:libfoo.a`` is a file's name."""
    if name.startswith(":"):
        return name
    if name.startswith("-l"):
        return name[2:]
    return re.sub(LIBRARY_SUFFIX, "", name).removeprefix("lib")


def _made_in(folders: Iterable[Any], name: str, shared: Sequence[str] | None) -> Any:
    """Return the library that SCons itself makes where the linker would find one of that name; None if it is another.

    It is linked as the file that it is, so that nothing which appears beside it can take its place (linkage case C26).
    """
    patterns = (*_SHARED, *_ARCHIVES) if shared is None or name in shared else _ARCHIVES
    files = [name[1:]] if name.startswith(":") else [pattern.format(name) for pattern in patterns]
    for folder in folders:
        nodes = [node for node in (_file(folder, name) for name in files) if node]
        made = next((one for one in map(_library_behind, nodes) if one.has_builder() or is_go(one)), None)
        if made or any(node.exists() for node in nodes):
            return made
    return None


def _file(folder: Any, name: str) -> Any:
    try:
        return folder.File(name)
    except TypeError:
        # A folder is called so.
        return None


def _library_behind(node: Any) -> Any:
    """Return the versioned library that SCons makes the symbolic link ``node`` to (SHLIBVERSION), else ``node``."""
    return node.sources[0] if node.side_effect and node.sources else node


def _has_cxx(node: Any) -> bool:
    """Return whether SCons makes a library of C++."""
    objects = node.sources if node.has_builder() else ()
    return any(source.get_suffix() in _CXX for one in objects for source in (one, *one.sources))


def _needed_by(node: Any, shared: Sequence[str] | None, seen: set[Any]) -> Iterator[str]:
    """Yield what an archive needs that was declared with ``LIBS=`` of its own, which SCons keeps no account of."""
    env = node.get_env() if node.has_builder() else None
    if isinstance(env, SCons.Environment.OverrideEnvironment) and "LIBS" in env.__dict__["overrides"]:
        base = _declared_in(node, env)
        for folder in _folders(env, "LIBPATH", base):
            yield from (f"-L{path}" for path in _places(folder))
        yield from _libraries(env, shared, seen, base or env.fs.getcwd())


def remember_folder(target: list[Any], source: list[Any], env: Env) -> tuple[list[Any], list[Any]]:
    """Keep in mind which SConscript declares an archive, as its emitter."""
    for node in target:
        setattr(node.attributes, _FOLDER, env.fs.getcwd())
    return target, source


def remember_folders(env: Env) -> None:
    """Do the same for the libraries of $LIBS, of other environments too: SCons forgets it once a library is built."""
    if env.get("LIBS"):
        _libraries(env, None, set())


def _declared_in(node: Any, env: Env) -> Any:
    """Return the folder of the SConscript that declares a library. Raises RequestError if nobody knows it any more."""
    known = getattr(node.attributes, _FOLDER, None) or node.cwd
    setattr(node.attributes, _FOLDER, known)
    if known is None and any(
        isinstance(one, str) and not one.startswith(("#", "/")) for one in _entries(env, env.get("LIBPATH"))
    ):
        msg = (
            f"{node}: nobody knows any more where its LIBPATH is\n  wanted: paths that hold everywhere\n"
            "  found:  relative ones of a library that was declared after what is linked with it\n"
            "  fix:    LIBPATH=['#folder'] or [env.Dir('folder')], or declare the library before"
        )
        raise RequestError(msg)
    return known
