"""What the go command is shown of C: flags that its own settings do not give, and that C inputs have changed.

Each package gets one more Go file, in an overlay only. So nothing but that package is compiled anew, least of all Go's
own cgo packages, which every flag in CGO_CFLAGS or CGO_LDFLAGS makes others of.

The flags come as the answer of pkg-config to a name that is a digest of all of them and of all inputs. Go looks at the
name only to tell whether a package has changed, and so flags may have paths in them that are elsewhere in every
checkout; those given to the linker are kept in what Go has compiled, and are relative to where it links.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..configuration import Configuration
from ..csettings import edited_source, linked_from, portable
from ..goflags import join_words, split_words
from ..gosource import read_source
from ..linkage import Product
from ..overlay import Overlay, write_json
from ..packages import Package

_OVERLAID = "zz_golang_inputs"
"""The name of the file that a package gets, without ``.go`` or ``.h``."""
_UNSAFE = re.compile(r"([^\w@%+=:,./-])")
_PKG_CONFIG = """\
#!/bin/sh
# What scons-golang answers for packages; all others are asked of the one that Go would run.
for word do
  case $word in
    --cflags | --libs) kind=$word ;;
    golang-*) exec cat "${0%/*}/$word$kind" ;;
  esac
done
exec """


class Shown(NamedTuple):
    """How the go command is shown it."""

    overlay: str = ""
    """The path of the file for ``-overlay``; empty if nothing is to be shown."""
    environ: dict[str, str] = {}  # noqa: RUF012
    """Variables for its environment."""


def show_inputs(
    directory: str,
    elsewhere: Overlay,
    inputs: Iterable[tuple[Package, Sequence[Any]]],
    config: Configuration,
    *,
    asking: bool = True,
) -> Shown:
    """Write to ``directory`` what shows the go command the flags and the content of the C inputs of packages.

    It shows what is ``elsewhere``, too: files that do not stand where Go is to see them. Without ``asking`` the flags
    of packages are given in the variables for all, because go vet reads files with ``import "C"`` from disk. So does
    cmd/cover, and any other Go file: there a header tells of the inputs.

    In the digest is what the C toolchain is for the package, too, because Go knows a C compiler only by its path and
    version: a wrapper script or a libc may change behind both (linkage case E9). Nothing of a program is in it, for
    programs share packages.
    """
    replace, asking = elsewhere.present(), asking and not config.plan.covers
    given: list[str] = []
    for number, (package, nodes) in enumerate(inputs):
        text = _text(package, nodes, config, directory, given if asking else None)
        if text:
            file = os.path.join(directory, f"{number}{'.h' if config.plan.covers else '.go'}")
            _write(file, text if config.plan.covers else f"package {package.name}\n\n{text}")
            replace[os.path.join(package.dir, _OVERLAID + os.path.splitext(file)[1])] = file
        if package.local and config.dynamic_libraries is not None:
            replace.update(_edited(package, replace, os.path.join(directory, str(number)), config.dynamic_libraries))
    if not replace:
        return Shown()
    overlay = os.path.join(directory, "overlay.json")
    write_json(replace, overlay)
    if not asking:
        return Shown(overlay, _for_all(config))
    return Shown(overlay, _answering(directory, given, config) if given else {})


def _for_all(config: Configuration) -> dict[str, str]:
    """Return the variables that give the flags of the build's own packages to all packages."""
    given, environ = config.c_settings, config.plan.environ
    usual = "-O2 -g"  # cmd/go/internal/cfg: DefaultCFlags; what is set stands in its place
    return {
        "CGO_CPPFLAGS": f"{environ.get('CGO_CPPFLAGS', '')} {join_words(given.cflags)}".strip(),
        "CGO_LDFLAGS": f"{environ.get('CGO_LDFLAGS') or usual} {join_words(given.ldflags)}".strip(),
    }


def _edited(package: Package, shown: Mapping[str, str], place: str, dynamic: Collection[str]) -> dict[str, str]:
    """Return what stands for Go files that ask for libraries which must be archives, by the paths of those."""
    replace = {}
    for name in package.cgo_files:
        path = os.path.join(package.dir, name)
        text = read_source(shown.get(path, path))
        edited = edited_source(text, dynamic)
        if edited != text:
            replace[path] = f"{place}-{name}"
            _write(replace[path], edited)
    return replace


def _text(
    package: Package, nodes: Sequence[Any], config: Configuration, directory: str, given: list[str] | None
) -> str:
    """Return what tells a package as it is now from the same package at any other time; empty if Go can tell.

    It asks for its flags, which are added to ``given``, unless that is None.
    """
    top, (cflags, ldflags, *_) = config.c_settings.top, package.given
    # A shared library is linked in a scratch directory of Go's (cmd/go: gcToolchain.ld).
    near = "" if config.request.product is Product.C_SHARED else top
    # A relative path leads from where the system is, whatever that was called on the way.
    linked = tuple(linked_from(os.path.realpath(config.root), ldflags, near))
    unseen = [node for node in nodes if node.get_abspath() not in package.files]
    identity = config.c.package_identity(package)
    if not (unseen or identity or cflags or linked):
        return ""
    digest = hashlib.sha256("\n".join([identity, *portable(cflags, top), "", *linked]).encode())
    for node in unseen:
        with open(node.get_abspath(), "rb") as stream:
            digest.update(hashlib.sha256(stream.read()).digest())
    if given is None or not (cflags or linked):
        return f"// C inputs {digest.hexdigest()}\n"
    if config.options.trimpath:
        # Go's own -trimpath maps the directory of the module only.
        cflags = (*cflags, f"-ffile-prefix-map={top}=.")
    name = f"golang-{digest.hexdigest()}"
    for kind, words in (("cflags", cflags), ("libs", linked)):
        _write(os.path.join(directory, f"{name}--{kind}"), " ".join(_UNSAFE.sub(r"\\\1", word) for word in words))
    given += [*cflags, *linked]
    return f'// #cgo pkg-config: {name}\nimport "C"\n'


def _answering(directory: str, given: Sequence[str], config: Configuration) -> dict[str, str]:
    """Return the variables by which Go asks for the flags, and permits them whatever they look like."""
    program, environ = os.path.join(directory, "pkg-config"), config.plan.environ
    others = [*split_words(environ.get("PKG_CONFIG", "")), "pkg-config"][0]
    _write(program, f'{_PKG_CONFIG}"{others}" "$@"\n')
    os.chmod(program, 0o700)
    exactly = "|".join(map(re.escape, dict.fromkeys(given)))
    names = ("CGO_CFLAGS_ALLOW", "CGO_LDFLAGS_ALLOW")
    allowed = {name: f"^(?:{exactly})$" + (f"|{environ[name]}" if environ.get(name) else "") for name in names}
    return {"PKG_CONFIG": program, **allowed}


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
