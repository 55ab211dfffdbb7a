"""The table of construction variables: complete, documented, fresh for every environment. Needs no SCons."""

from __future__ import annotations

import enum

import pytest

from golang._scons.variables import TESTS, VARIABLES, Variable, defaults, markdown
from golang.goenv import BINARY_SETTINGS, CACHE_SETTINGS
from golang.linkage import Level, Linkage, Resolver, parse_choice
from golang.platform import ARCH_VARIANTS, Platform, host_libc, host_platform

BY_NAME = {variable.name: variable for variable in VARIABLES}


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(VARIABLES)


@pytest.mark.parametrize("variable", VARIABLES, ids=BY_NAME)
def test_variable_is_documented(variable: Variable) -> None:
    assert variable.doc.endswith(".")
    assert len(variable.doc.split()) >= 4
    assert variable.group
    assert variable.doc.count("`") % 2 == 0
    assert "|" not in variable.doc


@pytest.mark.parametrize("name", [*CACHE_SETTINGS, *ARCH_VARIANTS.values()])
def test_every_go_setting_that_is_read_has_a_variable(name: str) -> None:
    assert name in BY_NAME


def test_settings_of_binaries_have_variables() -> None:
    # GOFLAGS is refused as a variable of ours; PKG_CONFIG is adopted from the environment only.
    assert set(BINARY_SETTINGS) - set(BY_NAME) == {"GOFLAGS", "PKG_CONFIG"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("GOLINKAGE", Linkage), ("GORESOLVER", Resolver), ("GOVERIFY", Level), ("GOVERIFYNSS", Level),
        ("GOVERIFYDROPPEDCGO", Level), ("GOVERIFYRUNPATH", Level),
    ],
)  # fmt: skip
def test_choices_are_those_of_the_vocabulary(name: str, kind: type[enum.Enum]) -> None:
    variable = BY_NAME[name]
    assert variable.choices == tuple(member.value for member in kind)
    assert parse_choice(kind, variable.default, name)


def test_only_these_have_choices() -> None:
    assert sum(bool(variable.choices) for variable in VARIABLES) == 6


def test_what_cannot_change_a_binary_is_outside_the_signature() -> None:
    """E3: cache locations, job counts and what is printed."""
    outside = {variable.name for variable in VARIABLES if not variable.rebuilds and variable.group != TESTS}
    assert outside == {*CACHE_SETTINGS, "GOTARGETDIR", "GOCOMSTR", "GOGC", "GOJOBS", "GOPLATFORM"}


def test_what_recompiles_tests_is_told_from_what_runs_them_again() -> None:
    recompiles = {variable.name for variable in VARIABLES if variable.rebuilds and variable.group == TESTS}
    assert recompiles == {"GOTESTCOVER", "GOTESTCOVERMODE", "GOTESTCOVERPKG", "GOTESTVET"}


def test_defaults() -> None:
    values = defaults()
    assert set(values) == set(BY_NAME)
    assert (values["GOLINKAGE"], values["GORESOLVER"], values["GOLIBC"]) == ("dynamic", "libc", host_libc())
    assert Platform(values["GOOS"], values["GOARCH"]) == host_platform()
    assert (values["GOTRIMPATH"], values["GOBUILDVCS"], values["GOTOOLCHAIN"]) == (True, False, "local")
    assert (values["GOVERIFY"], values["GOVERIFYNSS"], values["GOVERIFYDROPPEDCGO"]) == ("error", "warn", "warn")


def test_defaults_are_fresh_for_every_environment() -> None:
    first = defaults()
    for value in first.values():
        if isinstance(value, list):
            value.append("x")
        elif isinstance(value, dict):
            value["x"] = "x"
    assert all(not value for value in defaults().values() if isinstance(value, (list, dict)))
    assert any(isinstance(value, dict) for value in first.values())


def test_markdown_has_a_row_for_each_variable() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [
        variable.name for group in dict.fromkeys(one.group for one in VARIABLES) for variable in VARIABLES if variable.group == group
    ]  # fmt: skip
    assert all(row.count("|") == 4 for row in rows)
    row = next(row for row in rows if row.startswith("| `GOLINKAGE`"))
    assert "`'dynamic'`" in row
    assert "One of `dynamic`, `static`, `static-libc`, `static-pie`." in row
    assert next(row for row in rows if "`GOCACHE`" in row).endswith("Outside the signature. |")


def test_markdown_does_not_depend_on_the_machine() -> None:
    for name in ("GOOS", "GOARCH", "GOLIBC"):
        assert f"| `{name}` | this machine's |" in markdown()
