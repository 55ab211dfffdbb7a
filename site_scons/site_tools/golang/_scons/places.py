"""What a call declares, and where it goes: one target for each platform and linkage, and the aliases for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import SCons.Builder
import SCons.Util

from ..errors import RequestError
from ..linkage import Linkage, parse_choice
from ..platform import parse_platform
from .aliases import add_alias
from .build_action import BUILD_ACTION
from .csettings import anchored, remember_folders
from .fingerprint import Env, text
from .generated import variant_dir
from .outlines import Declaration
from .paths import expecting
from .program_file import ProgramFile
from .programs import PROGRAMS
from .scanner import PROGRAM_SCANNER
from .target import REJECTED, Program, Viewer
from .variables import DEFAULTS

_PROGRAM_BUILDER = SCons.Builder.Builder(action=BUILD_ACTION, target_scanner=PROGRAM_SCANNER)


class Place(NamedTuple):
    """Where a program goes that is declared with an environment."""

    env: Env
    declaration: Declaration
    node: Any
    platform: str
    """What the platform is called, if it was named."""


def declarations(
    env: Env, linkage: Any, platform: Any, overrides: dict[str, Any]
) -> list[tuple[Env, Declaration, str]]:
    """Return what a call declares, one for each platform and linkage: environment, request, name of the platform.

    Raises RequestError.
    """
    if "GOLINKAGE" in overrides:
        linkage = overrides.pop("GOLINKAGE") if linkage is None else linkage
    if platform is not None and env["GOTARGETDIR"] == DEFAULTS["GOTARGETDIR"]:
        overrides = {"GOTARGETDIR": "build/$GOPLATFORM/$GOLINKAGE", **overrides}
    overrides = {**overrides, **anchored(env.Override(overrides) if overrides else env)}
    found = []
    for settings in _platforms(env, platform, overrides):
        for one in _linkages(env, linkage):
            linked = env.Override({**overrides, **settings, "GOLINKAGE": one.value})
            named = text(linked, "GOPLATFORM") if settings else ""
            found.append((linked, PROGRAMS.outlines.declaration(linked), named))
    return found


def _linkages(env: Env, linkage: Any) -> list[Linkage]:
    asked = SCons.Util.flatten([linkage]) if linkage is not None else [text(env, "GOLINKAGE")]
    if not asked:
        parse_choice(Linkage, linkage, "linkage")
    return list(dict.fromkeys(parse_choice(Linkage, one, "linkage") for one in asked))


def _platforms(env: Env, platform: Any, overrides: dict[str, Any]) -> list[dict[str, str]]:
    """Return the settings of each platform; of none but the environment's own, nothing."""
    if platform is None:
        return [{}]
    named = SCons.Util.flatten([platform])
    wrong = [one for one in named if not isinstance(one, str)]
    if wrong:
        msg = f"platform={platform!r}\n  wanted: text, such as 'linux/arm64', or a list of that\n  found:  {wrong[0]!r}"
        raise RequestError(msg)
    found = {one: parse_platform(one) for one in map(str, map(env.subst, named))}
    twice = [name for settings in found.values() for name in settings if name in overrides]
    if twice or not found:
        what = f"{twice[0]}= beside it\n  fix:    leave that out: platform= says it all" if twice else "none"
        wanted = "one or several, such as 'linux/arm64' or 'linux/arm/v7'"
        msg = f"platform={platform!r}\n  wanted: {wanted}\n  found:  {what}"
        raise RequestError(msg)
    return list(found.values())


def declare(
    env: Env,
    directory: str,
    module_root: str,
    place: Place,
    kind: type[ProgramFile] = ProgramFile,
    beside: Sequence[Any] = (),
) -> bool:
    """Declare what goes to a place, and what is made ``beside`` it; return whether it is new. Raises RequestError."""
    linked, declaration, node, _ = place
    program = Program(
        env=linked,
        request=declaration.request,
        package_dir=directory,
        module_root=module_root,
        viewer=Viewer(variant_dir(env), declaration.generated),
    )
    if not PROGRAMS.declare(node, program):
        return False
    remember_folders(linked)
    node.__class__ = kind
    _PROGRAM_BUILDER(linked, [node, *beside], [])
    if PROGRAMS.outlines.cleans(env):
        env.Clean(node, node.dir.Entry(node.name + REJECTED))
    for one in (node, *beside):
        # SCons must leave it where it is: if only the policy changed, it is what gets proved again.
        one.set_precious()
    # No scan is needed to know it, so --implicit-cache does not hide a change of it.
    node.add_dependency([env.Value(declaration.policy)])
    return True


def add_aliases(env: Env, places: Sequence[Place], name_of: Callable[[Place], str]) -> None:
    """Add the aliases of what was declared in one call, given what each is called."""
    for place in places:
        if place.platform:
            add_alias(env, f"{name_of(place)}-{_linkage(place)}-{place.platform}", place.node)
    usual = _usual(env, places)
    for place in usual:
        add_alias(env, f"{name_of(place)}-{_linkage(place)}", place.node)
    wanted = text(env, "GOLINKAGE")
    default = next((place for place in usual if _linkage(place) == wanted), usual[0])
    add_alias(env, name_of(places[0]), default.node)


def _linkage(place: Place) -> str:
    return str(place.declaration.request.linkage.value)


def _usual(env: Env, places: Sequence[Place]) -> list[Place]:
    """Return those for the environment's own platform, else those for the one that was declared first."""
    named = {place.platform for place in places}
    own = text(env, "GOPLATFORM") if len(named) > 1 else ""
    wanted = own if own in named else places[0].platform
    return [place for place in places if place.platform == wanted]


def one_path(value: Any) -> Any:
    """Return the one path that a call names, if any. Raises RequestError for several."""
    if SCons.Util.is_List(value):
        if len(value) > 1:
            msg = f"wanted one path; found {len(value)}: {', '.join(map(str, value))}"
            raise RequestError(msg)
        return value[0] if value else None
    return value


def file_at(env: Env, path: str) -> Any:
    """Return the node of a file. Raises RequestError where something else is there."""
    with expecting("a path for a program", path, "remove what is there, or choose another path"):
        return env.fs.File(path)


def folder_of(env: Env, variable: str) -> str:
    """Return the path of the folder that a construction variable names. Raises RequestError where a file is there."""
    with expecting("a path for a folder", f"${variable}", "remove what is there, or choose another path"):
        return str(env.fs.Dir(text(env, variable)).get_abspath())
