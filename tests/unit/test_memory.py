"""How much memory there is: what Linux says, and what a container may use of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from golang.memory import available_memory

MEMINFO = "MemTotal:       24634120 kB\nMemAvailable:   20971520 kB\nBuffers:  1 kB\n"


@pytest.mark.parametrize(
    ("meminfo", "limits", "expected"),
    [
        (MEMINFO, (), 20 << 30),
        (MEMINFO, ("max\n", None), 20 << 30),
        (MEMINFO, ("2147483648\n",), 2 << 30),
        (MEMINFO, (None, "9223372036854771712\n"), 20 << 30),
        ("MemTotal: 1 kB\n", ("2147483648\n",), 0),
        (None, ("2147483648\n",), 0),
    ],
)
def test_available_memory(tmp_path: Path, meminfo: str | None, limits: tuple[str | None, ...], expected: int) -> None:
    def file(name: str, text: str | None) -> str:
        if text is not None:
            (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    files = tuple(file(str(number), text) for number, text in enumerate(limits))
    assert available_memory(file("meminfo", meminfo), files) == expected
