"""Libraries that a SConscript of a folder declares: their own LIBS and LIBPATH are about that folder, then and later."""

from __future__ import annotations

import pytest

from harness import Project, needed

pytestmark = pytest.mark.live

ASKS = 'package main\n\n// int core(void);\nimport "C"\n\nfunc main() { println(C.core()) }\n'
API = """\
package main

// int core(void);
import "C"

//export Answer
func Answer() C.int { return C.core() }

func main() {}
"""
FILES = {
    "code/go.mod": "module example.org/m\n\ngo 1.21\n",
    "code/app/main.go": ASKS,
    "code/api/main.go": API,
    "code/src/base.c": "int base(void) { return 5; }\n",
    "code/src/core.c": "int base(void);\nint core(void) { return 10 * base(); }\n",
    "code/src/main.c": '#include <stdio.h>\n#include "libapi.h"\nint main(void) { printf("%d\\n", Answer()); }\n',
    "src/base.c": "int base(void) { return 666; }\n",
}
SCONSTRUCT = """
others = Environment()
others.StaticLibrary("lib/base", "src/base.c")
SConscript("code/SConscript", exports="env others", {variant})
"""
LIBRARIES = """
base = others.StaticLibrary("lib/base", "src/base.c")
core = {env}.StaticLibrary("lib/core", "src/core.c", LIBS=["base"], LIBPATH=["lib"])
"""
PROGRAMS = """
env.GoProgram("bin/app", "app", linkage="dynamic", LIBS={core}, LIBPATH={folder})
api = env.GoStaticLibrary("out/api", "api", LIBS={core}, LIBPATH={folder})
env.Program("bin/prog", "src/main.c", CPPPATH=["out"], LIBS=api)
"""
BY_NODE, BY_NAME = {"core": "[core]", "folder": "[]"}, {"core": '["core"]', "folder": '["lib"]'}


@pytest.mark.parametrize("variant", ["", "variant_dir='build', duplicate=0"])
@pytest.mark.parametrize(
    "body",
    [
        LIBRARIES.format(env="env") + PROGRAMS.format(**BY_NODE),
        LIBRARIES.format(env="others") + PROGRAMS.format(**BY_NODE),
        LIBRARIES.format(env="others") + PROGRAMS.format(**BY_NAME),
        PROGRAMS.format(**BY_NAME) + LIBRARIES.format(env="env"),
    ],
    ids=["own", "another environment", "by name", "declared after"],
)
def test_the_first_build_links_what_later_ones_do(project: Project, variant: str, body: str) -> None:
    """SCons forgets a library's SConscript once the library is built; in the top folder is another of its name."""
    project.write({**FILES, "code/SConscript": 'Import("env", "others")\n' + body})
    project.sconstruct(SCONSTRUCT.format(variant=variant), tools='"default", ')
    project.scons()
    for program in ("app", "prog"):
        [file] = (project / ("build" if variant else "code")).glob(f"bin/{program}")
        assert project.run(str(file), check=True).text.strip() == "50"
    project.up_to_date()


@pytest.mark.parametrize("variant", ["", "variant_dir='build', duplicate=0"])
def test_a_versioned_shared_library_by_name(project: Project, variant: str) -> None:
    """What SCons makes is called libcore.so.1.2.3; the name is that of a symbolic link to it."""
    files = {name: text for name, text in FILES.items() if name.startswith("code/")}
    project.write({**files, "code/src/core.c": "int core(void) { return 50; }\n", "code/lib/README": "a folder\n"})
    declared = """
Import("env")
env.SharedLibrary("lib/core", "src/core.c", SHLIBVERSION="1.2.3")
env.GoProgram("bin/app", "app", linkage="dynamic", LIBS=["core"], LIBPATH=["lib"], RPATH=[Literal("\\\\$$ORIGIN/../lib")])
"""
    project.write({"code/SConscript": declared})
    project.sconstruct(f'SConscript("code/SConscript", exports="env", {variant})', tools='"default", ')
    project.scons()
    app = project / ("build" if variant else "code") / "bin/app"
    assert "libcore.so.1" in needed(app)
    assert project.run(str(app), check=True).text.strip() == "50"
    project.up_to_date()


def test_a_folder_called_like_a_library_is_none(project: Project) -> None:
    project.write({**FILES, "code/lib/libcore.a/inside": ""})
    project.sconstruct('env.GoProgram("app", "code/app", linkage="dynamic", LIBS=["core"], LIBPATH=["code/lib"])')
    outcome = project.scons(status=2)
    assert "Traceback" not in outcome.text
    assert "TypeError" not in outcome.text
