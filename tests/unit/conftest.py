"""Fixtures for tests of what is kept between runs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest


@pytest.fixture
def age(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let ten seconds pass: every file on disk is old from then on."""
    now, passed = time.time_ns, 0

    def pass_time() -> None:
        nonlocal passed
        passed += 10_000_000_000

    monkeypatch.setattr(time, "time_ns", lambda: now() + passed)
    return pass_time
