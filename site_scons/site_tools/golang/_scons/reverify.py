"""Whether a program is out of date only because other things are permitted now: then it is proved again, not compiled.

What SCons stored of the last build says so; nothing else is recorded anywhere.
"""

from __future__ import annotations

import os
from typing import Any

POLICY_PIN = "policy "
"""How the Value begins on which a program depends for what is permitted."""


def only_policy_changed(node: Any) -> bool:
    """Return whether the target stands as it was built, and everything but the policy is as it was then."""
    stored = node.get_stored_info()
    old, new = stored.binfo, node.get_binfo()
    try:
        old.prepare_dependencies()
        same = old.bactsig == new.bactsig and _inputs(old) == _inputs(new)
        known = (stored.ninfo.size, int(stored.ninfo.timestamp))
        status = os.stat(node.get_abspath())
    except (AttributeError, OSError):
        # It was never built, or it is gone.
        return False
    return bool(same and known == (status.st_size, int(status.st_mtime)))


def _inputs(info: Any) -> dict[str, Any]:
    nodes = (*info.bsources, *info.bdepends, *info.bimplicit)
    signatures = (*info.bsourcesigs, *info.bdependsigs, *info.bimplicitsigs)
    return {
        str(node): _signature(signature)
        for node, signature in zip(nodes, signatures, strict=True)
        if not str(node).startswith(POLICY_PIN)
    }


def _signature(info: Any) -> Any:
    # Where SCons decides by time there is no signature of the content. A Value has neither, but says it all by name.
    return getattr(info, "csig", None) or (getattr(info, "timestamp", None), getattr(info, "size", None))
