"""Building a Go program: predict, compile, prove, in one Action, so that no consumer ever sees an unproved target."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from typing import Any

import SCons.Action
import SCons.Subst

from ..errors import GolangError, InspectError
from ..finding import errors
from ..inspect import require_reader
from ..linkage import Level, Permissions
from ..packages import relative_package
from ..policy import check
from ..predict import NSS_FIX
from ..report import refusal, warning
from ..scan import ProgramScan
from .cinputs import write_overlay
from .gate import UNPROVED, discard, obstructed, pass_or_reject, read_facts, reject_unreadable
from .messages import failure, tell, warn
from .programs import PROGRAMS, Program, program_of
from .reverify import only_policy_changed
from .scanner import cgo_inputs
from .settings import Env

_announced: set[str] = set()


def build_program(target: list[Any], source: list[Any], env: Env) -> Any:
    """Build and prove one program. Returns None, or a BuildError that fails it alone."""
    node = target[0]
    try:
        failed = _build_and_prove(node, source, env)
    except OSError as error:
        failed = obstructed(node, error)
    # Also where one of them cannot be removed.
    for left in (_staged(node), node) if failed else ():
        try:
            discard(left)
        except OSError as error:
            failed = obstructed(node, error)
    return failed


def _build_and_prove(node: Any, source: list[Any], env: Env) -> Any:
    try:
        require_reader()
        scan = PROGRAMS.scan(node)
        if errors(scan.findings):
            return failure(node, refusal(scan.configuration.request, scan.findings))
        environ = scan.configuration.build_environ(scan.prediction)
    except GolangError as error:
        return failure(node, str(error))
    warn(warning(str(node), scan.findings))
    if only_policy_changed(node):
        return _prove(node, node, scan)
    _announce(scan)
    made = _staged(node)
    failed = _compile(made, source, env, scan, environ)
    if failed:
        return _explain(failed, scan)
    return _prove(made, node, scan)


def _explain(failed: Any, scan: ProgramScan) -> Any:
    """Say what turns a warning of the linker into an error, which is all that it printed."""
    request, permissions = scan.configuration.request, scan.configuration.options.permissions
    if request.linkage.links_libc_statically and permissions.nss is Level.ERROR:
        why = "GOVERIFYNSS='error' makes the linker's warnings errors"
        failed.errstr = f"{failed.errstr}\n  why:    {why}\n  fix:    {NSS_FIX}"
    return failed


def _staged(node: Any) -> Any:
    """Return the node that is built first: the target itself appears, proved, by a rename."""
    staged = node.dir.File(node.name + UNPROVED)
    staged.attributes.golang = program_of(node)
    return staged


def _compile(made: Any, source: list[Any], env: Env, scan: ProgramScan, environ: dict[str, str]) -> Any:
    os.makedirs(os.path.dirname(made.get_abspath()), exist_ok=True)
    # What a killed build left: the go command overwrites only what it takes for a binary.
    discard(made)
    with tempfile.TemporaryDirectory(prefix="golang-") as directory:
        overlay = cgo_overlay(env, scan, directory)
        build_env = env.Override(
            {
                "ENV": environ,
                "GO": SCons.Subst.Literal(scan.configuration.toolchain.path),
                # Not computed again: GOFLAGS and the like are no longer in this environment.
                "_GOFLAGS": _literals(scan.configuration.plan.flags),
                "_GOOVERLAY": SCons.Subst.Literal(f"-overlay={overlay}") if overlay else "",
            }
        )
        return _command(env)([made], source, build_env, show=False)


def cgo_overlay(env: Env, scan: ProgramScan, directory: str) -> str:
    """Write the overlay for a program's C inputs into ``directory``; return its path or nothing."""
    return write_overlay(directory, cgo_inputs(env, scan), scan.configuration.c_identity(scan.prediction))


def _prove(made: Any, node: Any, scan: ProgramScan) -> Any:
    config = scan.configuration
    try:
        facts = read_facts(made)
    except InspectError as error:
        return reject_unreadable(made, node, error)
    findings = check(
        facts,
        config.request,
        permissions=with_system_libraries(config.options.permissions, scan),
        platform=config.platform,
        prediction=scan.prediction if scan.prediction.complete else None,
    )
    return pass_or_reject(made, node, facts, config.request, findings)


