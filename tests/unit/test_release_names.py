"""release: what may be in names, times and archives."""

from __future__ import annotations

import pytest

from golang.errors import RequestError
from golang.release import check_entries, check_word, time_of


@pytest.mark.parametrize("word", ["1", "1.2.3", "v1.2.3-rc.1+build.7", "1.2.3-4-gabcdef0", "2026~beta_1"])
def test_what_may_be_a_version(word: str) -> None:
    assert check_word("version", word) == word


@pytest.mark.parametrize("word", ["", None, " 1", "1 ", "1\n", "1/2", "1\\2", "..", ".1", "-1", "1:2", "1*", "é", "$V"])
def test_what_may_not(word: str | None) -> None:
    with pytest.raises(RequestError, match=r"GoRelease: version=\n  wanted: text of letters"):
        check_word("version", word)


def test_a_version_is_text() -> None:
    with pytest.raises(RequestError) as caught:
        check_word("version", 1.1)
    assert str(caught.value).endswith("  found:  1.1\n  why:    as a float, 1.10 is 1.1\n  fix:    version='1.1'")


@pytest.mark.parametrize(
    ("epoch", "seconds"),
    [("", 315532800), ("0", 315532800), ("1700000000", 1700000000), ("4354819199", 4354819199)],
)
def test_times(epoch: str, seconds: int) -> None:
    assert time_of(epoch) == seconds


@pytest.mark.parametrize("epoch", ["-1", "1.5", "yesterday", " 1", "4354819200", "²"])
def test_what_is_no_time(epoch: str) -> None:
    with pytest.raises(RequestError, match="SOURCE_DATE_EPOCH"):
        time_of(epoch)


def test_names_are_unique_in_an_archive() -> None:
    check_entries("a.zip", [("app", "build/app"), ("README", "README"), ("README", "README")])
    for other in ("README", "readme"):
        with pytest.raises(RequestError, match="found:  README and docs/") as caught:
            check_entries("a.zip", [("README", "README"), (other, f"docs/{other}")])
        assert "a.zip" in str(caught.value)
