"""Building a Go program: predict, compile, prove, in one Action, so that no consumer ever sees an unproved target."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import SCons.Action
import SCons.Subst

from ..errors import GolangError, InspectError
from ..finding import errors
from ..linkage import Level
from ..overlay import hidden_from_cover, hidden_header
from ..policy import check
from ..predict import NSS_FIX
from ..report import refusal, warning
from ..scan import ProgramScan
from .batch import Member
from .batches import BATCHES
from .command import can_share_command, command_of, findings_of, literals, scan_to_build, show_command
from .fingerprint import Env, is_own_command
from .gate import obstructed, pass_or_reject, read_facts, reject_unreadable
from .library import place_header, promise_of, with_symbols, withdraw_header
from .lookahead import goes_on
from .messages import failure, tell, warn
from .overlay import show_inputs
from .permitted import not_found, with_system_libraries
from .precedence import PRECEDENCE
from .programs import PROGRAMS
from .reading import Reading
from .record import evaluate, record, scons_lock
from .reverify import inputs_of, only_policy_changed
from .scanner import cgo_inputs
from .staging import discard, sweep, unproved
from .standing import identity_of
from .target import REJECTED, files_beside, program_of

_announced: set[str] = set()


def build_program(target: list[Any], source: list[Any], env: Env) -> Any:
    """Build and prove one program. Returns None, or a BuildError that fails it alone."""
    node = target[0]
    try:
        failed = _leaving_nothing(node, env, lambda: _build_and_prove(node, source, env))
    finally:
        PRECEDENCE.release()
    if failed and not goes_on():
        BATCHES.stop()
    if BATCHES.stopping:
        _finish_others()
    return failed


def _leaving_nothing(node: Any, env: Env, build: Callable[[], Any]) -> Any:
    """Return the BuildError of ``build``, if any: then nothing is left that looks built."""
    path = node.get_abspath()
    before, headers = identity_of(path), {header: identity_of(header.get_abspath()) for header in files_beside(node)}
    try:
        failed = build()
    except OSError as error:
        failed = obstructed(node, error)
    # Another process may have put a proved one in its place meanwhile; a command of the user's own, what is not proved.
    ours = identity_of(path) == before or not is_own_command(env)
    # Also where one of them cannot be removed.
    for left in (unproved(path), *([path] if ours else ())) if failed else ():
        try:
            discard(left)
        except OSError as error:
            failed = obstructed(node, error)
    if failed and headers:
        try:
            withdraw_header(unproved(path), node, headers)
        except OSError as error:
            failed = obstructed(node, error)
    return failed


def _finish_others() -> None:
    """Finish what was built ahead of its turn: SCons stops, and will not come to it."""
    lock = scons_lock()
    while lock:
        with lock:
            member = BATCHES.claim()
            if member is None:
                return
            fresh = member.inputs == inputs_of(evaluate(member.node))
        done = fresh and _finish(member)
        with lock:
            record(member.node, built=done)
        member.discard()


def _finish(member: Member) -> bool:
    """Prove what was built ahead, and tell as SCons would; return whether it stands."""
    node = member.node
    tell(show_command([node], [], member.env))
    warn(warning(str(node), member.scan.findings))
    failed = _leaving_nothing(node, member.env, lambda: _prove(member.unproved, node, member.scan, member.reading))
    if failed:
        warn(f"scons: *** [{node}] {failed}")
        return False
    node.push_to_cache()
    return True


def _build_and_prove(node: Any, source: list[Any], env: Env) -> Any:
    try:
        scan = scan_to_build(node)
        found = (*findings_of(scan), *scan.unusable())
        if errors(found):
            return failure(node, refusal(scan.configuration.request, found))
        environ = PROGRAMS.build_environ(node)
        warn(warning(str(node), scan.findings))
        if only_policy_changed(node):
            return _prove(node.get_abspath(), node, scan)
        _announce(scan)
        scan.configuration.c.prepare(scan.prediction)
        stood = identity_of(node.get_abspath())
        alone = Member(node=node, env=env, scan=scan)
        member = BATCHES.take(alone) if can_share_command(node, env) else alone
    except GolangError as error:
        return failure(node, str(error))
    failed = None
    if member.status:
        warn(member.said)
        failed = failure(node, f"Error {member.status}{_hidden(member)}")
    elif not member.built:
        failed = _compile(node, source, env, scan, environ)
    if failed:
        return _explain(failed, scan)
    if not os.path.lexists(member.unproved):
        return _nothing_made(node, stood)
    return _prove(member.unproved, node, scan, member.reading)


def _nothing_made(node: Any, stood: list[int] | None) -> Any:
    """Return the BuildError for a command that ends well and leaves no file to prove; ``stood`` was there before."""
    path, found = node.get_abspath(), "nothing to prove when the command had ended"
    if identity_of(path) not in (stood, None):
        os.replace(path, path + REJECTED)
        found = f"a file that was written there and is not proved, moved to {node}{REJECTED}"
    return failure(
        node,
        f"the command made no file to prove\n  wanted: {node}\n  found:  {found}\n"
        "  fix:    have the command write its output to $TARGET, as `go build -o ${TARGET.abspath}` does",
    )


def _hidden(member: Member) -> str:
    """Return why a C compiler, or Go's cover command, does not find a file that is generated."""
    uncovered = hidden_from_cover(member.said, member.scan.overlay)
    if uncovered:
        place, file = uncovered
        return (
            f"\n  wanted: coverage of {place}\n  found:  {file}, generated outside of the source tree\n"
            "  why:    go's cover command reads files from disk only\n"
            "  fix:    have it generated beside the package's other files; or no coverage (GOTESTCOVER)"
        )
    hidden = hidden_header(member.said, member.scan.overlay)
    if hidden is None:
        return ""
    place, file = hidden
    return (
        f"\n  wanted: {place}\n  found:  {file}, generated outside of the source tree\n"
        "  why:    C compilers see generated files in the folders of Go packages only\n"
        f"  fix:    `#cgo CPPFLAGS: -I${{SRCDIR}}/...` or CGO_CPPFLAGS, with the path of {os.path.dirname(file)}"
    )