def with_system_libraries(permissions: Permissions, scan: ProgramScan) -> Permissions:
    """Permit what ``#cgo LDFLAGS: -lfoo`` asks of the system; a library from a ``-L`` folder is not installed."""
    libraries = scan.configuration.system_libraries(scan.prediction)
    return replace(permissions, libraries=(*permissions.libraries, *libraries))


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


def _command(env: Env) -> Any:
    return SCons.Action.Action(env["GOCOM"], "$GOCOMSTR")


def show_command(target: list[Any], source: list[Any], env: Env) -> str:
    """Return the line that is printed for a program: what would do the same in a shell, or ``$GOCOMSTR``."""
    if only_policy_changed(target[0]):
        return f"Verifying {target[0]}"
    shown = str(env.subst("$GOCOMSTR", target=target, source=source))
    if shown:
        return shown
    try:
        require_reader()
        scan = PROGRAMS.scan(target[0])
        refused = refusal(scan.configuration.request, scan.findings) if errors(scan.findings) else ""
    except GolangError as error:
        refused = str(error)
    if refused:
        # There will be no command: the build tells why, and a dry run tells it here.
        return f"Building {target[0]}" + (f": {refused}" if env.GetOption("no_exec") else "")
    actions = getattr(_command(env), "list", [_command(env)])
    command = "\n".join(
        str(one.strfunction(target, source, env) if hasattr(one, "strfunction") else one) for one in actions
    )
    environ = scan.configuration.plan.environ
    told = [f"{name}={environ[name]}" for name in ("CGO_ENABLED", "GOOS", "GOARCH")]
    return " ".join([*told, str(command)])


def _for_program(compute: Any) -> Any:
    """Make a callable construction variable of ``compute(program, node, env)``; empty without a program."""

    def expand(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> Any:  # noqa: FBT001
        del source, for_signature
        node = target[0] if target else None
        program = program_of(node) if node is not None else None
        if program is None:
            return ""
        try:
            return compute(program, node, env)
        except GolangError:
            # The scan meets the same error, and the build reports it.
            return "unknown"

    return expand


def _literals(words: Any) -> list[Any]:
    return [SCons.Subst.Literal(word) for word in words]


def _signature(program: Program, node: Any, _env: Env) -> Any:
    plan = PROGRAMS.configuration(node).plan
    return SCons.Subst.Literal(f"{plan.signature}\n{program.request}")


def _command_signature(_program: Program, node: Any, env: Env) -> Any:
    # Through an Action, because the text of a Python function is its address. Which Go it is, the scan says;
    # where it is changes nothing.
    flags = PROGRAMS.configuration(node).plan.flags
    named = env.Override({"GO": "go", "_GOFLAGS": _literals(flags)})
    contents = _command(env).get_contents([node], [], named)
    return SCons.Subst.Literal(contents.decode("latin-1"))


def _jobs(target: list[Any], source: list[Any], env: Env, for_signature: bool) -> str:  # noqa: FBT001
    del target, source, for_signature
    return str(max(1, (os.cpu_count() or 1) // env.GetOption("num_jobs")))


EXPANSIONS = {
    "_GOMODULEROOT": _for_program(lambda program, _node, _env: _literals([program.module_root])),
    "_GOPACKAGE": _for_program(
        lambda program, _node, _env: _literals([relative_package(program.module_root, program.package_dir)])
    ),
    "_GOFLAGS": _for_program(lambda _program, node, _env: _literals(PROGRAMS.configuration(node).plan.flags)),
    "_GOCOMSIGNATURE": _for_program(_command_signature),
    "_GOSIGNATURE": _for_program(_signature),
    "_GOJOBS": _jobs,
    "_GOOVERLAY": "",
}
"""The private construction variables that ``$GOCOM`` is made of, and the signature."""

BUILD_ACTION = SCons.Action.Action(build_program, strfunction=show_command, varlist=["_GOCOMSIGNATURE", "_GOSIGNATURE"])
