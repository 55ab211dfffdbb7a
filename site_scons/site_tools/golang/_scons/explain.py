"""Why a program is built again: ``--debug=explain`` in the names of files, settings and tools."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

from ..errors import GolangError
from ..index.closures import SETTINGS
from .changes import changed_files, settings_before
from .programs import PROGRAMS
from .reverify import inputs_of
from .target import LINKED, POLICY_PIN


def explain(node: Any, said: str | None) -> str | None:
    """Return what SCons has ``said`` of a target, with names for what stands behind digests."""
    stored = node.get_stored_info()
    if said is None or stored is None or not node.exists() or node.always_build:
        return said
    stored.binfo.prepare_dependencies()
    try:
        # What SCons makes is told both as a file and as an input of its own.
        reasons = list(dict.fromkeys(_reasons(node, stored.binfo, node.get_binfo())))
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
    for name in {**before, **now}:
        if not name:
            # Where they cannot be told, the error is among the inputs.
            with contextlib.suppress(GolangError):
                if old.bactsig != new.bactsig:
                    yield from _made_of(node)
        elif before.get(name) != now.get(name):
            yield _input(name, is_new=name not in before, is_gone=name not in now)
    policies = [{str(one) for one in info.bdepends if str(one).startswith(POLICY_PIN)} for info in (old, new)]
    for policy in sorted(policies[1] - policies[0]):
        yield f"what the proof asks changed: {_asked(min(policies[0], default=''), policy)}"
    if before == now:
        for one in PROGRAMS.fallen(node):
            how = (
                "is not what was built there, or files changed while it was built" if one.exists() else "doesn't exist"
            )
            yield f"`{one}' {how}"


def _input(name: str, *, is_new: bool, is_gone: bool) -> str:
    if is_new and "\n" in name:
        # The scan's error stands where inputs stand.
        return f"what it is made of cannot be told: {name.partition(chr(10))[0]}"
    how = "is a new dependency" if is_new else "is no longer a dependency" if is_gone else "changed"
    return f"`{name}' {how}"


def _asked(before: str, now: str) -> str:
    """Return what is different about a policy, and what it was before."""
    old, new = (text.removeprefix(POLICY_PIN).rpartition(" ") for text in (before, now))
    settings = [one[0].split("; ") for one in (old, new)]
    if len(settings[0]) != len(settings[1]):
        return new[0]
    changed = [f"{two} (before: {one})" for one, two in zip(*settings, strict=True) if one != two]
    return ", ".join(changed) or f"its rules, which are version {new[2]} now"


def _made_of(node: Any) -> Iterator[str]:
    """Yield what the signature of the action stands for: files and settings."""
    before, now = (dict(line.split(" ", 1) for line in text.splitlines()) for text in settings_before(node))
    changes = changed_files(node)
    if changes is None or not before:
        yield "its files or settings changed (which ones is not known: what it was built from is not on record)"
        return
    yield from map(_file, changes)
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    for name in changed:
        if name == LINKED:
            # Not every compiler tells of them; another one is told of by itself.
            if name in before and name in now:
                yield from _linked(*(dict(word.split("=") for word in one[name].split()) for one in (before, now)))
            elif changed == [LINKED]:
                yield "what the C compiler links changed"
            continue
        yield f"{name} changed from {before.get(name, 'none')!r} to {now.get(name, 'none')!r}"
    if not changes and not changed:
        yield "the command that builds it changed"


def _linked(before: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    for name in {**before, **now}:
        if before.get(name) != now.get(name):
            how = "changed" if name in before and name in now else "is new" if name in now else "is gone"
            yield f"{name}, which the C compiler links, {how}"


def _file(change: tuple[str, str, str, str]) -> str:
    file, path, name, how = change
    if not name:
        return f"package {path} is {'imported now' if how == 'new' else 'no longer imported'}"
    if name.startswith("module ") or name in ("GODEBUG", "error", SETTINGS):
        return f"{name} of {path} changed"
    place = f"`{os.path.relpath(file)}'" if file else f"`{name}' of {path}"
    return f"{place} {'changed' if how == 'changed' else f'is {how}'}"
