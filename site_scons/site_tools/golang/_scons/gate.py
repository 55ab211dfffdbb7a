"""The gate: a target either stands proved, or does not stand. Shared by every way to attach it to a target."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import InspectError
from ..facts import BinaryFacts
from ..finding import Finding, errors
from ..inspect import inspect_file
from ..linkage import Request, Smoke
from ..report import rejection, success, unreadable, warning
from ..smoke import Outcome
from .messages import failure, tell, warn
from .staging import beside, discard, leave, staging_folder
from .target import REJECTED
from .values import shell_environ


def read_facts(path: str) -> BinaryFacts:
    """Return the facts about a binary. Raises InspectError."""
    return inspect_file(path)


def obstructed(node: Any, error: OSError) -> Any:
    """Return the BuildError for a target that the file system does not let be written, moved or removed."""
    paths = " -> ".join(str(path) for path in (error.filename, error.filename2) if path)
    return failure(
        node,
        f"cannot be put in its place\n  wanted: to write {node}\n  found:  {error.strerror}: {paths}\n"
        "  fix:    make the folder writable and remove what stands there; what stands there was not proved now",
    )


def pass_or_reject(
    made: str, node: Any, facts: BinaryFacts, asked: Request, findings: Sequence[Finding], smoke: Smoke | None
) -> Any:
    """Let the file ``made`` stand as the target ``node``, with one line that says so, or move it aside.

    ``made`` may be the target itself; ``smoke`` says how it has to run. Returns None or a BuildError.
    """
    ran = ""
    if smoke and not errors(tuple(findings)):
        outcome = _try_out(made, node, facts, asked, smoke)
        warn(f"golang: {node}: not run: {outcome.obstacle}" if outcome.obstacle else "")
        ran, findings = outcome.ran, [*findings, *([outcome.finding] if outcome.finding else [])]
    if errors(tuple(findings)):
        return _reject(made, node, lambda aside: rejection(findings, aside))
    path = node.get_abspath()
    if made != path:
        os.replace(made, path)
        leave(made)
    discard(path + REJECTED)
    warn(warning(str(node), findings))
    tell(success(str(node), facts, asked, ran))
    return None


def _try_out(made: str, node: Any, facts: BinaryFacts, asked: Request, smoke: Smoke) -> Outcome:
    from ..trial import try_out

    target = node.get_abspath()
    search = (shell_environ(node.get_build_env()).get("PATH"), os.environ.get("PATH"))
    with staging_folder(os.path.dirname(target)) as folder, beside(made, target) as binary:
        return try_out(
            binary,
            os.path.basename(target),
            folder=folder,
            path=os.pathsep.join(filter(None, search)),
            facts=facts,
            request=asked,
            smoke=smoke,
        )


def reject_unreadable(made: str, node: Any, error: InspectError) -> Any:
    """Move aside a target that is no readable binary. Returns a BuildError."""
    return _reject(made, node, lambda aside: unreadable(error, aside))


def _reject(made: str, node: Any, message: Callable[[str], str]) -> Any:
    """Move ``made`` to ``<target>.rejected``; return the BuildError with ``message(that path)``."""
    try:
        os.replace(made, node.get_abspath() + REJECTED)
    except FileNotFoundError:
        return failure(node, message(""))
    except OSError:
        os.unlink(made)
        return failure(node, message(""))
    finally:
        leave(made)
    return failure(node, message(str(node) + REJECTED))
