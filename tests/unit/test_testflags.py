"""The flags of test binaries."""

from __future__ import annotations

import pytest

from golang.errors import RequestError
from golang.testflags import RunOptions, parse_duration, positive


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("10m", 600),
        ("1m30s", 90),
        ("1.5h", 5400),
        ("250ms", 0.25),
        (".5s", 0.5),
        ("3us", 3e-6),
        ("3µs", 3e-6),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text, "$X") == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "10", "1 m", "m", "-1s", "1s1", "1d", "1..5s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(RequestError, match=r"^\$X: wanted a duration"):
        parse_duration(text, "$X")


def test_numbers() -> None:
    assert (positive("3", "$X"), positive("0", "$X", least=0)) == (3, 0)
    for wrong in ("0", "-1", "", "x", "1.5"):
        with pytest.raises(RequestError, match=r"^\$X: wanted a number from 1 on; found"):
            positive(wrong, "$X")


def test_default_flags() -> None:
    assert RunOptions().argv() == ["-test.v=test2json", "-test.paniconexit0", "-test.timeout=600s"]


def test_all_flags() -> None:
    options = RunOptions(
        run="A b",
        skip="C",
        count=3,
        timeout=90,
        short=True,
        parallel=2,
        flags=("-bench", ".", "--cpu=1,2", "-test.shuffle=on"),
        arguments=("-x", "y"),
    )
    assert options.argv(slower=10, profile="/p", log="/l")[2:] == [
        "-test.timeout=900s",
        "-test.run=A b",
        "-test.skip=C",
        "-test.count=3",
        "-test.short=true",
        "-test.parallel=2",
        "-test.bench",
        ".",
        "-test.cpu=1,2",
        "-test.shuffle=on",
        "-test.coverprofile=/p",
        "-test.testlogfile=/l",
        "-x",
        "y",
    ]


def test_any_time() -> None:
    assert not [flag for flag in RunOptions(timeout=0).argv() if "timeout" in flag]


@pytest.mark.parametrize(
    ("flag", "fix"),
    [
        ("-run=X", "GOTESTRUN="), ("--test.run", "GOTESTRUN="), ("-v", "GOTESTVERBOSE="), ("-race", "GORACE="),
        ("-json", "remove it"), ("-test.testlogfile=x", "remove it"), ("-exec", "remove it"),
    ],
)  # fmt: skip
def test_flags_of_the_tools_own_are_refused(flag: str, fix: str) -> None:
    with pytest.raises(RequestError, match=f"found:  {flag}\n  fix:    {fix}"):
        RunOptions(flags=(flag,))


def test_signature_tells_what_a_result_depends_on() -> None:
    options = [
        RunOptions(), RunOptions(run="X"), RunOptions(count=2), RunOptions(arguments=("X",)), RunOptions(cover=True),
        RunOptions(flags=("-cpu=1",)),
    ]  # fmt: skip
    assert len({one.signature for one in options}) == len(options)
