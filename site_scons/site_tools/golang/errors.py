"""The exceptions of the core. Each message stands alone: what was wanted, what was found, how to fix it.

    GolangError
    ├── RequestError     what the user asked for contradicts itself or cannot be had
    ├── ToolchainError   no usable Go or C toolchain
    ├── PackageError     the module or its packages cannot be read
    ├── PredictionError  the program cannot get the linkage it asks for (known before the compile)
    ├── InspectError     a file cannot be read as a binary
    └── LinkageError     the binary does not have the linkage it was asked for

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


class PredictionError(GolangError):
    """The program's imports rule out the linkage that was asked for."""


class InspectError(GolangError):
    """A file is not a binary that can be inspected: malformed, truncated or unreadable."""


class LinkageError(GolangError):
    """A binary was inspected and rejected."""
