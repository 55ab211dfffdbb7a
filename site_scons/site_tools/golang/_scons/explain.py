"""Why a program is built again: ``--debug=explain`` in the names of files, settings and tools."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..errors import GolangError
from .programs import PROGRAMS
from .reverify import inputs_of
from .target import FILES, POLICY_PIN


def explain(node: Any, said: str | None) -> str | None:
    """Return what SCons has ``said`` of a target, with names for what stands behind digests."""
    stored = node.get_stored_info()
    if said is None or stored is None or not node.exists() or node.always_build:
        return said
    stored.binfo.prepare_dependencies()
    try:
        reasons = list(_reasons(node, stored.binfo, node.get_binfo()))
    except (AttributeError, GolangError):
        return said
    if not reasons:
        return said
    begin = f"rebuilding `{node}' because"
    if len(reasons) == 1:
        return f"{begin} {reasons[0]}\n"
    return "".join([f"{begin}:\n", *(f"           {reason}\n" for reason in reasons)])


def _reasons(node: Any, old: Any, new: Any) -> Iterator[str]:
    before, now = inputs_of(old), inputs_of(new)
    first, second = (next((name for name in names if name.startswith(FILES)), "") for names in (before, now))
    if first != second:
        yield from _files(node, first, second)
    if old.bactsig != new.bactsig:
        yield from _settings(node)
    others = [name for name in {**before, **now} if not name.startswith(FILES)]
    for name in others:
        if name not in now:
            yield f"`{name}' is no longer a dependency"
        elif name not in before:
            yield f"`{name}' is a new dependency"
        elif before[name] != now[name]:
            yield f"`{name}' changed"
    policies = [{str(one) for one in info.bdepends if str(one).startswith(POLICY_PIN)} for info in (old, new)]
    for policy in sorted(policies[1] - policies[0]):
        yield f"other things are permitted now: {policy.removeprefix(POLICY_PIN)}"
    if before == now and old.bactsig == new.bactsig and not PROGRAMS.stands(node):
        yield f"`{node}' is not what was built there, or files changed while it was built"


def _files(node: Any, first: str, second: str) -> Iterator[str]:
    changes = PROGRAMS.changes(node, first.removeprefix(FILES), second.removeprefix(FILES))
    if changes is None:
        yield "its Go files changed (which ones is not known: what it was built from is not on record)"
        return
    for folder, path, name, how in changes:
        place = f"`{os.path.relpath(os.path.join(folder, name))}'" if folder else f"`{name}' of {path}"
        if not name:
            yield f"package {path} is {'imported now' if how == 'new' else 'no longer imported'}"
        elif name.startswith("module ") or name in ("GODEBUG", "error"):
            yield f"{name} of {path} changed"
        else:
            yield f"{place} {'changed' if how == 'changed' else f'is {how}'}"


def _settings(node: Any) -> Iterator[str]:
    texts = PROGRAMS.settings_before(node)
    before, now = (dict(line.split(" ", 1) for line in text.splitlines()) for text in texts)
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)] if before else []
    for name in changed:
        yield f"{name} changed from {before.get(name, 'none')!r} to {now.get(name, 'none')!r}"
    if not changed:
        yield "the command that builds it changed"
