"""What a test binary said, as ``go tool test2json`` tells it: which tests passed, and what the others wrote."""

from __future__ import annotations

import enum
import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field

_STEPS = ("=== RUN   ", "=== PAUSE ", "=== CONT  ", "=== NAME  ")
_ENDS = ("--- PASS: ", "--- FAIL: ", "--- SKIP: ")
_LAST = ("PASS\n", "FAIL\n")
"""What a test binary says last, if it ends by itself."""


class Status(enum.Enum):
    """How a test ended."""

    PASS = "pass"
    FAIL = "fail"
    SKIP = "skip"


_ENDED = frozenset(status.value for status in Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test."""

    name: str
    status: Status
    seconds: float = 0.0
    output: str = ""
    """What it wrote, without the lines by which tests are told apart."""
    unfinished: bool = False
    """Whether it had not ended when the test binary did."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of the tests of one package."""

    package: str
    cases: tuple[Case, ...] = ()
    output: str = ""
    """What was written, but by no test."""
    exit: str = ""
    """How the test binary ended, if that was not well."""
    seconds: float = 0.0
    how: str = ""
    """How it was run, if not as usual."""
    command: tuple[str, ...] = ()
    """What runs the test binary."""
    arguments: tuple[str, ...] = ()
    """What tests get after the flags."""

    @property
    def failed(self) -> tuple[Case, ...]:
        """The tests that failed, without those of which only a part did."""
        names = [case.name for case in self.cases if case.status is Status.FAIL]
        outer = {name for name in names if any(other.startswith(f"{name}/") for other in names)}
        return tuple(
            case for case in self.cases if case.status is Status.FAIL and (case.name not in outer or case.output)
        )

    @property
    def passes(self) -> bool:
        """Whether everything is well."""
        return not self.exit and not self.failed

    def count(self, status: Status) -> int:
        """Return how many tests ended so."""
        return sum(case.status is status for case in self.cases)


@dataclass
class _Open:
    """A test that has begun."""

    name: str
    lines: list[str] = field(default_factory=list)
    status: Status | None = None
    seconds: float = 0.0


def read_events(text: str) -> tuple[tuple[Case, ...], str]:
    """Return the tests in the lines that ``go tool test2json`` printed, and what was written by none of them.

    Raises ValueError or KeyError for what are no such lines.
    """
    tests: list[_Open] = []
    # A test that is run several times counts each time.
    current: dict[str, _Open] = {}
    outside: list[str] = []
    finished = False
    for line in text.splitlines():
        event = json.loads(line)
        name, action = event.get("Test", ""), event["Action"]
        if action == "output":
            finished = finished or (not name and event.get("Output") in _LAST)
            _take(event.get("Output", ""), current[name].lines if name in current else outside, is_of_test=bool(name))
        elif name and (action == "run" or name not in current):
            current[name] = _Open(name)
            tests.append(current[name])
        if name and action in _ENDED:
            current[name].status, current[name].seconds = Status(action), float(event.get("Elapsed", 0))
    for test in tests:
        # A benchmark ends with a word only where it fails or is skipped (testing.B).
        if finished and test.status is None and test.name.startswith("Benchmark"):
            test.status = Status.PASS
    return tuple(map(_case, tests)), "".join(outside)


def _take(output: str, lines: list[str], *, is_of_test: bool) -> None:
    """Take what was written, but for the lines by which tests are told apart."""
    known = output.lstrip(" ").startswith((*_STEPS, *_ENDS) if is_of_test else _STEPS)
    if not known and (is_of_test or output not in _LAST):
        lines.append(output)


def _case(test: _Open) -> Case:
    return Case(
        name=test.name,
        status=test.status or Status.FAIL,
        seconds=test.seconds,
        output=_without_margin("".join(test.lines)),
        unfinished=test.status is None,
    )


def _without_margin(text: str) -> str:
    """Return text without the spaces that all its lines begin with."""
    lines = text.rstrip().splitlines()
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[margin:] for line in lines)


def describe(result: Result, saved: str, directory: str, most: int = 40) -> str:
    """Return why a result fails, for people: which tests, what they wrote, and how to run them alone.

    ``saved`` is where all of it stands, ``directory`` that of the package; at most ``most`` lines of each are told.
    """
    failed, total = result.failed, len(result.cases)
    ran = "1 test" if total == 1 else f"{total} tests"
    names = ", ".join(case.name for case in failed[:10]) + (", ..." if len(failed) > 10 else "")  # noqa: PLR2004
    found = f"{len(failed)} failed: {names}" if failed else f"{ran} ran, and the test binary ended with {result.exit}"
    if failed and result.exit and any(case.unfinished for case in failed):
        found += f"; it ended with {result.exit} before all had ended"
    lines = ["failed", f"  wanted: the tests of {result.package} to pass", f"  found:  {found}"]
    for case in failed:
        lines += [f"  --- {case.name} ({case.seconds:.2f}s)", *_shown(case.output, most)]
    if result.exit and (not failed or any(case.unfinished for case in failed)):
        lines += _shown(result.output, most)
    top = sorted({case.name.partition("/")[0] for case in failed if not case.name.startswith("Benchmark")})
    only = [f"-test.run=^({'|'.join(top)})$"] if top else []
    alone = f"cd {shlex.quote(directory)} && {shlex.join([*result.command, *only, *result.arguments])}"
    return "\n".join([*lines, f"  alone:  {alone}", f"  all:    {saved}"])


def _shown(text: str, most: int) -> Iterable[str]:
    lines = text.rstrip().splitlines()
    if len(lines) > most:
        lines = [*lines[: most // 2], f"... ({len(lines) - most} lines)", *lines[-most // 2 :]]
    return [f"      {line}".rstrip() for line in lines]


def shown(result: Result) -> Iterable[str]:
    """Yield what tests wrote, as lines for people."""
    for case in result.cases:
        yield f"--- {case.status.name}: {case.name} ({case.seconds:.2f}s)"
        yield from (f"    {line}".rstrip() for line in case.output.splitlines())
    yield from result.output.rstrip().splitlines()


def summary(result: Result) -> str:
    """Return in a few words how tests went that are well."""
    passed, skipped = result.count(Status.PASS), result.count(Status.SKIP)
    told = [f"{passed} test{'' if passed == 1 else 's'} passed" if result.cases else "no tests to run"]
    told += [f"{skipped} skipped"] if skipped else []
    covered = next((line for line in result.output.splitlines() if line.startswith("coverage: ")), "")
    told += [covered] if covered else []
    return f"{', '.join(told)} ({result.seconds:.2f} s{', ' + result.how if result.how else ''})"
