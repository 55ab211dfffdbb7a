"""command: which programs may be built by one command."""

from __future__ import annotations

from types import SimpleNamespace

from golang._scons.command import can_share_command


def test_a_target_that_scons_is_done_with_shares_none() -> None:
    """SCons drops its executor, while another thread looks for what it can build together."""
    assert not can_share_command(SimpleNamespace(get_executor=lambda: None), {})
