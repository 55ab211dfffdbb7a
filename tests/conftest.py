"""Fixtures for tests that run scons."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)
