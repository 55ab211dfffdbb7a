"""What C may include, in whatever way it is written."""

from __future__ import annotations

import pytest

from golang.cincludes import Include, includes_of, includes_of_flags, includes_of_preambles

V = Include("v.h")


@pytest.mark.parametrize(
    "text",
    [
        '#include "v.h"\n',
        '  #  include   "v.h"  // why\r\n',
        '#import "v.h"',
        '#/**/include/* y */ "v.h"\n',
        '/* x */ #include "v.h"\n',
        '/* of\nlines */ #include "v.h"\n',
        '#inc\\\nlude "v.h"\n',
        '#include \\\r\n"v.h"\n',
        '%:include "v.h"\n',
        '#define H "v.h"\n#include H\n',
        '#if 0\n#include "v.h"\n#endif\n',
        'char quote = \'"\';\n#include "v.h"\n',
        '#error don\'t\n#include "v.h"\n',
    ],
)
def test_forms(text: str) -> None:
    assert includes_of(text) == (V,)


@pytest.mark.parametrize(
    "text",
    [
        '// #include "v.h"\n',
        '/*\n#include "v.h"\n*/\n',
        'int included; // include "v.h"\n',
        '#includes "v.h"\n',
        "#include H\n",
        'const char *text = "#include \\"v.h\\"";\n',
    ],
)
def test_what_includes_nothing(text: str) -> None:
    assert includes_of(text) == ()


def test_where_it_is_searched() -> None:
    assert includes_of("#include <sys//v.h>\n#include_next <v.h>\n") == (
        Include("sys//v.h", quoted=False),
        Include("v.h", quoted=False, everywhere=True),
    )


def test_preambles() -> None:
    text = """\
package p

// #define LINE "line.h"
// /* a comment of C */ #include "v.h"
// #include LINE
import "C"

/*
#include <block.h>
*/
import "C"
"""
    assert {one.name for one in includes_of_preambles(text)} == {"v.h", "line.h", "block.h"}


def test_flags() -> None:
    flags = ["-I.", "-include", "a.h", "-includeb.h", "-imacros", "/x/c.h", '-DH="d.h"', "-DI=<e.h>", "-DN=1"]
    assert [one.name for one in includes_of_flags(flags)] == ["a.h", "b.h", "/x/c.h", "d.h", "e.h"]
