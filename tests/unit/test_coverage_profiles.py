"""Coverage profiles of several packages as one."""

from __future__ import annotations

import pytest

from golang.coverage import merge_profiles
from golang.errors import GolangError

FIRST = "mode: {}\nm/a.go:10.2,11.3 2 1\nm/a.go:9.20,10.1 1 0\n"
SECOND = "mode: {}\nm/a.go:9.20,10.1 1 3\nm/A.go:1.1,2.2 1 0\nm/a.go:10.2,11.3 2 4\n"


@pytest.mark.parametrize(("mode", "counts"), [("set", (0, 1, 1)), ("count", (0, 3, 5)), ("atomic", (0, 3, 5))])
def test_blocks_count_once_or_all_together(mode: str, counts: tuple[int, int, int]) -> None:
    merged = merge_profiles([("one", FIRST.format(mode)), ("two", SECOND.format(mode))])
    assert merged == (
        f"mode: {mode}\nm/A.go:1.1,2.2 1 {counts[0]}\nm/a.go:9.20,10.1 1 {counts[1]}\nm/a.go:10.2,11.3 2 {counts[2]}\n"
    )


def test_none_and_empty_ones() -> None:
    assert merge_profiles([]) == "mode: set\n"
    assert merge_profiles([("one", "mode: count\n")]) == "mode: count\n"


def test_different_modes() -> None:
    with pytest.raises(GolangError, match="mode: set in one; mode: count in two"):
        merge_profiles([("one", FIRST.format("set")), ("two", FIRST.format("count"))])


@pytest.mark.parametrize("text", ["", "x\n", "mode: set\nx\n", "mode: set\nm/a.go:1.1,2 1 1\n"])
def test_what_is_no_profile(text: str) -> None:
    with pytest.raises(GolangError, match="one is no coverage profile"):
        merge_profiles([("one", text)])
