"""The libraries that an operating system itself has, on every machine, by the format of its programs. Pure.

On macOS and Windows no program can do without some of them, so there ``static`` means: these, and nothing else
(linkage cases C19, C28).
"""

from __future__ import annotations

import fnmatch

_ALWAYS_LOADED = {
    # Those that Go's own library is linked against on darwin: the //go:cgo_import_dynamic lines of runtime, syscall,
    # internal/syscall/unix and crypto/x509/internal/macos.
    "Mach-O": (
        "/usr/lib/libSystem.B.dylib",
        "/usr/lib/libresolv.9.dylib",
        "/System/Library/Frameworks/CoreFoundation.framework/Versions/A/CoreFoundation",
        "/System/Library/Frameworks/Security.framework/Versions/A/Security",
    ),
    # Those that Go's own library is linked against or asks for (cmd/link's kernel32.dll; the //sys lines of syscall,
    # internal/syscall/windows and golang.org/x/sys/windows), and the C run-time library of Windows 10 and later.
    "PE": (
        "advapi32.dll", "bcryptprimitives.dll", "cfgmgr32.dll", "crypt32.dll", "dnsapi.dll", "iphlpapi.dll",
        "kernel32.dll", "kernelbase.dll", "mswsock.dll", "msvcrt.dll", "netapi32.dll", "ntdll.dll", "ole32.dll",
        "powrprof.dll", "psapi.dll", "secur32.dll", "setupapi.dll", "shell32.dll", "ucrtbase.dll", "user32.dll",
        "userenv.dll", "version.dll", "winmm.dll", "wintrust.dll", "ws2_32.dll", "wtsapi32.dll",
        "api-ms-win-*.dll",
    ),
}  # fmt: skip
_INSTALLED = {
    "Mach-O": ("/usr/lib/*", "/System/Library/*"),
    "PE": (
        *_ALWAYS_LOADED["PE"],
        "bcrypt.dll", "comctl32.dll", "comdlg32.dll", "dbghelp.dll", "dwmapi.dll", "gdi32.dll", "hid.dll", "imm32.dll",
        "ncrypt.dll", "normaliz.dll", "oleaut32.dll", "opengl32.dll", "pdh.dll", "propsys.dll", "rpcrt4.dll",
        "shcore.dll", "shlwapi.dll", "uxtheme.dll", "winhttp.dll", "wininet.dll", "winspool.drv", "wldap32.dll",
        "ext-ms-win-*.dll",
    ),
}  # fmt: skip


def is_always_loaded(file_format: str, library: str) -> bool:
    """Return whether programs of a format (``Mach-O``, ``PE``) load this library whatever they are made of."""
    return matches(file_format, library, _ALWAYS_LOADED.get(file_format, ()))


def is_installed(file_format: str, library: str) -> bool:
    """Return whether the library is part of the operating system, so that every machine has it."""
    return matches(file_format, library, _INSTALLED.get(file_format, ()))


def matches(file_format: str, library: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the shell patterns is for a library. Windows does not tell upper and lower case apart."""
    if file_format == "PE":
        library, patterns = library.lower(), tuple(pattern.lower() for pattern in patterns)
    return any(fnmatch.fnmatchcase(library, pattern) for pattern in patterns)
