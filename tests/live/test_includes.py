"""A header is an input however it is included: what was missed would be stale for ever, for Go's cache misses it too."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import Project

pytestmark = pytest.mark.live

MAIN = 'package main\n\n{preamble}\nimport "C"\n\nfunc main() {{ println(C.VALUE) }}\n'
VALUE = "#define VALUE {}\n"


FORMS = {
    "macro": {"inc/cfg.h": '#define CONFIG "v.h"\n#include CONFIG\n'},
    "macro of a flag": {"inc/cfg.h": "#include CONFIG\n"},
    "next": {"first/cfg.h": "#include_next <cfg.h>\n", "inc/cfg.h": '#include "v.h"\n'},
    "comments": {"inc/cfg.h": '/* x */ #/**/include/* y */ "v.h"\n'},
    "continued": {"inc/cfg.h": '#inc\\\nlude "v.h"\n'},
    "digraph": {"inc/cfg.h": '%:include "v.h"\n'},
}


@pytest.mark.parametrize("form", FORMS)
def test_forms(project: Project, form: str) -> None:
    project.write(
        {"go.mod": "module example.org/m\n\ngo 1.21\n", "inc/v.h": VALUE.format(111), **FORMS[form],
         "app/main.go": MAIN.format(preamble='// #include "cfg.h"'), "plain/main.go": "package main\n\nfunc main() {}\n"}
    )  # fmt: skip
    project.sconstruct(
        "env.Append(CPPPATH=['first', 'inc'], CPPDEFINES=[('CONFIG', '\\\\\"v.h\\\\\"')] if ARGUMENTS.get('DEFINE') else [])\n"
        'env.GoProgram("build/app", "app", linkage="dynamic")\nenv.GoProgram("build/plain", "plain", linkage="dynamic")\n',
        tools='"default", ',
    )
    arguments = ["DEFINE=1"] if form == "macro of a flag" else []
    project.scons(*arguments)
    assert said(project) == "111"
    project.write({"inc/v.h": VALUE.format(222)})
    assert project.scons(*arguments).built == ["build/app"]
    assert said(project) == "222"
    project.up_to_date(*arguments)


def test_macros_from_a_file(project: Project, tmp_path: Path) -> None:
    header = tmp_path / "v.h"
    header.write_text(VALUE.format(111))
    project.module({"main.go": MAIN.format(preamble="// int unused;")})
    project.sconstruct(f"env.GoProgram('build/app', '.', linkage='dynamic', CGO_CFLAGS='-imacros {header}')")
    project.scons()
    assert said(project) == "111"
    header.write_text(VALUE.format(222))
    project.scons()
    assert said(project) == "222"


def said(project: Project) -> str:
    return project.run("build/app", check=True).stderr.strip()
