"""Record what `go list` prints for the fixtures below: `python record.py` rewrites the JSON files beside it.

Paths become /src, /goroot and /modcache. Of packages of the standard library only what makes the graph is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
sys.path.insert(0, str(ROOT / "site_scons" / "site_tools"))

from golang.golist import _FIELDS, decode_stream  # noqa: E402

FILES = {
    "app/go.mod": """\
module example.org/app

go 1.22

require example.org/lib v1.2.0

replace example.org/lib => ../lib
""",
    "app/cmd/app/main.go": """\
package main

import (
	"embed"
	"fmt"

	"example.org/app/dial"
	"example.org/app/native"
	"example.org/lib"
)

//go:embed static
var pages embed.FS

func main() { fmt.Println(dial.Host(), native.Answer(), lib.Name, pages) }
""",
    "app/cmd/app/static/a.txt": "a\n",
    "app/cmd/app/static/deep/b.txt": "b\n",
    "app/dial/dial.go": """\
package dial

import "net"

func Host() []string { hosts, _ := net.LookupHost("localhost"); return hosts }
""",
    "app/native/native.go": """\
package native

/*
#cgo CPPFLAGS: -DA=1
#cgo CXXFLAGS: -DC=1
#cgo LDFLAGS: -L${SRCDIR}/lib -lfoo -lm
#include "answer.h"
*/
import "C"

func Answer() int { return int(C.answer()) }
""",
    "app/native/answer.cc": 'extern "C" int answer(void) { return 42; }\n',
    "app/native/answer.h": "int answer(void);\n",
    "app/native/native_nocgo.go": """\
//go:build !cgo

package native

func Answer() int { panic("native requires cgo to work") }
""",
    "app/native/native_windows.go": 'package native\n\nimport "C"\n\nfunc Windows() {}\n',
    "lib/go.mod": "module example.org/lib\n\ngo 1.20\n",
    "lib/lib.go": 'package lib\n\nconst Name = "lib"\n',
    "bare/go.mod": "module example.org/bare\n\ngo 1.21\n",
    "bare/main.go": "package main\n\nfunc main() {}\n",
    "broken/go.mod": "module example.org/broken\n\ngo 1.21\n",
    "broken/main.go": """\
package main

import (
	_ "embed"

	_ "example.org/broken/onlycgo"
	_ "example.org/broken/windows"
	_ "example.org/missing"
)

//go:embed nothing.txt
var text string

func main() {}
""",
    "broken/onlycgo/f.go": 'package onlycgo\n\nimport "C"\n\nfunc F() {}\n',
    "broken/windows/f_windows.go": 'package windows\n\nimport "C"\n\nfunc F() {}\n',
    "vendored/go.mod": "module example.org/vendored\n\ngo 1.21\n\nrequire example.org/lib v1.2.0\n",
    "vendored/main.go": 'package main\n\nimport "example.org/lib"\n\nfunc main() { println(lib.Name) }\n',
    "vendored/vendor/modules.txt": "# example.org/lib v1.2.0\n## explicit; go 1.20\nexample.org/lib\n",
    "vendored/vendor/example.org/lib/lib.go": 'package lib\n\nconst Name = "vendored"\n',
    "cached/go.mod": "module example.org/cached\n\ngo 1.21\n\nrequire github.com/mattn/go-sqlite3 v1.14.32\n",
    "cached/main.go": 'package main\n\nimport _ "github.com/mattn/go-sqlite3"\n\nfunc main() {}\n',
}
RECORDS = {
    "app_cgo": ("app/cmd/app", "1", ()),
    "app_pure": ("app/cmd/app", "0", ()),
    "app_netgo": ("app/cmd/app", "1", ("-tags=netgo,osusergo",)),
    "bare": ("bare", "1", ()),
    "race": ("bare", "1", ("-race",)),
    "broken": ("broken", "0", ()),
    "vendored": ("vendored", "0", ()),
    "cached": ("cached", "0", ("-mod=mod",)),
}
KEPT_OF_STANDARD = (
    "ImportPath",
    "Dir",
    "Name",
    "Standard",
    "DepOnly",
    "Imports",
    "ImportMap",
    "CgoFiles",
    "CgoLDFLAGS",
)


def main() -> None:
    """Write every record."""
    environ = {**os.environ, "GOFLAGS": "", "GOWORK": "off", "GOOS": "linux", "GOARCH": "amd64"}
    goroot, cache = subprocess.check_output(["go", "env", "GOROOT", "GOMODCACHE"], text=True).split()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            file = Path(folder, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        for name, (directory, cgo, flags) in RECORDS.items():
            argv = ["go", "list", "-e", "-deps", f"-json={_FIELDS}", *flags, "."]
            cwd = Path(folder, directory)
            text = subprocess.check_output(argv, cwd=cwd, env={**environ, "CGO_ENABLED": cgo}, text=True)
            for place, shown in ((folder, "/src"), (cache, "/modcache"), (goroot, "/goroot")):
                text = text.replace(place, shown)
            shown = [json.dumps(_trimmed(package)) for package in decode_stream(text)]
            (HERE / f"{name}.json").write_text("\n".join(shown) + "\n")


def _trimmed(package: dict[str, object]) -> dict[str, object]:
    if not package.get("Standard"):
        return package
    return {name: package[name] for name in KEPT_OF_STANDARD if name in package}


if __name__ == "__main__":
    main()
