"""GoStaticLibrary and GoSharedLibrary: Go that C links or loads, as SCons's own libraries are declared."""

from __future__ import annotations

import os
from typing import Any

import SCons.Node.FS
import SCons.Tool.linkCommon
import SCons.Util

from ..errors import GolangError, RequestError
from ..linkage import Product
from ..modules import find_module_root, import_path, module_path
from ..naming import LibraryName, library_name, program_name
from ..platform import host_platform
from .builders import package_dir
from .calls import check_call
from .carried import add_to
from .fingerprint import LIBRARY_NAME, PRODUCT, Env, text
from .library_file import HeaderFile, LibraryFile
from .messages import user_error
from .paths import expecting
from .places import Place, add_aliases, declarations, declare, file_at, one_path
from .target import library_of

_CALLS = {Product.C_ARCHIVE: "GoStaticLibrary", Product.C_SHARED: "GoSharedLibrary"}
_ELSEWHERE = {
    "windows": {Product.C_ARCHIVE: ("lib", ".a"), Product.C_SHARED: ("", ".dll")},
    "darwin": {Product.C_ARCHIVE: ("lib", ".a"), Product.C_SHARED: ("lib", ".dylib")},
}
"""Prefix and suffix of libraries for another system than this one; SCons's variables are about this one."""
_USUAL = {Product.C_ARCHIVE: ("lib", ".a"), Product.C_SHARED: ("lib", ".so")}
_VARIABLES = {Product.C_ARCHIVE: ("$LIBPREFIX", "$LIBSUFFIX"), Product.C_SHARED: ("$SHLIBPREFIX", "$SHLIBSUFFIX")}


def go_static_library(env: Env, target: Any, source: Any, linkage: Any = None, platform: Any = None, **kw: Any) -> Any:
    """Declare a C archive of a main package; returns its nodes: archive and header, for each linkage and platform.

    Arguments, keywords and aliases are as of GoProgram. ``target`` gets $LIBPREFIX and $LIBSUFFIX. The linkage is that
    of the C program that it is for: ``dynamic``, or ``static-libc`` for one that is linked with ``-static``.
    Raises SCons.Errors.UserError.
    """
    return _go_library(env, Product.C_ARCHIVE, target, source, linkage, platform, kw)


def go_shared_library(env: Env, target: Any, source: Any, linkage: Any = None, platform: Any = None, **kw: Any) -> Any:
    """Declare a shared library of a main package; returns its nodes: library and header, for each platform.

    Arguments, keywords and aliases are as of GoProgram. ``target`` gets $SHLIBPREFIX, $SHLIBSUFFIX and
    $SHLIBVERSION, with the symbolic links that SCons makes for one. Raises SCons.Errors.UserError.
    """
    return _go_library(env, Product.C_SHARED, target, source, linkage, platform, kw)


def _go_library(
    env: Env, product: Product, target: Any, source: Any, linkage: Any, platform: Any, overrides: dict[str, Any]
) -> Any:
    try:
        check_call(env, _CALLS[product], overrides, target=target, source=source)
        # Linkers that were loaded since set anew what links them.
        add_to(env)
        directory = package_dir(env.Override(overrides), source, _CALLS[product])
        module_root = find_module_root(directory)
        path = one_path(target)
        usual = program_name(import_path(module_path(module_root), module_root, directory))
        nodes, places, stem = SCons.Util.NodeList(), [], ""
        for linked, declaration, named in declarations(env, linkage, platform, {**overrides, PRODUCT: product}):
            folder, name = _target(linked, path, usual)
            names = _names(linked, product, name)
            if product is Product.C_SHARED:
                linked = linked.Override({LIBRARY_NAME: names.soname})  # noqa: PLW2901 - one of its own for each
            node, header = (file_at(env, os.path.join(folder, one)) for one in (names.file, names.header))
            places.append(Place(linked, declaration, node, named))
            _declare(env, directory, module_root, places[-1], header, names)
            nodes += [node, header]
            stem = names.stem
        add_aliases(env, places, lambda _: stem)
    except GolangError as error:
        raise user_error(str(error)) from error
    return nodes


def _target(env: Env, target: Any, usual: str) -> tuple[str, str]:
    """Return the folder of a library, and its name with or without prefix and suffix."""
    if isinstance(target, SCons.Node.FS.Base):
        return str(target.dir.get_abspath()), str(target.name)
    folder, name = os.path.split(env.subst(str(f"$GOTARGETDIR/{usual}" if target is None else target)))
    with expecting("a folder for libraries", folder, "remove what is there, or choose another path"):
        return str(env.fs.Dir(folder or ".").get_abspath()), name


def _names(env: Env, product: Product, name: str) -> LibraryName:
    goos = text(env, "GOOS")
    if goos == host_platform().goos:
        prefix, suffix = map(env.subst, _VARIABLES[product])
    else:
        prefix, suffix = _ELSEWHERE.get(goos, _USUAL)[product]
    if product is Product.C_ARCHIVE or goos == "windows":
        return library_name(name, prefix, suffix)._replace(soname="", links=())
    version, soname, so = (str(env.subst(f"${one}")) for one in ("SHLIBVERSION", "SONAME", "SOVERSION"))
    if soname and so:
        msg = f"GoSharedLibrary\n  wanted: one of $SONAME and $SOVERSION\n  found:  {soname!r} and {so!r}"
        raise RequestError(msg)
    return library_name(name, prefix, suffix, version, soname=soname, so=so)


def _declare(env: Env, directory: str, module_root: str, place: Place, header: Any, names: LibraryName) -> None:
    library = library_of(header)
    if header.has_builder() and library is not place.node:
        msg = (
            f"{header} is declared twice\n  wanted: one header at one path\n"
            f"  found:  {place.node} and {library or 'another builder'}\n"
            "  fix:    give each library a folder or a name of its own"
        )
        raise RequestError(msg)
    if not declare(env, directory, module_root, place, LibraryFile, [header]):
        return
    node = place.node
    header.__class__ = HeaderFile
    node.attributes.golang_beside = (header,)
    header.attributes.golang_library = node
    # Go's code in it is position independent: SCons lets a SharedLibrary take it.
    node.attributes.shared = True
    if names.links and not _is_set(place.env, "$SHLIBNOVERSIONSYMLINKS"):
        links = [(node.dir.File(name), node) for name in names.links]
        SCons.Tool.linkCommon.EmitLibSymlinks(env, links, node)
        node.attributes.shliblinks = links


def _is_set(env: Env, name: str) -> bool:
    return str(env.subst(name)).lower() in ("1", "true")
