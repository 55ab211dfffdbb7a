"""What building a library does besides building a program: its sources, its exports, its header and its links."""

from __future__ import annotations

import filecmp
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..errors import InspectError
from ..exports import exports_of, has_main
from ..facts import BinaryFacts
from ..finding import Finding
from ..inspect import find_symbols
from ..library_policy import Promise, check_sources
from ..scan import ProgramScan
from .library_file import make_links
from .staging import discard, leave
from .standing import identity_of
from .target import files_beside


def go_header(made: str) -> str:
    """Return where the go command writes the header of a library (cmd/go: BuildInstallFunc)."""
    return os.path.splitext(made)[0] + ".h"


def source_findings(scan: ProgramScan) -> tuple[Finding, ...]:
    """Return what keeps a package from being a library, before it is compiled; nothing where its name says it."""
    if not scan.prediction.complete or scan.main.name != "main":
        return ()
    return check_sources(exports_of(scan.main), scan.main.dir, has_main=has_main(scan.main))


def promise_of(scan: ProgramScan) -> Promise:
    """Return what a library has to offer."""
    return Promise(exports=exports_of(scan.main), soname=scan.configuration.options.soname)


def with_symbols(made: str, facts: BinaryFacts, promise: Promise) -> BinaryFacts:
    """Return the facts about a library with which exports C can link. Raises InspectError."""
    return replace(facts, symbols=find_symbols(made, promise.exports))


def place_header(made: str, node: Any) -> None:
    """Have the header of the library ``made`` in its place, and the links. Raises OSError and InspectError."""
    if made != node.get_abspath():
        for header in files_beside(node):
            _replace(go_header(made), header.get_abspath())
            header.attributes.golang_placed = identity_of(header.get_abspath())
    make_links(node)


def _replace(written: str, path: str) -> None:
    if not os.path.exists(written):
        msg = (
            f"{written}: wanted the header that go build writes with a library; found none. "
            "A changed GOCOM must build with -o ${TARGET.abspath}"
        )
        raise InspectError(msg)
    if os.path.isfile(path) and filecmp.cmp(written, path, shallow=False):
        # What includes it need not even look at it again, where SCons decides by time.
        os.unlink(written)
    else:
        os.replace(written, path)


def withdraw_header(made: str, node: Any, headers: Mapping[Any, Any]) -> None:
    """Remove a header whose library does not stand, and what go wrote. Raises OSError.

    ``headers`` are those beside the library, and their identities from before it was built: another process may have
    put its own in the place of one meanwhile, which belongs to a library that is still to come.
    """
    for header, before in headers.items():
        discard(go_header(made))
        own = (before, getattr(header.attributes, "golang_placed", None))
        if not os.path.lexists(node.get_abspath()) and identity_of(header.get_abspath()) in own:
            discard(header.get_abspath())
    leave(made)
