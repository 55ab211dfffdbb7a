"""The texts of a synthetic monorepo's Go files, for gocode.py to fill in.

``$name`` is a name, ``<2-99>`` a number drawn from that range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHARED_HEADER = "#ifndef LIMITS_H\n#define LIMITS_H\n#define SHARED_LIMIT 4096\n#endif\n"


@dataclass(frozen=True)
class Feature:
    """What few packages have: how many of those that may have it, and its files.

    One of the files defines a function with the feature's name, for the package to call.
    """

    share: float
    files: Mapping[str, str]


FEATURES = {
    "native": Feature(
        0.02,
        {
            "native.h": "static int native_limit(int n) { return n > <100-999> ? <100-999> : n; }\n",
            "native_cgo.go": 'package $name\n\n// #include "native.h"\nimport "C"\n\n'
            "func native(n int) int { return int(C.native_limit(C.int(n))) }\n",
            "native_pure.go": "//go:build !cgo\n\npackage $name\n\nfunc native(n int) int { return n }\n",
        },
    ),
    "shared": Feature(
        0.01,
        {
            "shared_cgo.go": "package $name\n\n// #cgo CFLAGS: -I${SRCDIR}/${root}include\n"
            '// #include "limits.h"\nimport "C"\n\nfunc shared(n int) int { return n % C.SHARED_LIMIT }\n',
            "shared_pure.go": "//go:build !cgo\n\npackage $name\n\nfunc shared(n int) int { return n % 4096 }\n",
        },
    ),
    "lookup": Feature(
        0.04,
        {
            "lookup.go": 'package $name\n\nimport "net"\n\nfunc lookup(n int) int {\n\tif n < 1<<<20-30> {\n'
            '\t\treturn n\n\t}\n\thosts, _ := net.LookupHost("$name.example.org")\n\treturn len(hosts)\n}\n'
        },
    ),
    "owner": Feature(
        0.02,
        {
            "owner.go": 'package $name\n\nimport "os/user"\n\nfunc owner(n int) int {\n\tif n < 1<<<20-30> {\n'
            "\t\treturn n\n\t}\n\tif me, err := user.Current(); err == nil {\n\t\treturn len(me.Uid)\n\t}\n"
            "\treturn 0\n}\n"
        },
    ),
    "assets": Feature(
        0.06,
        {
            "assets.go": 'package $name\n\nimport (\n\t"embed"\n)\n\n//go:embed assets\nvar tree embed.FS\n\n'
            "//go:embed banner.txt\nvar banner string\n\nfunc assets(n int) int {\n"
            '\tentries, _ := tree.ReadDir("assets")\n\treturn n + len(entries) + len(banner)\n}\n',
            "banner.txt": "$name <1-99999>\n",
            "assets/table.json": '{"name": "$name", "rows": [<1-9>, <1-99>, <1-999>]}\n',
            "assets/mail/welcome.txt": "Welcome to $name <1-999>.\n",
        },
    ),
    "edition": Feature(
        0.06,
        {
            "edition_pro.go": "//go:build pro\n\npackage $name\n\nfunc edition(n int) int { return n * <2-9> }\n",
            "edition_free.go": "//go:build !pro\n\npackage $name\n\nfunc edition(n int) int { return n + <2-9> }\n",
        },
    ),
    "pages": Feature(
        0.10,
        {
            "pages_linux.go": "package $name\n\nfunc pages(n int) int { return n / 4096 }\n",
            "pages_windows.go": "package $name\n\nfunc pages(n int) int { return n / 65536 }\n",
            "pages_other.go": "//go:build !linux && !windows\n\npackage $name\n\nfunc pages(n int) int { return n }\n",
        },
    ),
}

MAIN = """\
// Command $name adds up what its packages hold.
package main

import (
	"flag"
	"fmt"
	"os"$imports
)

var version = "dev"

