"""Becomes the program that is tried out: ``trial`` runs it as a script, in a process of its own.

``launcher.py REPORT ISOLATION EMULATOR PROGRAM ARGV...``; the working directory becomes the root where ISOLATION says
so. REPORT says which step was the last one, and the number of its error if it failed. Imports nothing of this package:
Python runs it without any.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import struct
import sys
import time

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG = 1
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), "")


def _namespace() -> None:
    """Make the working directory the root, as any user: in user and network namespaces of this process's own."""
    user, group = os.geteuid(), os.getegid()
    _check(_LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as stream:
            stream.write(text)
    # A program may well talk to itself.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))
    _chroot()


def _chroot() -> None:
    """Make the working directory the root, as root may."""
    os.chroot(".")
    os.chdir("/")


def _nothing() -> None:
    """Leave the root as it is."""


_ISOLATIONS = {"namespace": _namespace, "chroot": _chroot, "none": _nothing}


def _become(executable: str | int, argv: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not sooner: a change of namespace takes it back.
    _check(_LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL))
    for _ in range(50):
        try:
            os.execve(executable, argv, {})  # noqa: S606 - no shell is wanted
        except OSError as error:
            # Another thread may have started a process while the program was copied, which still has it open.
            if error.errno != errno.ETXTBSY:
                raise
        time.sleep(0.02)
    raise OSError(errno.ETXTBSY, "")


def main(report: str, isolation: str, emulator: str, program: str, *argv: str) -> int:
    """Become the program, or write to the report why not, and return 127."""
    channel = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    step = "isolate"
    try:
        # In another root it is not found by its path.
        found = os.open(emulator, os.O_PATH | os.O_CLOEXEC) if emulator and isolation != "none" else emulator
        _ISOLATIONS[isolation]()
        step = "start"
        os.write(channel, step.encode())
        _become(found or program, list(argv))
    except OSError as error:
        os.pwrite(channel, f"{step} {error.errno}".encode(), 0)
    return 127


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
