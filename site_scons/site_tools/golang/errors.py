"""The exceptions of the core. Each message stands alone: what was wanted, what was found, how to fix it.

    GolangError
    ├── RequestError     what the user asked for contradicts itself or cannot be had
    ├── ToolchainError   no usable Go or C toolchain
    ├── PackageError     the module or its packages cannot be read
    └── InspectError     a file cannot be read as a binary

What is wrong with a program is no exception but a finding (``finding``), so that all of it is told.
The SCons shell turns them into ``UserError`` (read time) or ``BuildError`` (build time).
"""

from __future__ import annotations


class GolangError(Exception):
    """Base of every error of this package; ``str()`` of it is meant for the user."""


class RequestError(GolangError):
    """A request contradicts itself, or asks for what its platform cannot do."""


class ToolchainError(GolangError):
    """A Go or C toolchain is missing, too old or not what was asked for."""


class PackageError(GolangError):
    """A Go module, workspace or package cannot be read."""


class InspectError(GolangError):
    """A file is not a binary that can be inspected: malformed, truncated or unreadable."""
