"""The benchmarks' monorepo: drawn from its seed alone, with a package that all programs use and one that one uses."""

from __future__ import annotations

import pytest

from monorepo import HUB, Monorepo, make_monorepo


def closures(monorepo: Monorepo) -> dict[str, set[str]]:
    """Return the packages that every package needs, itself too, by path."""
    found: dict[str, set[str]] = {}
    for package in monorepo.packages:
        found[package.path] = {package.path}.union(*(found[path] for path in package.imports))
    return found


def test_the_files_follow_from_packages_programs_and_seed() -> None:
    once, again, other = (dict(make_monorepo(12, 3, seed).files()) for seed in (1, 1, 2))

    assert once == again
    assert once != other


@pytest.mark.parametrize(("packages", "programs"), [(12, 3), (50, 5), (500, 40), (2000, 200)])
def test_shape(packages: int, programs: int) -> None:
    monorepo = make_monorepo(packages, programs, 1)
    needed = closures(monorepo)
    mains = [needed[package.path] for package in monorepo.packages if package.is_main]
    leaf = monorepo.leaf_file.rpartition("/")[0]

    assert len(monorepo.packages) == packages
    assert len(set(monorepo.programs)) == len(mains) == programs
    assert all(HUB in closure for closure in mains)
    assert sum(leaf in closure for closure in mains) == 1
    # What no program uses no build would read.
    assert len(set.union(*mains)) >= 0.95 * packages


def test_a_monorepo_has_what_real_ones_have() -> None:
    files = dict(make_monorepo(2000, 200, 1).files())
    cgo = [path for path, text in files.items() if 'import "C"' in text]

    assert 10_500 <= len(files) <= 11_500
    assert 0.02 * 2000 <= len(cgo) <= 0.05 * 2000
    assert any("${SRCDIR}/../../../include" in files[path] for path in cgo)
    for wanted in ("//go:embed assets", "//go:build pro", 'import "net"', 'import "os/user"'):
        assert any(wanted in text for text in files.values()), wanted
    for ending in ("_test.go", "_linux.go", "_windows.go", "/native.h", "/assets/mail/welcome.txt"):
        assert any(path.endswith(ending) for path in files), ending


def test_too_few_packages_are_refused() -> None:
    with pytest.raises(SystemExit, match="11 packages for 3 programs are too few"):
        make_monorepo(11, 3, 1)
