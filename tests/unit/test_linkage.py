"""linkage: the words a user may ask with, and how requests and verdicts read."""

from __future__ import annotations

import pytest

from golang.errors import GolangError, RequestError
from golang.linkage import Kind, Level, Libc, Linkage, Request, Resolver, Verdict, parse_choice


@pytest.mark.parametrize("kind", [Linkage, Libc, Resolver, Level])
def test_choice_is_parsed_from_its_spelling_and_from_itself(kind: type) -> None:
    for member in kind:
        assert parse_choice(kind, member.value, "$X") is member
        assert parse_choice(kind, member, "$X") is member


@pytest.mark.parametrize("value", ["", "Static", "static ", "STATIC", "staticlibc", None, 1])
def test_unknown_choice_is_refused_with_all_choices(value: object) -> None:
    with pytest.raises(RequestError) as caught:
        parse_choice(Linkage, value, "$GOLINKAGE")
    assert str(caught.value) == f"$GOLINKAGE: wanted one of dynamic, static, static-libc, static-pie; found {value!r}"
    assert isinstance(caught.value, GolangError)


@pytest.mark.parametrize(
    ("linkage", "uses_cgo", "links_libc", "is_static"),
    [
        (Linkage.DYNAMIC, True, False, False),
        (Linkage.STATIC, False, False, True),
        (Linkage.STATIC_LIBC, True, True, True),
        (Linkage.STATIC_PIE, True, True, True),
    ],
)
def test_what_each_linkage_means(linkage: Linkage, uses_cgo: bool, links_libc: bool, is_static: bool) -> None:
    assert linkage.uses_cgo is uses_cgo
    assert linkage.links_libc_statically is links_libc
    assert linkage.is_static is is_static


@pytest.mark.parametrize(
    ("linkage", "text"),
    [
        (Linkage.DYNAMIC, "dynamic"),
        (Linkage.STATIC, "static"),
        (Linkage.STATIC_LIBC, "static-libc (musl)"),
        (Linkage.STATIC_PIE, "static-pie (musl)"),
    ],
)
def test_request_names_the_libc_only_where_it_is_linked_in(linkage: Linkage, text: str) -> None:
    assert str(Request(linkage=linkage, libc=Libc.MUSL)) == text


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        (Verdict(kind=Kind.STATIC, libc=Libc.GLIBC), "static"),
        (Verdict(kind=Kind.DYNAMIC, libc=Libc.GLIBC), "dynamic"),
        (Verdict(kind=Kind.STATIC_LIBC, libc=Libc.MUSL), "static-libc (musl)"),
        (Verdict(kind=Kind.STATIC_LIBC, libc=Libc.GLIBC, nss=True), "static-libc (glibc; nss-dependent)"),
        (Verdict(kind=Kind.STATIC_PIE), "static-pie (unknown libc)"),
        (Verdict(kind=Kind.INTERPRETER_ONLY), "interpreter-only"),
    ],
)
def test_verdict_text(verdict: Verdict, text: str) -> None:
    assert str(verdict) == text


def test_every_linkage_has_a_verdict_of_its_name() -> None:
    assert {linkage.value for linkage in Linkage} <= {kind.value for kind in Kind}
