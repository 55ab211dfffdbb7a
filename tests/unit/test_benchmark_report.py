"""The benchmarks' report: medians, ratios and targets, from measurements that are given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from report import insert, markdown, write_plot


def work(same: list[int] | None = None, **walls: list[float]) -> dict[str, Any]:
    """Return what a work took, by contender; memory grows by a megabyte a second."""
    usage = {name: [{"wall": wall, "cpu": 2 * wall, "peak": 1024 * wall} for wall in of] for name, of in walls.items()}
    return {"usage": usage, "same": same}


def size(files: int, **works: dict[str, Any]) -> dict[str, Any]:
    return {"packages": files // 5, "programs": files // 50, "files": files, "imports": 2 * files, "works": works}


RESULTS = {
    "machine": {"processor": "P", "cores": "2", "memory": "24 GiB", "kernel": "Linux 6"},
    "versions": {"Go": "go1.26", "SCons": "4.11"},
    "size": "200/20",
    "sizes": {
        "200/20": size(
            1000,
            null=work([40, 40], golang=[9.0, 0.25, 0.5], batched=[2.0, 2.0, 2.0], floor=[0.25, 0.25, 0.25]),
            hub=work([39, 40], golang=[130.0], batched=[100.0]),
        ),
        "20/2": size(100, null=work(golang=[0.1], batched=[0.2], floor=[0.1])),
    },
}


def rows(text: str) -> list[list[str]]:
    return [re.split(r" *\| *", line)[1:-1] for line in text.splitlines() if line.startswith("|")]


def test_targets_are_ratios_of_medians() -> None:
    table = rows(markdown(RESULTS))

    assert [
        "nothing changed",
        "0.50",
        "2.00 (`go build ./cmd/...`, once per linkage)",
        "0.25×",
        "0.2×",
        "**missed**",
    ] in table
    assert [
        "nothing changed",
        "0.50",
        "0.25 (SCons, the same targets, no inputs)",
        "2.00×",
        "1.4×",
        "**missed**",
    ] in table
    assert ["peak memory of scons itself", "130 MB", "", "", "120 MB", "**missed**"] in table
    assert not any("one program uses" in row[0] for row in table)


def test_every_contender_has_a_row_with_how_often_it_was_measured() -> None:
    text = markdown(RESULTS)

    assert ["nothing changed", "scons-golang", "0.50", "1.00", "0", "0.25×", "3"] in rows(text)
    assert ["", "`go build ./cmd/...`, once per linkage", "100.0", "200.0", "100", "1.00×", "1"] in rows(text)
    assert "byte for byte: null 40 of 40, hub 39 of 40." in text


def test_growth_is_in_the_order_of_sizes() -> None:
    table = rows(markdown(RESULTS))

    assert table[-2:] == [
        ["20 / 2", "100", "200", "0.10", "0.20", "0.10"],
        ["200 / 20", "1,000", "2,000", "0.50", "2.00", "0.25"],
    ]


def test_a_page_is_renewed_between_its_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results -->\nold\n<!-- /results -->\nafter\n")

    insert("new\n", str(page))

    assert page.read_text() == "before\n<!-- results -->\nnew\n<!-- /results -->\nafter\n"
    page.write_text("no markers\n")
    with pytest.raises(SystemExit, match="wanted the lines"):
        insert("new\n", str(page))


def test_the_plot_has_a_line_for_each_that_was_measured_at_several_sizes(tmp_path: Path) -> None:
    file = tmp_path / "plot.svg"

    write_plot(RESULTS, str(file))

    assert [points.count(",") for points in re.findall(r'<polyline points="(.*?)"', file.read_text())] == [2, 2, 2]
