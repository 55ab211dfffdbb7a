"""Renew ``docs/variables.md`` from the table of construction variables: ``python3 docs/variables.py``."""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
INTRODUCTION = """\
# Construction variables

Set them in an environment or in a builder call (`env.GoProgram(..., GOTAGS=["pro"])`). Those with choices, and GO,
GOVERSION, GOOS, GOARCH, GOTAGS, GORACE and GOVERIFYGLIBC can be set on the command line after
`golang.add_variables` (see the README); any other one there is warned of.

A change of any of them rebuilds exactly the programs that it concerns, but for those marked as outside the
signature: they cannot change a binary. A change of those about the proof only proves again, except
where `GOMINSTACK` or `GOVERIFYNSS` also has the linker told.

"""


def page() -> str:
    """Return the page."""
    sys.path.insert(0, str(DOCS.parent / "site_scons" / "site_tools"))
    from golang._scons.variables import markdown

    return INTRODUCTION + markdown().rstrip() + "\n"


if __name__ == "__main__":
    (DOCS / "variables.md").write_text(page(), encoding="utf-8")
