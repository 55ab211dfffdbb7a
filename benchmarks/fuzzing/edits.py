"""The edits of a fuzz run. Each changes a module in place and says what it did; empty if there was nothing to do."""

from __future__ import annotations

import random
from collections.abc import Callable

from .model import BROKEN, CGO, DEP_COPIES, MODULE, Module, Package, Source, number

Edit = Callable[[random.Random, Module], str]

CONSTRAINTS = ("", "", "linux", "windows", "extra", "!extra", "pro && linux", "cgo", "!cgo", "ignore")
STEMS = ("more", "other", "zeta", "Upper", "_off", "aa")
SUFFIXES = ("", "", "", "_linux", "_windows", "_unix", "_test")
PATTERNS = ("data", "all:data", "data/*.txt", "data/a.txt data/sub", "data/*")
DATA = ("a.txt", "b.md", "x.txt", ".hidden", "_under", "sub/c.txt", "sub/.d", "sub/e.txt", "new/f.txt")
OPTIONAL = (
    "shadow/shared.h",
    "shadow/deep.h",
    "include/optional.h",
    "lib/c/shared.h",
    "lib/d/shared.h",
    "lib/c/more.c",
)
IRRELEVANT = ("README", "docs/note.md", "lib/p0/testdata/t.go", "cmd/notes.txt", ".hidden/x.go", "lib/_old/old.go")
SETTINGS: dict[str, tuple[object, ...]] = {
    "GOLDFLAGS": (["-s", "-w"], ["-s"]),
    "GOXDEFS": ({"main.version": "1.2"}, {"main.version": "1.3"}),
    "GOGCFLAGS": (["-N"],),
    "GORESOLVER": ("go",),
}


def _sources(module: Module, *, base: bool = True) -> list[tuple[str, str, Source]]:
    """Return package directory, name and self of every Go file; without ``base``, those that may go."""
    return [
        (path, name, source)
        for path, package in module.packages.items()
        for name, source in package.files.items()
        if base or not source.base
    ]


def edit_body(rng: random.Random, module: Module) -> str:
    """Change what a Go file computes."""
    path, name, source = rng.choice(_sources(module))
    source.number = number(rng)
    return f"body of {path}/{name}"


def edit_comment(rng: random.Random, module: Module) -> str:
    """Change a comment of a Go file."""
    path, name, source = rng.choice(_sources(module))
    source.comment = number(rng)
    return f"comment of {path}/{name}"


def add_import(rng: random.Random, module: Module) -> str:
    """Import one more package."""
    path, name, source = rng.choice(_sources(module))
    choices = [one for one in module.importable(path) if one not in source.imports]
    if not choices:
        return ""
    source.imports = sorted([*source.imports, chosen := rng.choice(choices)])
    return f"{path}/{name} imports {chosen}"


def remove_import(rng: random.Random, module: Module) -> str:
    """Import one package less."""
    path, name, source = rng.choice(_sources(module))
    if not source.imports:
        return ""
    source.imports.remove(chosen := rng.choice(source.imports))
    return f"{path}/{name} no longer imports {chosen}"


def _new_name(rng: random.Random, package: Package) -> str:
    name = f"{rng.choice(STEMS)}{rng.choice(SUFFIXES)}.go"
    return "" if name in package.files else name


def add_file(rng: random.Random, module: Module) -> str:
    """Add a Go file, selected or not."""
    path, package = rng.choice(list(module.packages.items()))
    name = _new_name(rng, package)
    if not name:
        return ""
    package.files[name] = Source(number(rng), constraint=rng.choice(CONSTRAINTS))
    return f"new {path}/{name} ({package.files[name].constraint})"


def remove_file(rng: random.Random, module: Module) -> str:
    """Remove a Go file that its package can do without."""
    extra = _sources(module, base=False)
    if not extra:
        return ""
    path, name, _ = rng.choice(extra)
    del module.packages[path].files[name]
    return f"no more {path}/{name}"


def rename_file(rng: random.Random, module: Module) -> str:
    """Rename a Go file, which may change whether it is selected."""
    path, name, source = rng.choice(_sources(module))
    package = module.packages[path]
    new = rng.choice(("base.go", "main.go", "zz.go")) if source.base else _new_name(rng, package)
    if not new or new in package.files:
        return ""
    package.files[new] = package.files.pop(name)
    return f"{path}/{name} renamed {new}"


def flip_constraint(rng: random.Random, module: Module) -> str:
    """Change the build constraint of a Go file."""
    extra = _sources(module, base=False)
    if not extra:
        return ""
    path, name, source = rng.choice(extra)
    source.constraint = rng.choice([one for one in CONSTRAINTS if one != source.constraint])
    return f"constraint of {path}/{name}: {source.constraint}"


def link_file(rng: random.Random, module: Module) -> str:
    """Put a symbolic link in a Go file's place, or the file in the link's."""
    path, name, source = rng.choice(_sources(module))
    source.linked = not source.linked
    return f"{path}/{name} is {'a link' if source.linked else 'no link'}"


