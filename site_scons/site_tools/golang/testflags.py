"""How the tests of a package are run: the flags of a test binary, as ``go test`` passes them on. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .errors import RequestError
from .goflags import flag_name

_OWNED = {
    "-run": "GOTESTRUN",
    "-skip": "GOTESTSKIP",
    "-count": "GOTESTCOUNT",
    "-timeout": "GOTESTTIMEOUT",
    "-short": "GOTESTSHORT",
    "-parallel": "GOTESTPARALLEL",
    "-v": "GOTESTVERBOSE",
    "-coverprofile": "GOTESTCOVER",
    "-cover": "GOTESTCOVER",
    "-covermode": "GOTESTCOVERMODE",
    "-coverpkg": "GOTESTCOVERPKG",
    "-vet": "GOTESTVET",
    "-args": "GOTESTARGS",
    "-race": "GORACE",
}
"""The flags that have a variable of their own."""

_KEPT = frozenset({"-c", "-exec", "-fuzz", "-gocoverdir", "-i", "-json", "-o", "-paniconexit0", "-testlogfile"})
"""The flags by which the tests would not be run as they are asked to be, or their results not be told."""

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str, name: str) -> float:
    """Return the seconds of a duration as Go writes it, such as ``1m30s``; ``0`` needs no unit. Raises RequestError.

    ``name`` is what the user knows the setting by (syntax: Go's time.ParseDuration).
    """
    if text == "0":
        return 0.0
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        msg = f"{name}: wanted a duration such as '90s' or '10m', or '0' for any; found {text!r}"
        raise RequestError(msg)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def positive(text: str, name: str, least: int = 1) -> int:
    """Return a number that is at least ``least``. Raises RequestError; ``name`` is as for :func:`parse_duration`."""
    if not text.isdecimal() or int(text) < least:
        msg = f"{name}: wanted a number from {least} on; found {text!r}"
        raise RequestError(msg)
    return int(text)


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """How the tests of a package are run."""

    run: str = ""
    skip: str = ""
    count: int = 1
    timeout: float = 600.0
    """Seconds; 0 for any time."""
    short: bool = False
    parallel: int = 0
    """0 for Go's default."""
    flags: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    cover: bool = False

    def __post_init__(self) -> None:
        """Refuse flags that the tool sets itself. Raises RequestError."""
        for flag in self.flags:
            name = flag_name(flag).replace("-test.", "-", 1)
            if flag.startswith("-") and (name in _OWNED or name in _KEPT):
                fix = f"{_OWNED[name]}=" if name in _OWNED else "remove it"
                msg = (
                    f"$GOTESTFLAGS\n  wanted: flags of a test binary that have no variable of their own\n"
                    f"  found:  {flag}\n  fix:    {fix}"
                )
                raise RequestError(msg)

    def argv(self, *, slower: int = 1, profile: str = "", log: str = "") -> list[str]:
        """Return the flags for the test binary.

        ``slower`` is how many times as long everything takes, ``profile`` where the coverage profile goes, ``log``
        where the tests note which files and variables they read.
        """
        # What a test that ends the process itself says, `go test` does not take for a pass either.
        chosen = ["-test.v=test2json", "-test.paniconexit0"]
        if self.timeout:
            chosen.append(f"-test.timeout={self.timeout * slower:g}s")
        chosen += [f"-test.{name}={value}" for name, value in self._values() if value]
        chosen += [self._named(flag) for flag in self.flags]
        chosen += [f"-test.coverprofile={profile}"] if profile else []
        chosen += [f"-test.testlogfile={log}"] if log else []
        return [*chosen, *self.arguments]

    @property
    def again(self) -> tuple[str, ...]:
        """The flags that count where one test is run again by hand."""
        return (*(["-test.short=true"] if self.short else []), *map(self._named, self.flags))

    def _values(self) -> list[tuple[str, str]]:
        return [
            ("run", self.run),
            ("skip", self.skip),
            ("count", str(self.count) if self.count > 1 else ""),
            ("short", "true" if self.short else ""),
            ("parallel", str(self.parallel or "")),
        ]

    @staticmethod
    def _named(flag: str) -> str:
        """Return a flag of ``go test`` as the test binary knows it; what is no flag is the value of one."""
        if not flag.startswith("-"):
            return flag
        name, equals, value = flag.partition("=")
        return f"-test.{name.lstrip('-').removeprefix('test.')}{equals}{value}"

    @property
    def signature(self) -> str:
        """What a result depends on, of how the tests are run, but for ``environ``."""
        words = (word.partition("=") for word in self.argv(profile="profile" if self.cover else ""))
        return "\n".join(f"{name}: {value}" for name, _, value in words)
