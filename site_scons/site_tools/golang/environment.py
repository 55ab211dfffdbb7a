"""What the build's environment asks of Go, against what the SConstruct says: refused where the two differ.

Pure, like ``contradictions``, of which it is a part.
"""

from __future__ import annotations

import re

from .finding import Finding
from .goflags import flag_name, flag_value
from .linkage import Request
from .plan import Options
from .platform import Platform

_EXACT_TOOLCHAIN = re.compile(r"go[1-9][0-9]*(?:\.[0-9]+)*(?:(?:rc|beta)[0-9]+)?(?:-\w+)?")
_SPELLED = {True: ("", "1", "t", "T", "true", "TRUE", "True"), False: ("0", "f", "F", "false", "FALSE", "False")}
"""How the go command spells the values of a flag that is on or off (strconv.ParseBool)."""


def contradicting(request: Request, platform: Platform, options: Options) -> list[Finding]:
    """Return everything in the environment of a build that contradicts its construction variables."""
    del platform
    return [*_cgo(request, options), *_toolchain(options), *_adopted_flags(options)]


def _cgo(request: Request, options: Options) -> list[Finding]:
    ours = "1" if request.linkage.uses_cgo else "0"
    if options.asked_cgo in (None, ours):
        return []
    wanted, found = f"linkage {request}", f"CGO_ENABLED={options.asked_cgo} in env['ENV']"
    why = f"the linkage decides about cgo ({request.linkage.value} sets CGO_ENABLED={ours})"
    fix = "remove CGO_ENABLED from env['ENV'] and set GOLINKAGE"
    return [Finding(case="E2", wanted=wanted, found=found, why=why, fix=fix)]


def _toolchain(options: Options) -> list[Finding]:
    if options.toolchain == "local" or _EXACT_TOOLCHAIN.fullmatch(options.toolchain):
        return []
    found = f"GOTOOLCHAIN={options.toolchain}"
    why = "another toolchain could be swapped in behind the build's back"
    fix = "GOTOOLCHAIN='local' (the toolchain that was found) or an exact one such as 'go1.26.8'"
    return [Finding(case="E6", wanted="a pinned Go toolchain", found=found, why=why, fix=fix)]


def _adopted_flags(options: Options) -> list[Finding]:
    """Return the flags of GOFLAGS that undo what a construction variable says, which is passed before them."""
    why = "the go command takes the last of two, and whether it is there would depend on the machine"
    return [
        Finding(
            case="E4",
            wanted=f"{variable}={ours}",
            found=f"{flag} in {options.goflags_from}",
            why=why,
            fix=f"remove it from {options.goflags_from}, or {variable}={not ours} in the SConstruct",
        )
        for name, variable, ours in (
            ("-trimpath", "GOTRIMPATH", options.trimpath),
            ("-buildvcs", "GOBUILDVCS", options.buildvcs),
        )
        for flag in options.goflags
        if flag_name(flag) == name and flag_value(flag) not in _SPELLED[ours]
    ]