func main() {
	size := flag.Int("size", <2-9>, "how much to do")
	show := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *show {
		fmt.Println("$name", version)
		os.Exit(0)
	}
	total := <1-9999>
$calls	fmt.Println("$name", total, usage(*size))
}
"""

# Halving n bounds the work of a program that is run.
EVAL = """\
// Package $name folds what it holds and what its imports hold.
package $name

import (
	"fmt"
	"strings"$imports
)

// Eval folds n.
func Eval(n int) int {
	total := <1-9999>
	if n <= 0 {
		return total
	}
	for index, part := range parts(n) {
		if strings.HasPrefix(part.Label, "<1-9>") {
			total += weigh(index) * part.Weight
		}
	}
$calls	if total < 0 {
		panic(fmt.Sprintf("$name: %d", total))
	}
	return total % 65521
}
"""

TYPES = """\
package $name

import (
	"errors"
	"sort"
	"strconv"
)

// ErrEmpty says that nothing was there.
var ErrEmpty = errors.New("$name: empty")

// Part is a share of the whole.
type Part struct {
	Label  string
	Weight int
	Tags   map[string]string
}

// Set is a number of parts in order.
type Set struct {
	parts []Part
	limit int
}

// Add keeps the parts in order, up to the limit.
func (s *Set) Add(part Part) error {
	if part.Label == "" {
		return ErrEmpty
	}
	at := sort.Search(len(s.parts), func(i int) bool { return s.parts[i].Label >= part.Label })
	s.parts = append(s.parts, Part{})
	copy(s.parts[at+1:], s.parts[at:])
	s.parts[at] = part
	if s.limit > 0 && len(s.parts) > s.limit {
		s.parts = s.parts[:s.limit]
	}
	return nil
}

func parts(n int) []Part {
	set := Set{limit: <8-64>}
	for i := 0; i < n; i++ {
		part := Part{Label: strconv.Itoa(i % <5-50>), Weight: i * <2-99>}
		if i%<2-7> == 0 {
			part.Tags = map[string]string{"kind": part.Label}
		}
		if err := set.Add(part); err != nil {
			continue
		}
	}
	return set.parts
}

func weigh(n int) int {
	switch {
	case n%<3-9> == 0:
		return n * <2-99>
	case n > <10-99>:
		return n - <2-9>
	}
	return n + <1-999>
}
"""

STAGES = (
    """
// $function runs a machine of a few states.
func $function(n int) int {
	state, sum := <0-3>, 0
	for step := 0; step < n; step++ {
		switch state {
		case 0:
			state = (step*<3-99> + 1) % <3-6>
		case 1:
			state = (step + sum*<3-99>) % <3-6>
			sum += <2-99>
		case 2:
			sum ^= step << 2
			state++
		case 3:
			if sum > <1000-9999> {
				sum /= <2-9>
			}
			state = 0
		default:
			sum += state * <2-99>
			state = step % 2
		}
	}
	return sum & 8191
}
""",
    """
// $function looks n up in a table.
func $function(n int) int {
	table := []struct{ key, value int }{
		{<0-99>, <1-999>},
		{<0-99>, <1-999>},
		{<0-99>, <1-999>},
		{<0-99>, <1-999>},
		{<0-99>, <1-999>},
		{<0-99>, <1-999>},
	}
	sum := n
	for _, row := range table {
		switch {
		case row.key%2 == n%2:
			sum += row.value
		case row.key > n:
			sum -= row.key
		default:
			sum ^= row.key
		}
	}
	return sum & 8191
}
""",
    """
// $function groups the numbers below n.
func $function(n int) int {
	groups := map[int][]int{}
	for i := 0; i < n; i++ {
		key := i % <3-17>
		groups[key] = append(groups[key], i)
	}
	sum := 0
	for key, members := range groups {
		sum += key * len(members)
		for _, member := range members {
			if member > <5-50> {
				sum -= member / <2-9>
			}
		}
	}
	return sum & 4095
}
""",
)

TEST = """\
package $package

import "testing"

func Test$title(t *testing.T) {
	if $function(<2-9>) > 1<<40 {
		t.Fatal("too much")
	}
}
"""
