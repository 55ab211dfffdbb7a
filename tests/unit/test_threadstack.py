"""threadstack: what the flags of a C compiler ask for (C16)."""

from __future__ import annotations

import pytest

from golang.threadstack import asked_stack, stack_flag


@pytest.mark.parametrize(
    ("flags", "size"),
    [
        ("", None),
        ("-static -lm -Wl,-z,relro", None),
        ("-Wl,-z,max-stack-size=1", None),
        (stack_flag(1 << 20), 1 << 20),
        ("-Wl,-z,stack-size=0x100000", 1 << 20),
        ("-Wl,-z,stack-size=010", 8),
        ("-Wl,-z,stack-size=1,-z,now", 1),
        ("-Wl,-z -Wl,stack-size=7", 7),
        ("-z stack-size=7", 7),
        ("-Xlinker -z -Xlinker stack-size=7", 7),
        ("-Wl,-z,stack-size=7 -Wl,-z,stack-size=5", 5),
        ("-Wl,-z,stack-size=7,-z,stack-size=5", 5),
        ("-Wl,-z,stack-size=8M", 0),
    ],
)
def test_size_that_flags_ask_for(flags: str, size: int | None) -> None:
    assert asked_stack(flags.split()) == size
