"""Results as a page: markdown tables with targets, and the plot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from contenders import CONTENDERS, NOT_HAD, REFERENCE
from laboratory import WORKS
from plot import Line, plot

BEGIN, END = "<!-- results -->", "<!-- /results -->"

TARGETS = (
    ("null", REFERENCE, 0.2),
    ("null", "floor", 1.4),
    ("leaf", REFERENCE, 0.7),
    ("hub", REFERENCE, 1.05),
    ("cold", REFERENCE, 1.05),
    ("relink", REFERENCE, 1.05),
)
"""The work, whom scons-golang is compared with, and how much of that contender's time it may take."""

PEAK_TARGET = 120
"""Megabytes of memory that scons itself may take, in any work."""

Results = Mapping[str, Any]


def markdown(results: Results) -> str:
    """Return the whole report."""
    parts = [_conditions(results)]
    main = results["sizes"].get(results.get("size"))
    if main:
        parts += [_targets(main), _works(main)]
    if len(_by_growth(results)) > 1:
        parts.append(_growth(results))
    return "\n\n".join(parts) + "\n"


def insert(text: str, page: str, marks: tuple[str, str] = (BEGIN, END)) -> None:
    """Put a report between the marks of a page."""
    begin, end = marks
    with open(page, encoding="utf-8") as stream:
        before = stream.read()
    if begin not in before or end not in before:
        raise SystemExit(f"{page}: wanted the lines {begin} and {end}, to write the results between")
    # Not as a template: the text is no pattern.
    after = re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{text}{end}", before, flags=re.DOTALL)
    with open(page, "w", encoding="utf-8") as stream:
        stream.write(after)


def write_plot(results: Results, file: str) -> None:
    """Draw how the null build grows, if it was measured at several sizes."""
    sizes = _by_growth(results)
    lines = []
    for name, contender in CONTENDERS.items():
        points = [
            (size["files"] + size["imports"], _median(size, "null", name)) for size in sizes if _has(size, "null", name)
        ]
        if len(points) > 1:
            lines.append(Line(contender.title.replace("`", ""), points))
    if not lines:
        return
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(plot("Nothing changed: seconds", "files and imports of the monorepo", lines))


def _conditions(results: Results) -> str:
    machine, versions = results["machine"], results["versions"]
    where = f"{machine['cores']} cores ({machine['processor']}), {machine['memory']}"
    return f"{where}. {', '.join(f'{name} {version}' for name, version in versions.items())}."


def _targets(size: Results) -> str:
    rows = []
    for work, other, most in TARGETS:
        if _has(size, work, "golang") and _has(size, work, other):
            ours, theirs = _median(size, work, "golang"), _median(size, work, other)
            rows.append(
                (
                    f"{WORKS[work][0]}",
                    _seconds(ours),
                    f"{_seconds(theirs)} ({CONTENDERS[other].title})",
                    f"{ours / theirs:.2f}×",
                    f"{most}×",
                    _met(ours / theirs <= most),
                )
            )
    works = [work for work in size["works"] if _has(size, work, "golang")]
    if works:
        peak = max(_median(size, work, "golang", "peak") for work in works) / 1024
        rows.append(
            ("peak memory of scons itself", f"{peak:.0f} MB", "", "", f"{PEAK_TARGET} MB", _met(peak <= PEAK_TARGET))
        )
    shape = f"{size['packages']:,} packages, {size['programs']:,} programs, {size['files']:,} files, "
    shape += f"{size['imports']:,} imports; dynamic and static"
    return f"### Targets\n\n{shape}.\n\n" + _table(
        ("work", "scons-golang", "compared with", "ratio", "at most", ""), rows
    )


def _works(size: Results) -> str:
    rows = []
    for work, (title, _) in WORKS.items():
        for name, contender in CONTENDERS.items():
            if not _has(size, work, name):
                continue
            ratio = _median(size, work, name) / _median(size, work, REFERENCE) if _has(size, work, REFERENCE) else None
            rows.append(
                (
                    title,
                    contender.title,
                    _seconds(_median(size, work, name)),
                    _seconds(_median(size, work, name, "cpu")),
                    f"{_median(size, work, name, 'peak') / 1024:.0f}",
                    f"{ratio:.2f}×" if ratio else "",
                    str(len(size["works"][work]["usage"][name])),
                )
            )
            title = ""  # noqa: PLW2901 (a work is named in its first row only)
    same = [f"{work} {found[0]} of {found[1]}" for work in WORKS if (found := size["works"].get(work, {}).get("same"))]
    return (
        "### Every contender\n\nMedians of n runs, in turns; those with few runs in turns of their own. "
        "Processor time with that of everything started; memory of "
        "scons itself, of others that of their largest process.\n\n"
        + _table(("work", "contender", "wall s", "cpu s", "peak MB", "ratio", "n"), rows)
        + f"\n\nOutputs of scons-golang equal to those of batched `go build`, byte for byte: {', '.join(same)}."
        + f"\n\n{NOT_HAD}"
    )


def _growth(results: Results) -> str:
    names = [name for name in CONTENDERS if sum(_has(size, "null", name) for size in results["sizes"].values()) > 1]
    rows = [
        (
            f"{size['packages']:,} / {size['programs']:,}",
            f"{size['files']:,}",
            f"{size['imports']:,}",
            *(_seconds(_median(size, "null", name)) if _has(size, "null", name) else "" for name in names),
        )
        for size in _by_growth(results)
    ]
    titles = (f"{CONTENDERS[name].title}, s" for name in names)
    return "### Growth of the null build\n\n" + _table(("packages / programs", "files", "imports", *titles), rows)


def _by_growth(results: Results) -> list[Results]:
    return sorted(
        (size for size in results["sizes"].values() if "null" in size["works"]), key=lambda size: size["files"]
    )


def _has(size: Results, work: str, name: str) -> bool:
    return bool(size["works"].get(work, {}).get("usage", {}).get(name))


def _median(size: Results, work: str, name: str, what: str = "wall") -> float:
    return float(median(usage[what] for usage in size["works"][work]["usage"][name]))


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f}" if seconds < 20 else f"{seconds:.1f}"


def _met(met: bool) -> str:  # noqa: FBT001
    return "met" if met else "**missed**"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