def _explain(failed: Any, scan: ProgramScan) -> Any:
    """Say what turns a warning of the linker into an error, which is all that it printed."""
    request, permissions = scan.configuration.request, scan.configuration.options.permissions
    if request.linkage.links_libc_statically and permissions.nss is Level.ERROR:
        why = "GOVERIFYNSS='error' makes the linker's warnings errors"
        failed.errstr = f"{failed.errstr}\n  why:    {why}\n  fix:    {NSS_FIX}"
    return failed


def _compile(node: Any, source: list[Any], env: Env, scan: ProgramScan, environ: dict[str, str]) -> Any:
    path = unproved(node.get_abspath())
    sweep([node.dir.get_abspath()])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    made = env.fs.File(path)
    made.attributes.golang = program_of(node)
    with tempfile.TemporaryDirectory(prefix="golang-") as directory:
        config = scan.configuration
        shown = show_inputs(directory, scan.overlay, cgo_inputs(node, scan), config)
        build_env = env.Override(
            {
                "ENV": {**environ, **shown.environ},
                "GO": literals(config.go_command),
                # Not computed again: GOFLAGS and the like are no longer in this environment.
                "_GOFLAGS": literals(config.plan.compile_flags),
                "_GOOVERLAY": SCons.Subst.Literal(f"-overlay={shown.overlay}") if shown.overlay else "",
            }
        )
        with PROGRAMS.compiling([node]):
            return command_of(env)([made], source, build_env, show=False)


def _prove(made: str, node: Any, scan: ProgramScan, reading: Reading | None = None) -> Any:
    config = scan.configuration
    if reading and not reading.is_of(made):
        reading = None
    promise = promise_of(scan) if config.request.product.is_library else None
    try:
        facts = reading.facts if reading else read_facts(made)
        facts = with_symbols(made, facts, promise) if promise else facts
        findings = check(
            facts,
            config.request,
            permissions=with_system_libraries(config.options.permissions, scan, facts),
            platform=config.platform,
            prediction=scan.prediction if scan.prediction.complete else None,
            promise=promise,
        )
        if promise and not errors(findings):
            place_header(made, node)
    except InspectError as error:
        return reject_unreadable(made, node, error)
    findings = (*findings, *not_found(node, facts, scan))
    proved = identity_of(made)
    failed = pass_or_reject(made, node, facts, config.request, findings, config.options.permissions.smoke)
    if not failed:
        path = node.get_abspath()
        content = reading.content if reading and reading.is_of(path) else ""
        PROGRAMS.proved(node, content, displaced=identity_of(path) != proved)
    return failed


def _announce(scan: ProgramScan) -> None:
    """Say once what the user's ``go env -w`` file contributes: it is adopted, but never silently."""
    config = scan.configuration
    used = [
        f"{name}={value}"
        for name, value in sorted(config.toolchain.user_settings.items())
        if config.plan.environ.get(name) == value
        or (name == "GOFLAGS" and config.toolchain.user_file in config.options.goflags_from)
    ]
    line = f"golang: adopted from {config.toolchain.user_file}: {', '.join(used)}"
    if used and line not in _announced:
        _announced.add(line)
        tell(line)
