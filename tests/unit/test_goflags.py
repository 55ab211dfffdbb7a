"""goflags: the go command's own quoting (cmd/internal/quoted), and merging of flags."""

from __future__ import annotations

import pytest

from golang.errors import RequestError
from golang.goflags import flag_name, flag_value, join_flag_values, join_tool_flags, join_words, split_words, take_flag


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ()),
        ("  \t\n ", ()),
        ("a b\tc\nd", ("a", "b", "c", "d")),
        ("'a b' c", ("a b", "c")),
        ('"a \'b" c', ("a 'b", "c")),
        ("''", ("",)),
        ("'a''b'", ("a", "b")),
        ("'a'b", ("a", "b")),
        # Quotes inside a word do not count, and there is no escape.
        ("a'b c'd", ("a'b", "c'd")),
        (r"a\ b", ("a\\", "b")),
    ],
)
def test_split(text: str, words: tuple[str, ...]) -> None:
    assert split_words(text) == words


@pytest.mark.parametrize("text", ["'a", 'b "c', "a '"])
def test_unterminated_quote_is_refused(text: str) -> None:
    with pytest.raises(RequestError, match=r"unterminated ['\"] in "):
        split_words(text)


@pytest.mark.parametrize(
    "words", [(), ("a",), ("a b", "c"), ("",), ("it's",), ('say "x"', "y z"), ("a\tb",), ("-X=main.v=1 2", "'")]
)
def test_split_undoes_join(words: tuple[str, ...]) -> None:
    assert split_words(join_words(words)) == words


def test_word_with_both_quotes_cannot_be_said() -> None:
    with pytest.raises(RequestError, match="both kinds of quotes"):
        join_words(["a'b\"c"])


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], ""),
        (["-s", "-w"], "-s -w"),
        # The value of -ldflags may not start with a quote.
        (["-X=main.v=1 2"], "-X 'main.v=1 2'"),
        (["-s", "-extldflags=-static -Wl,-z,now"], "-s -extldflags '-static -Wl,-z,now'"),
        (["-extldflags=-Wl,-rpath,'a b'"], "-extldflags \"-Wl,-rpath,'a b'\""),
        (["-X", "main.v=1 2"], "-X 'main.v=1 2'"),
        (["-s", "-X=main.v=1"], "-s -X=main.v=1"),
        (["-s", "-w x"], "-s '-w x'"),
        (["all=-N -l"], "all=-N -l"),
        (["all=-N", "-d=x y"], "all=-N -d 'x y'"),
    ],
)
def test_tool_flags_do_not_start_with_a_quote(words: list[str], text: str) -> None:
    assert join_tool_flags(words) == text


@pytest.mark.parametrize(
    ("flag", "name", "value"),
    [("-a", "-a", ""), ("--a", "-a", ""), ("-a=b", "-a", "b"), ("--a=b=c", "-a", "b=c"), ("-X=m.v=", "-X", "m.v=")],
)
def test_name_and_value(flag: str, name: str, value: str) -> None:
    assert (flag_name(flag), flag_value(flag)) == (name, value)


def test_values_are_joined_to_their_flags_only() -> None:
    words = ("-X", "main.v=1", "-s", "--linkmode", "external", "-w", "word", "--tags=a", "-X")
    assert join_flag_values(words, ["-X", "-linkmode"]) == (
        "-X=main.v=1", "-s", "-linkmode=external", "-w", "word", "-tags=a", "-X=",
    )  # fmt: skip


def test_flag_with_its_value_leaves_the_next_word() -> None:
    assert join_flag_values(("-X=main.v=1", "word"), ["-X"]) == ("-X=main.v=1", "word")


def test_take_flag_splits_values_from_the_rest_in_order() -> None:
    words = ("-a=1", "x", "--a=2", "-ab=3", "-a")
    assert take_flag(words, "-a") == (("1", "2", ""), ("x", "-ab=3"))


def test_take_flag_leaves_words_that_are_no_flags() -> None:
    assert take_flag(("a=1",), "-a") == ((), ("a=1",))
