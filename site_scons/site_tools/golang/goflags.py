"""The go command's flags as data: its quoting, and reading and merging flags that users give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .errors import RequestError


def split_words(text: str) -> tuple[str, ...]:
    """Split as cmd/internal/quoted does: at white space, with '...' or "..." around a word, without escapes.

    Raises RequestError for an unterminated quote.
    """
    words: list[str] = []
    rest = text.strip()
    while rest:
        if rest[0] in "'\"":
            end = rest.find(rest[0], 1)
            if end < 0:
                msg = f"unterminated {rest[0]} in {text!r}"
                raise RequestError(msg)
            words.append(rest[1:end])
            rest = rest[end + 1 :].lstrip()
        else:
            word, *tail = rest.split(None, 1)
            words.append(word)
            rest = tail[0] if tail else ""
    return tuple(words)


def join_words(words: Iterable[str]) -> str:
    """Join words such that :func:`split_words` gives them back. Raises RequestError for a word with both quotes."""
    return " ".join(map(_quote, words))


def join_tool_flags(words: Sequence[str]) -> str:
    """Join flags as the value of ``-ldflags`` and its like, which may not start with a quote (go help build).

    So ``-name=a b`` becomes ``-name 'a b'``; a pattern of packages before the first flag stays as it is.
    """
    pattern = [word for word in words[:1] if not word.startswith("-")]
    separate: list[str] = []
    for word in words[len(pattern) :]:
        name, equals, value = word.partition("=")
        apart = word.startswith("-") and equals and _quote(word) != word
        separate += [name, value] if apart else [word]
    return " ".join([*pattern, *map(_quote, separate)])


def _quote(word: str) -> str:
    if word and not any(char.isspace() or char in "'\"" for char in word):
        return word
    for quote in "'\"":
        if quote not in word:
            return f"{quote}{word}{quote}"
    msg = f"{word!r} has both kinds of quotes, which the go command's flags cannot express"
    raise RequestError(msg)


def flag_name(flag: str) -> str:
    """Return ``-name`` of ``-name``, ``--name`` or ``--name=value``."""
    return "-" + flag.lstrip("-").partition("=")[0]


def flag_value(flag: str) -> str:
    """Return the value of ``-name=value``; empty for a bare flag."""
    return flag.partition("=")[2]


def join_flag_values(words: Sequence[str], valued: Iterable[str]) -> tuple[str, ...]:
    """Rewrite ``-name value`` as ``-name=value`` for the flags in ``valued``, and ``--name`` as ``-name``."""
    joined: list[str] = []
    names, rest = frozenset(valued), iter(words)
    for word in rest:
        if not word.startswith("-"):
            joined.append(word)
        elif flag_name(word) in names and "=" not in word:
            joined.append(f"{flag_name(word)}={next(rest, '')}")
        else:
            joined.append("-" + word.lstrip("-"))
    return tuple(joined)


def take_flag(words: Sequence[str], name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split ``words`` into the values of ``-name=value`` and all the other words."""
    values = tuple(flag_value(word) for word in words if flag_name(word) == name and word.startswith("-"))
    return values, tuple(word for word in words if not (word.startswith("-") and flag_name(word) == name))
