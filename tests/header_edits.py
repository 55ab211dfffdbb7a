"""Edits of Go files that `go list` does not notice, and such that it may notice: a name, the text before and after."""

from __future__ import annotations

PLAIN = """\
// Copyright 2026 The Authors.

//go:build linux

// Package p does.
package p

import (
	// For printing.
	"fmt"
	short "os"
)

import _ "strings" // And this.

// F prints.
func F() { fmt.Println(short.Args) }
"""

CGO = """\
package p

/*
#cgo CFLAGS: -DA=1
#include "p.h"
int one(void);
*/
import "C"

func F() int { return int(C.one()) }
"""

LINES = """\
package p

// #cgo LDFLAGS: -lm
// int one(void);
import "C"
"""

BLOCK = """\
package p

/* #cgo LDFLAGS: -lm */
import "C"
"""

EMBED = """\
package p

import _ "embed"

//go:embed a.txt
var a string

func F() {
}
"""

BARE = "package p\n\nvar x = 1\n"


def edited(text: str, old: str, new: str) -> tuple[str, str]:
    assert old in text
    return text, text.replace(old, new)


UNNOTICED = {
    "license": edited(PLAIN, "2026 The Authors", "2027 Others"),
    "comment-before-package": edited(PLAIN, "Package p does.", 'Package p says package q; import "C".'),
    "new-comment-on-top": (PLAIN, "// SPDX-License-Identifier: MIT\n" + PLAIN),
    "block-comment-on-top": (PLAIN, '/*\npackage q\nimport "C"\n*/\n' + PLAIN),
    "comment-after-package": edited(PLAIN, "package p\n", "package p // import elsewhere\n"),
    "comment-between-imports": edited(PLAIN, "// For printing.", '// "C"'),
    "comment-after-import": edited(PLAIN, "// And this.", "/* func */"),
    "spaces": edited(PLAIN, '\t"fmt"\n', '\n\n\t\t"fmt"   \n\n'),
    "body": edited(PLAIN, "fmt.Println(short.Args)", "fmt.Println(1)"),
    "declaration-added": (PLAIN, PLAIN + '\nconst text = `package q\nimport "C"\n//go:build windows\n`\n'),
    "import-in-a-string": (PLAIN, PLAIN + '\nvar text = "import \\"C\\" //go:build x"\n'),
    "constraint-after-package": edited(PLAIN, "package p\n", "package p\n\n//go:build windows\n"),
    "plus-build-beside-go-build": edited(PLAIN, "//go:build linux\n", "//go:build linux\n// +build linux\n"),
    "plus-build-next-to-package": (BARE, "// +build windows\n" + BARE),
    "debug-in-the-body": (BARE, BARE + "\n//go:debug panicnil=1\n"),
    "preamble": edited(CGO, "int one(void);", "int one(void); int two(void);"),
    "include": edited(CGO, "p.h", "q.h"),
    "preamble-of-line-comments": edited(LINES, "int one(void)", "int two(void)"),
    "cgo-line-in-the-body": (CGO, CGO + "\n/*\n#cgo CFLAGS: -DB\n*/\nvar x = 1\n"),
    "body-of-embedding-file": edited(EMBED, "func F() {\n", "func F() {\n\tprintln(a)\n"),
    "embed-without-import": (BARE, BARE + "\n//go:embed a.txt\nvar a string\n"),
    "not-quite-embed": edited(EMBED, "func F() {\n", "//go:embedded b.txt\n// go:embed c.txt\nfunc F() {\n"),
    "byte-order-mark": (PLAIN, "\ufeff" + PLAIN),
    "carriage-returns": (PLAIN, PLAIN.replace("\n", "\r\n")),
    "no-last-newline": (PLAIN, PLAIN.rstrip()),
}

NOTICED = {
    "package": edited(PLAIN, "package p\n", "package q\n"),
    "package-gone": edited(PLAIN, "package p\n", "// package p\n"),
    "import-added": edited(PLAIN, '"fmt"\n', '"fmt"\n\t"io"\n'),
    "import-removed": edited(PLAIN, 'import _ "strings" // And this.\n', ""),
    "import-commented": edited(PLAIN, 'import _ "strings"', '// import _ "strings"'),
    "import-replaced": edited(PLAIN, '"fmt"', '"fm2"'),
    "alias-renamed": edited(PLAIN, "short", "long"),
    "alias-dot": (PLAIN, PLAIN.replace("short", ".")),
    "raw-import": edited(BARE, "package p\n", "package p\n\nimport `fmt`\n"),
    "import-on-the-line-of-package": edited(BARE, "package p\n", 'package p; import "fmt"\n'),
    "go-build-changed": edited(PLAIN, "//go:build linux", "//go:build windows"),
    "go-build-removed": edited(PLAIN, "//go:build linux\n\n", ""),
    "go-build-added": (BARE, "//go:build linux\n\n" + BARE),
    "plus-build-added": (BARE, "// +build linux\n\n" + BARE),
    "plus-build-changed": ("// +build linux\n\n" + BARE, "// +build !linux\n\n" + BARE),
    "plus-build-cut-off-by-an-empty-line": ("// +build linux\n" + BARE, "// +build linux\n\n" + BARE),
    "cgo-starts": (BARE, BARE.replace("\n\n", '\n\nimport "C"\n\n')),
    "cgo-line-changed": edited(CGO, "-DA=1", "-DA=2"),
    "cgo-line-added": edited(CGO, "#include", "  #cgo LDFLAGS: -lm\n#include"),
    "cgo-line-in-a-line-comment": edited(LINES, "-lm", "-lc"),
    "cgo-line-tight": edited(LINES, "// int", "//#cgo CFLAGS: -DB\n// int"),
    "cgo-line-after-a-tab": edited(LINES, "// int", "//\t#cgo CFLAGS: -DB\n// int"),
    "cgo-in-a-block-of-one-line": edited(BLOCK, "-lm", "-lc"),
    "cgo-in-the-second-block-of-a-line": edited(BLOCK.replace("/*", "/* a */ /*"), "-lm", "-lc"),
    "embed-changed": edited(EMBED, "a.txt", "b.txt"),
    "embed-added": edited(EMBED, "func F() {\n", "//go:embed b.txt\nvar b string\n\nfunc F() {\n"),
    "embed-behind-a-function": (EMBED, EMBED + "\n//go:embed b.txt\nvar b string\n"),
    "embed-after-code": edited(EMBED, "func F() {\n", "func F() { //go:embed b.txt\n"),
    "embed-indented": edited(EMBED, "var a string\n", "var (\n\t//go:embed b.txt\n\tb string\n)\n"),
    "embed-import-by-back-quotes": edited(EMBED.replace('"embed"', "`embed`"), "a.txt", "b.txt"),
    "debug-added": (BARE, "//go:debug panicnil=1\n" + BARE),
    "debug-changed": ("//go:debug panicnil=1\n" + BARE, "//go:debug panicnil=0\n" + BARE),
    "debug-indented": (BARE, "  //go:debug panicnil=1\n" + BARE),
    "debug-behind-a-comment": (BARE, "/* x */ //go:debug panicnil=1\n" + BARE),
    "garbage-before-package": (BARE, "garbage\n" + BARE),
    "garbage-between-imports": edited(PLAIN, "// For printing.", "%"),
    "unterminated-import": edited(PLAIN, '"fmt"', '"fmt'),
    "unterminated-comment": edited(PLAIN, "// For printing.", "/* For printing."),
    "emptied": (PLAIN, ""),
}
