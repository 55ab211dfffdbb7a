"""The results of tests as JUnit XML, which CI systems read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from .testresult import Case, Result, Status

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def junit_xml(result: Result) -> bytes:
    """Return one document for a result: a ``testsuite`` with a ``testcase`` for each test, all in UTF-8."""
    cases = _cases(result)
    suite = ET.Element("testsuite", _suite(result, cases))
    for case in cases:
        _add(suite, result, case)
    if result.output.strip():
        ET.SubElement(suite, "system-out").text = _clean(result.output)
    suites = ET.Element("testsuites", _suite(result, cases))
    suites.append(suite)
    ET.indent(suites)
    body: bytes = ET.tostring(suites, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def _cases(result: Result) -> Sequence[Case]:
    """Return the tests, with one for the test binary itself where that is what fails."""
    if not result.exit or result.failed:
        return result.cases
    return (*result.cases, Case(name="(test binary)", status=Status.FAIL, output=result.output or result.exit))


def _suite(result: Result, cases: Sequence[Case]) -> dict[str, str]:
    counts = {status: sum(case.status is status for case in cases) for status in Status}
    return {
        "name": _clean(result.package),
        "tests": str(len(cases)),
        "failures": str(counts[Status.FAIL]),
        "errors": "0",
        "skipped": str(counts[Status.SKIP]),
        "time": f"{result.seconds:.3f}",
    }


def _add(suite: ET.Element, result: Result, case: Case) -> None:
    attributes = {"classname": _clean(result.package), "name": _clean(case.name), "time": f"{case.seconds:.3f}"}
    element = ET.SubElement(suite, "testcase", attributes)
    if case.status is Status.FAIL:
        message = f"did not end: {result.exit}" if case.unfinished and result.exit else "failed"
        ET.SubElement(element, "failure", {"message": _clean(message), "type": ""}).text = _clean(case.output)
    elif case.status is Status.SKIP:
        ET.SubElement(element, "skipped", {"message": _clean(case.output)})
    elif case.output:
        ET.SubElement(element, "system-out").text = _clean(case.output)


def _clean(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
