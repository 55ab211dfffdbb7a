"""GOTESTCOVER where Go is shown more than stands in a package's folder: go's cover command reads files from disk only."""

from __future__ import annotations

import pytest

from harness import Project

pytestmark = pytest.mark.live

FILES = {
    "go.mod": "module example.org/m\n\ngo 1.21\n",
    "c/core.c": "int core(void) { return 40; }\n",
    "c/core.h": "int core(void);\nstatic inline int more(void) { return 2; }\n",
    "sum/sum.go": (
        'package sum\n\n// #include "core.h"\nimport "C"\n\n'
        "// Sum returns what C says.\nfunc Sum() int { return int(C.core() + C.more()) }\n"
    ),
    "sum/sum_test.go": 'package sum\n\nimport "testing"\n\nfunc TestSum(t *testing.T) { t.Log("sum", Sum()) }\n',
    "made/made.txt": "package made\n\n// Made returns one.\nfunc Made() int { return 1 }\n",
    "made/use.go": "package made\n\n// Use returns two.\nfunc Use() int { return Made() + 1 }\n",
    "made/made_test.go": 'package made\n\nimport "testing"\n\nfunc TestMade(t *testing.T) { t.Log(Use()) }\n',
}


def test_a_package_over_c_of_the_build(project: Project) -> None:
    """And it is tested again exactly when what it includes or links changes."""
    project.write(FILES)
    project.sconstruct(
        'core = env.StaticLibrary("build/core", "c/core.c")\n'
        'env.GoTest("sum", linkage=["dynamic", "static-libc"], GOTESTCOVER=True, GOTESTVERBOSE=True,\n'
        '           CPPPATH=["c"], LIBS=[core])',
        tools='"default", ',
    )
    for file, old, new, says in (
        ("c/core.h", "2", "2", 42), ("c/core.h", "2", "3", 43), ("c/core.c", "40", "50", 53),
    ):  # fmt: skip
        project.write({file: FILES[file].replace(old, new)})
        outcome = project.scons("test")
        assert outcome.stdout.count("1 test passed, coverage: 100.0% of statements") == 2, outcome.text
        assert f"sum {says}" in "".join(file.read_text() for file in project.path.rglob("*.xml"))
        assert "example.org/m/sum/sum.go:" in (project / "build/dynamic/test/coverage.out").read_text()
        project.up_to_date("test")


def test_a_package_that_is_generated_elsewhere(project: Project) -> None:
    project.write({**FILES, "SConscript": 'Import("env")\nenv.Command("made/made.go", "made/made.txt", "cp $SOURCE $TARGET")\n'
                   'env.GoTest("made", linkage="static", GOTESTCOVER=True)\n'})  # fmt: skip
    project.sconstruct('SConscript("SConscript", exports="env", variant_dir="build", duplicate=0)')
    message = project.scons("test", status=2).stderr
    assert f"wanted: coverage of {project / 'made/made.go'}\n" in message
    assert f"found:  {project / 'build/made/made.go'}, generated outside of the source tree\n" in message
    assert "why:    go's cover command reads files from disk only" in message
