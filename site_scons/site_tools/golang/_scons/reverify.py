"""Whether a program is as SCons built it, and from what: what SCons stored of the last build says so.

If only other things are permitted now, it is proved again, not compiled.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import SCons.Node.FS

from .programs import PROGRAMS
from .target import POLICY_PIN

_ACTION = ""
"""What the signature of the action is called among the names of files."""


def only_policy_changed(node: Any) -> bool:
    """Return whether the target stands as it was built, and everything but the policy is as it was then.

    Not so of one that the user has built always, with AlwaysBuild: something that is in no signature may be new.
    """
    if node.always_build:
        return False
    stored = node.get_stored_info()
    old, new = stored.binfo, node.get_binfo()
    try:
        old.prepare_dependencies()
        same = inputs_of(old) == inputs_of(new)
        known = (stored.ninfo.size, int(stored.ninfo.timestamp))
        status = os.stat(node.get_abspath())
    except (AttributeError, OSError):
        # It was never built, or it is gone.
        return False
    return bool(same and known == (status.st_size, int(status.st_mtime)) and not PROGRAMS.fallen(node))


def looks_changed(node: Any, signature: str, children: Iterable[Any]) -> bool:
    """Return whether SCons will find a target out of date, given its action's signature and what it depends on."""
    if node.always_build or not os.path.lexists(node.get_abspath()) or PROGRAMS.fallen(node):
        return True
    stored = node.get_stored_info().binfo
    try:
        stored.prepare_dependencies()
        if stored.bactsig != signature:
            return True
        known = {str(one): info for one, info in _signed(stored)}
    except AttributeError:
        return True
    current = {str(child): child for child in children if not _is_policy(child)}
    return known.keys() != current.keys() or any(_differs(known[name], child) for name, child in current.items())


def _differs(stored: Any, node: Any) -> bool:
    if known := getattr(stored, "csig", None):
        return bool(known != node.get_csig())
    # A Value says it all by name.
    return hasattr(stored, "timestamp") and bool(
        (stored.timestamp, stored.size) != (node.get_timestamp(), node.get_size())
    )


def pinned(signature: str, children: Iterable[Any]) -> dict[str, Any]:
    """Return the same of what a target will be built from, and have SCons remember the files as they are now."""
    signed: dict[str, Any] = {_ACTION: signature}
    for child in children:
        child.get_csig()
        if isinstance(child, SCons.Node.FS.Base):
            child.get_timestamp()
        signed[str(child)] = _signature(child.get_ninfo())
    return {name: signature for name, signature in signed.items() if not name.startswith(POLICY_PIN)}


def inputs_of(info: Any) -> dict[str, Any]:
    """Return what SCons says that a target was built from: names and signatures, but for the policy."""
    inputs = {str(node): _signature(signature) for node, signature in _signed(info)}
    return {_ACTION: info.bactsig, **inputs}


def _signed(info: Any) -> Iterable[tuple[Any, Any]]:
    nodes = (*info.bsources, *info.bdepends, *info.bimplicit)
    signatures = (*info.bsourcesigs, *info.bdependsigs, *info.bimplicitsigs)
    return (pair for pair in zip(nodes, signatures, strict=True) if not _is_policy(pair[0]))


def _is_policy(node: Any) -> bool:
    return str(node).startswith(POLICY_PIN)


def _signature(info: Any) -> Any:
    # Where SCons decides by time there is no signature of the content. A Value has neither, but says it all by name.
    return getattr(info, "csig", None) or (getattr(info, "timestamp", None), getattr(info, "size", None))
