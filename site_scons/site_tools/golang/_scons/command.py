"""What the command that builds a Go program is, how it is shown, and what of it is in the signature."""

from __future__ import annotations

import shlex
from typing import Any

import SCons.Action
import SCons.Subst

from ..errors import GolangError, PackageError
from ..facts import PARSERS
from ..finding import Finding, errors
from ..inspect import require_reader
from ..linkage import Level, Product
from ..report import refusal
from ..scan import ProgramScan
from .fingerprint import Env, is_own_command
from .programs import PROGRAMS
from .reverify import only_policy_changed
from .target import program_of


def command_of(env: Env) -> Any:
    """Return the Action that builds one program: ``$GOCOM``."""
    return SCons.Action.Action(env["GOCOM"], "$GOCOMSTR")


def can_share_command(node: Any, env: Env) -> bool:
    """Return whether a program may be built by one command with others: nothing but the tool's own builds it."""
    executor = node.get_executor()
    if executor is None:
        # SCons drops those that it is done with.
        return False
    if program_of(node).request.product.is_library:
        # Go makes one at a time.
        return False
    attached = executor.pre_actions or executor.post_actions or node.side_effects
    return not attached and is_own_command(env)


def scan_to_build(node: Any) -> ProgramScan:
    """Return the scan of a program that can be proved once it is built. Raises GolangError."""
    require_reader()
    scan = PROGRAMS.scan(node)
    config = scan.configuration
    if config.request.product is Product.TEST and not scan.main.tested:
        msg = (
            f"no tests to compile\n  wanted: tests in {scan.main.dir}\n  found:  none for {config.platform} that the "
            f"build tags select\n  fix:    name another package, or set GOTAGS or platform="
        )
        raise PackageError(msg)
    if config.platform.format in PARSERS and config.options.permissions.enforce is Level.ERROR:
        require_reader(config.platform.format)
    return scan


def findings_of(scan: ProgramScan) -> tuple[Finding, ...]:
    """Return everything that is known to go wrong before the compile. Raises ToolchainError."""
    if not scan.configuration.request.product.is_library:
        return scan.findings
    from .library import source_findings

    return (*scan.findings, *source_findings(scan))


def show_command(target: list[Any], source: list[Any], env: Env) -> str:
    """Return the line that is printed for a program: what would do the same in a shell, or ``$GOCOMSTR``."""
    if only_policy_changed(target[0]):
        return f"Verifying {target[0]}"
    shown = str(env.subst("$GOCOMSTR", target=target, source=source))
    if shown:
        return shown
    try:
        scan = scan_to_build(target[0])
        refused = refusal(scan.configuration.request, findings_of(scan)) if errors(findings_of(scan)) else ""
    except GolangError as error:
        refused = str(error)
    if refused:
        # There will be no command: the build tells why, and a dry run tells it here.
        return f"Building {target[0]}" + (f": {refused}" if env.GetOption("no_exec") else "")
    config = scan.configuration
    if config.emulation:
        env = env.Override({"GO": literals(config.go_command)})
    command = command_of(env)
    lines = "\n".join(
        str(one.strfunction(target, source, env) if hasattr(one, "strfunction") else one)
        for one in getattr(command, "list", [command])
    )
    return " ".join([*_settings_told(scan), lines])


def _settings_told(scan: ProgramScan) -> list[str]:
    """Return the variables that a shell must have set to do the same, as words of a command line."""
    config = scan.configuration
    environ = {**config.plan.environ, **config.go_environ, **config.compilers_in_words(scan.prediction)}
    flags = ["GOFLAGS"] if config.emulation else []
    compilers = [name for name in ("CC", "CXX") if name in environ]
    return [f"{name}={shlex.quote(environ[name])}" for name in [*config.plan.unusual, *flags, *compilers]]


def literals(words: Any) -> list[Any]:
    """Return words that SCons quotes, and in which it expands nothing."""
    return [SCons.Subst.Literal(word) for word in words]


def command_signature(node: Any, source: list[Any], env: Env) -> str:
    """Return the contents of a command of the user's own. Raises GolangError."""
    # Through an Action, because the text of a Python function is its address. Which Go it is, the scan says;
    # where it is changes nothing.
    flags = PROGRAMS.configuration(node).plan.signed_flags
    named = env.Override({"GO": "go", "_GOFLAGS": literals(flags)})
    return str(command_of(env).get_contents([node], source, named).decode("latin-1"))
