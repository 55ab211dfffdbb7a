"""Projects that several files of tests copy: built once in each process."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("exactness")

from exactness import make_base  # noqa: E402

from harness import Project  # noqa: E402


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project of the exactness tests, built."""
    return make_base(tmp_path_factory.mktemp("exactness"))
