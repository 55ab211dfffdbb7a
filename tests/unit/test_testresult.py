"""Results of tests: from the events of test2json to text and JUnit XML."""

from __future__ import annotations

import json
from xml.dom import minidom

import pytest

from golang.junit import junit_xml
from golang.testresult import Case, Result, Status, describe, read_events, shown, summary


def events(*lines: tuple[str, str, str]) -> str:
    """Return events, each given as action, test and output or elapsed time."""
    told = []
    for action, test, value in lines:
        event: dict[str, object] = {"Action": action, "Package": "p"}
        if test:
            event["Test"] = test
        if value:
            event["Output" if action == "output" else "Elapsed"] = value if action == "output" else float(value)
        told.append(json.dumps(event))
    return "\n".join(told)


def test_tests_and_what_they_write() -> None:
    cases, output = read_events(
        events(
            ("start", "", ""),
            ("run", "TestA", ""),
            ("output", "TestA", "=== RUN   TestA\n"),
            ("output", "TestA", "    a_test.go:1: first\n"),
            ("output", "TestA", "        second\n"),
            ("output", "TestA", "--- FAIL: TestA (0.25s)\n"),
            ("fail", "TestA", "0.25"),
            ("run", "TestB", ""),
            ("skip", "TestB", ""),
            ("output", "", "elsewhere\n"),
            ("output", "", "FAIL\n"),
            ("fail", "", "0.3"),
        )
    )
    assert cases == (
        Case(name="TestA", status=Status.FAIL, seconds=0.25, output="a_test.go:1: first\n    second"),
        Case(name="TestB", status=Status.SKIP),
    )
    assert output == "elsewhere\n"


def test_a_test_that_is_run_twice_counts_twice() -> None:
    cases, _ = read_events(
        events(("run", "T", ""), ("output", "T", "1\n"), ("pass", "T", ""), ("run", "T", ""), ("fail", "T", ""))
    )
    assert [(case.status, case.output) for case in cases] == [(Status.PASS, "1"), (Status.FAIL, "")]


@pytest.mark.parametrize("last", ["PASS", "FAIL", ""])
def test_a_benchmark_ends_with_its_binary(last: str) -> None:
    """It says so only where it fails or is skipped; if the binary dies, it has not ended."""
    lines = [
        ("run", "BenchmarkF", ""),
        ("output", "BenchmarkF", "=== RUN   BenchmarkF\n"),
        ("output", "BenchmarkF", "BenchmarkF-2 \t 10\t 42.00 ns/op\n"),
        *([("run", "BenchmarkH", ""), ("fail", "BenchmarkH", "")] if last == "FAIL" else []),
        *([("output", "", f"{last}\n")] if last else []),
    ]
    cases, output = read_events(events(*lines))
    benchmark = Case(name="BenchmarkF", status=Status.PASS, output="BenchmarkF-2 \t 10\t 42.00 ns/op")
    assert output == ""
    if last:
        assert cases[0] == benchmark
    else:
        assert (cases[0].status, cases[0].unfinished) == (Status.FAIL, True)
    assert [case.status for case in cases[1:]] == ([Status.FAIL] if last == "FAIL" else [])


def test_a_test_that_does_not_end_has_failed() -> None:
    cases, _ = read_events(events(("run", "T", ""), ("output", "T", "panic: x\n")))
    assert cases == (Case(name="T", status=Status.FAIL, output="panic: x", unfinished=True),)


@pytest.mark.parametrize("text", ["no json", "{}"])
def test_what_are_no_events(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_events(text)


def case(name: str, status: Status = Status.FAIL, output: str = "") -> Case:
    return Case(name=name, status=status, output=output)


def test_a_test_of_which_a_part_failed_is_told_by_the_part() -> None:
    result = Result(package="p", cases=(case("A"), case("A/b"), case("C", output="own"), case("C/d"), case("AB")))
    assert [one.name for one in result.failed] == ["A/b", "C", "C/d", "AB"]
    assert not result.passes


def test_no_tests_pass_unless_the_binary_fails() -> None:
    assert Result(package="p").passes
    assert not Result(package="p", exit="exit status 1").passes
    assert summary(Result(package="p", seconds=0.5)) == "no tests to run (0.50 s)"


def test_summary() -> None:
    result = Result(
        package="p",
        cases=(case("A", Status.PASS), case("B", Status.PASS), case("C", Status.SKIP)),
        output="coverage: 80.0% of statements\n",
        seconds=1.234,
        how="under qemu-arm",
    )
    assert summary(result) == "2 tests passed, 1 skipped, coverage: 80.0% of statements (1.23 s, under qemu-arm)"
    assert list(shown(result)) == [
        "--- PASS: A (0.00s)",
        "--- PASS: B (0.00s)",
        "--- SKIP: C (0.00s)",
        "coverage: 80.0% of statements",
    ]


def test_much_output_is_told_from_both_ends() -> None:
    result = Result(
        package="p",
        cases=(case("A", output="\n".join(map(str, range(100)))),),
        command=("/b/p.test",),
        exit="exit status 1",
    )
    lines = describe(result, "p.failed.xml", "/a dir", most=4).splitlines()
    assert lines[3:] == [
        "  --- A (0.00s)",
        "      0",
        "      1",
        "      ... (96 lines)",
        "      98",
        "      99",
        "  alone:  cd '/a dir' && /b/p.test '-test.run=^(A)$'",
        "  all:    p.failed.xml",
    ]


def test_many_failures_are_counted() -> None:
    result = Result(package="p", cases=tuple(case(f"T{number}") for number in range(12)))
    assert "found:  12 failed: T0, T1, T2, T3, T4, T5, T6, T7, T8, T9, ...\n" in describe(result, "x", "/d")


def test_xml_holds_what_xml_can_hold() -> None:
    text = "<&>]]>\"'\x00\x1b\ufffe\ud800 é\U0001f600\t\n"
    document = junit_xml(Result(package="p<", cases=(case("T\x01", output=text),), output=text))
    root = minidom.parseString(document).documentElement  # noqa: S318 - it was written here
    assert root is not None
    failure = root.getElementsByTagName("failure")[0]
    clean = "<&>]]>\"'\ufffd\ufffd\ufffd\ufffd é\U0001f600\t\n"
    assert failure.firstChild is not None
    assert failure.firstChild.nodeValue == clean
    assert root.getElementsByTagName("testcase")[0].getAttribute("name") == "T\ufffd"
    assert [root.getAttribute(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")] == [
        "p<", "1", "1", "0", "0", "0.000",
    ]  # fmt: skip


def test_xml_has_a_case_for_a_binary_that_fails_by_itself() -> None:
    document = junit_xml(Result(package="p", cases=(case("A", Status.PASS),), exit="exit status 3")).decode()
    assert 'tests="2" failures="1"' in document
    assert '<testcase classname="p" name="(test binary)"' in document
    assert "exit status 3</failure>" in document
