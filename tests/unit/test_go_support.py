"""go_support: what Go would ignore without a word."""

from __future__ import annotations

import pytest

from golang.go_support import unsupported
from golang.platform import Platform


@pytest.mark.parametrize(
    ("name", "value", "first"),
    [
        ("GOFIPS140", "latest", (1, 24)),
        ("GOFIPS140", "v1.0.0", (1, 24)),
        ("GOFIPS140", "off", None),
        ("GOARM64", "v9.0", (1, 23)),
        ("GOARM64", "v8.0,lse", (1, 23)),
        ("GOARM64", "v8.0", None),
        ("GORISCV64", "rva20u64", None),
        ("GORISCV64", "rva22u64", (1, 23)),
        ("GORISCV64", "rva23u64", (1, 25)),
        ("GOAMD64", "v3", None),
    ],
)
def test_settings_that_an_older_go_ignores(name: str, value: str, first: tuple[int, ...] | None) -> None:
    for release in ((1, 21, 13), (1, 22, 10), (1, 23), (1, 24, 1), (1, 26), (0,)):
        version = "go" + ".".join(map(str, release))
        found = list(unsupported(Platform("linux", "arm64"), {name: value}, version, release))
        expected = first is not None and (0,) < release < first
        assert bool(found) is expected, release
        if expected:
            assert (found[0].wanted, found[0].found) == (f"{name}={value}", version)


@pytest.mark.parametrize(("release", "gone"), [((1, 25, 4), False), ((1, 26), True), ((1, 27, 3), True), ((0,), False)])
def test_a_platform_that_go_gave_up(release: tuple[int, ...], gone: bool) -> None:
    assert bool(list(unsupported(Platform("windows", "arm"), {}, "go1", release))) is gone
    assert not list(unsupported(Platform("windows", "arm64"), {}, "go1", release))