def edit_embed(rng: random.Random, module: Module) -> str:
    """Edit, add, remove or move an embedded file, or change the pattern."""
    package = module.packages["lib/e"]
    how, known = rng.choice(("edit", "add", "add", "remove", "move", "pattern")), sorted(package.data)
    chosen, new = rng.choice(known), f"data/{rng.choice(DATA)}"
    if how == "pattern":
        package.pattern = rng.choice(PATTERNS)
        return f"embed pattern {package.pattern}"
    if how in {"add", "move"} and new in package.data:
        return ""
    if how == "remove" and (len(known) == 1 or chosen == "data/a.txt"):
        return ""
    if how == "edit":
        package.data[chosen] = number(rng)
    if how in {"add", "move"}:
        package.data[new] = number(rng) if how == "add" else package.data[chosen]
    if how in {"remove", "move"}:
        del package.data[chosen]
    return f"embed {how} {new if how == 'add' else chosen}"


def edit_other(rng: random.Random, module: Module) -> str:
    """Change a header, a C source, an archive, or what SCons generates from."""
    path = rng.choice([path for path in module.others if path not in IRRELEVANT])
    module.others[path] = number(rng)
    return f"content of {path}"


def toggle_optional(rng: random.Random, module: Module) -> str:
    """Let a C file come or go: a header that hides another one, one that is only asked for, a second source."""
    path = rng.choice(OPTIONAL)
    if path in module.others:
        del module.others[path]
        return f"no more {path}"
    module.others[path] = number(rng)
    return f"new {path}"


def edit_irrelevant(rng: random.Random, module: Module) -> str:
    """Change a file that no program consists of."""
    path = rng.choice(IRRELEVANT)
    module.others[path] = number(rng)
    return f"irrelevant {path}"


def edit_directive(rng: random.Random, module: Module) -> str:
    """Change a #cgo line or a C preamble."""
    path = rng.choice([path for path, package in module.packages.items() if package.kind in CGO])
    module.packages[path].flag = number(rng)
    return f"#cgo lines or preamble of {path}"


def edit_go_mod(rng: random.Random, module: Module) -> str:
    """Change go.mod, or let go.work come or go."""
    how = rng.choice(("go", "replace", "remark", "workspace"))
    if how == "go":
        module.go = rng.choice([one for one in ("1.20", "1.21", "1.22") if one != module.go])
        return f"go.mod: go {module.go}"
    if how == "replace":
        module.dep = DEP_COPIES[1 - DEP_COPIES.index(module.dep)]
        return f"go.mod: replace {module.dep}"
    if how == "remark":
        module.remark = number(rng)
        return "comment of go.mod"
    module.workspace = not module.workspace
    return f"go.work {'appears' if module.workspace else 'disappears'}"


def edit_settings(rng: random.Random, module: Module) -> str:
    """Change what the SConstruct sets or what the command line says."""
    name = rng.choice(["tags", *SETTINGS])
    if name == "tags":
        module.tags = rng.choice([one for one in ((), ("extra",), ("extra", "pro"), ("pro",)) if one != module.tags])
        return f"tags {' '.join(module.tags)}"
    if module.settings.pop(name, None) is not None and rng.random() < 0.5:
        return f"{name} unset"
    module.settings[name] = rng.choice(SETTINGS[name])
    return f"{name} {module.settings[name]}"


def edit_programs(rng: random.Random, module: Module) -> str:
    """Let the directory of a program or of a library come or go."""
    path = rng.choice(("cmd/c", "cmd/new", "lib/late"))
    if path not in module.packages:
        module.packages[path] = Package({"base.go": Source(number(rng), base=True)})
        imported = rng.sample(module.importable(path), 2)
        module.packages[path].files["base.go"].imports = sorted(imported)
        return f"new {path}"
    if any(f"{MODULE}/{path}" in source.imports for _, _, source in _sources(module)):
        return ""
    del module.packages[path]
    return f"no more {path}"


def break_something(rng: random.Random, module: Module) -> str:
    """Write what does not compile, in Go or in C."""
    if rng.random() < 0.2:
        module.others["include/deep.h"] = 0
        return "broken include/deep.h"
    path, name, source = rng.choice(_sources(module))
    source.broken = rng.choice(list(BROKEN))
    return f"broken ({source.broken}) {path}/{name}"


def fix(rng: random.Random, module: Module) -> str:
    """Make everything compile again."""
    for package in module.packages.values():
        for source in package.files.values():
            source.broken = ""
    module.others["include/deep.h"] = module.others["include/deep.h"] or number(rng)
    embed = module.packages["lib/e"]
    embed.pattern = "data"
    embed.data.setdefault("data/a.txt", number(rng))
    return "all compiles again"


EDITS: dict[Edit, int] = {
    edit_body: 6,
    edit_comment: 3,
    add_import: 4,
    remove_import: 3,
    add_file: 3,
    remove_file: 2,
    rename_file: 3,
    flip_constraint: 3,
    link_file: 1,
    edit_embed: 5,
    edit_other: 5,
    toggle_optional: 3,
    edit_irrelevant: 1,
    edit_directive: 1,
    edit_go_mod: 3,
    edit_settings: 3,
    edit_programs: 2,
    break_something: 2,
}


def edit(rng: random.Random, module: Module) -> str:
    """Do one edit; return what it was."""
    while True:
        done = rng.choices(list(EDITS), list(EDITS.values()))[0](rng, module)
        if done:
            return done
