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
    return [*_cgo(request, options), *_platform(platform, options), *_toolchain(options), *_undoing_flags(options)]


def _cgo(request: Request, options: Options) -> list[Finding]:
    ours = "1" if request.linkage.uses_cgo else "0"
    asked = options.asked.get("CGO_ENABLED", ours)
    if asked == ours:
        return []
    wanted, found = f"linkage {request}", f"CGO_ENABLED={asked} in env['ENV']"
    why = f"the linkage decides about cgo ({request.linkage.value} sets CGO_ENABLED={ours})"
    fix = "remove CGO_ENABLED from env['ENV'] and set GOLINKAGE"
    return [Finding(case="E2", wanted=wanted, found=found, why=why, fix=fix)]


def _platform(platform: Platform, options: Options) -> list[Finding]:
    ours = {"GOOS": platform.goos, "GOARCH": platform.goarch}
    other = {name: options.asked[name] for name in ours if options.asked.get(name, ours[name]) != ours[name]}
    if not other:
        return []
    found = f"{', '.join(f'{name}={value}' for name, value in other.items())} in env['ENV']"
    why = "the SConstruct says what is built for: platform= in a call, or the construction variables GOOS and GOARCH"
    asked = "/".join({**ours, **other}.values())
    fix = f"remove {' and '.join(other)} from env['ENV']; platform={asked!r} builds for that"
    return [Finding(case="E10", wanted=f"platform {platform}", found=found, why=why, fix=fix)]


def _toolchain(options: Options) -> list[Finding]:
    ours, wanted = options.toolchain, "a pinned Go toolchain"
    asked, findings = options.asked.get("GOTOOLCHAIN", ours), []
    if ours != "local" and not _EXACT_TOOLCHAIN.fullmatch(ours):
        why = "another toolchain could be swapped in behind the build's back"
        fix = "GOTOOLCHAIN='local' (the toolchain that was found) or an exact one such as 'go1.26.8'"
        findings.append(Finding(case="E6", wanted=wanted, found=f"GOTOOLCHAIN={ours}", why=why, fix=fix))
    if asked != ours:
        found = f"GOTOOLCHAIN={asked} in env['ENV']"
        why = f"the construction variable GOTOOLCHAIN says which one builds ({ours!r})"
        pinned = f", or GOTOOLCHAIN={asked!r} in the SConstruct" if _EXACT_TOOLCHAIN.fullmatch(asked) else ""
        fix = f"remove GOTOOLCHAIN from env['ENV']{pinned}"
        findings.append(Finding(case="E6", wanted=wanted, found=found, why=why, fix=fix))
    return findings


def _undoing_flags(options: Options) -> list[Finding]:
    """Return those of GOFLAGS and GOBUILDFLAGS that undo what a construction variable says, which is passed before."""
    why = "the go command takes the last of two"
    on_the_machine = ", and whether it is there would depend on the machine"
    return [
        Finding(
            case="E4",
            wanted=f"{variable}={ours}",
            found=f"{flag} in {place}",
            why=why if place == "GOBUILDFLAGS" else why + on_the_machine,
            fix=f"remove it from {place}"
            + (f", or {variable}={not ours} in the SConstruct" if flag_value(flag) in _SPELLED[not ours] else ""),
        )
        for name, variable, ours in (
            ("-trimpath", "GOTRIMPATH", options.trimpath),
            ("-buildvcs", "GOBUILDVCS", options.buildvcs),
        )
        for place, flags in ((options.goflags_from, options.goflags), ("GOBUILDFLAGS", options.build_flags))
        for flag in [flag for flag in flags if flag_name(flag) == name][-1:]
        if flag_value(flag) not in _SPELLED[ours]
    ]
