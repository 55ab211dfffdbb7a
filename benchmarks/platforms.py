"""Build, prove and run programs for many platforms, and measure it: from nothing, after an edit, with nothing to do."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass

from contenders import TOOL
from measure import SCONS, Usage, describe_machine, describe_versions, run
from report import insert

MARKS = ("<!-- platforms -->", "<!-- /platforms -->")

LINUX = ("amd64", "arm64", "arm/v7", "386", "riscv64", "ppc64le", "s390x")
OTHERS = ("darwin/amd64", "darwin/arm64", "windows/amd64", "windows/arm64", "windows/386")

SCONSTRUCT = f"""\
import os, sys
sys.path.insert(0, {os.path.join(TOOL, "site_scons", "site_tools")!r})
import golang
env = Environment(tools=[golang.generate], ENV=dict(os.environ))
linkage, platform = ARGUMENTS["linkage"], ARGUMENTS["platform"]
settings = dict(platform=platform, linkage=linkage, GOLIBC=ARGUMENTS.get("libc", "musl"))
if linkage != "static":
    settings["GOCTOOLCHAIN"] = "zig"
if platform.startswith("linux/"):
    settings["GOSMOKE"] = []
env.GoProgram("build/app", "cmd/net" if linkage == "static" else "cmd/c", **settings)
"""

FILES = {
    "go.mod": "module example.org/matrix\n\ngo 1.21\n",
    "SConstruct": SCONSTRUCT,
    "cmd/net/main.go": """\
package main

import (
	"fmt"
	"net"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
}
""",
    "cmd/c/main.go": """\
package main

// #include <stdio.h>
// static int twice(int x) { char text[16]; return 2 * x + (snprintf(text, 16, "%d", x) != 2); }
import "C"

import (
	"fmt"
	"net"
	"os"
)

func main() {
	if C.twice(21) != 42 {
		os.Exit(1)
	}
	fmt.Println(net.ParseIP("127.0.0.1"))
}
""",
}


@dataclass(frozen=True)
class Row:
    """What is built: a platform, a linkage, a C library."""

    platform: str
    linkage: str
    libc: str = "musl"

    @property
    def arguments(self) -> list[str]:
        """What scons is told."""
        return [f"platform={self.platform}", f"linkage={self.linkage}", f"libc={self.libc}"]

    @property
    def title(self) -> str:
        """What it is called in the table."""
        if self.linkage == "static":
            return "`static`, net"
        return f"`{self.linkage}`, {self.libc}, net and C by zig"


ROWS = (
    *(Row(f"linux/{arch}", linkage) for arch in LINUX for linkage in ("static", "static-libc")),
    *(Row("linux/amd64", "dynamic", f"glibc-{floor}") for floor in ("2.17", "2.28")),
    *(Row(name, "static") for name in OTHERS),
)


def main() -> None:
    """Build everything, print the table, and renew it in the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only platforms whose names contain this")
    parser.add_argument("--page", help="a page to renew between its markers")
    options = parser.parse_args()
    machine, versions = describe_machine(), describe_versions(TOOL)
    told = ", ".join(f"{name} {versions[name]}" for name in ("scons-golang", "Go", "SCons", "Python"))
    header = (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory']}. {told}. Wall seconds, and processor "
        "seconds in brackets. From nothing is with empty caches of Go and zig.\n"
    )
    lines = [
        header,
        "| platform | what | from nothing | after an edit | nothing changed | proved | run |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in ROWS:
        if options.only in row.platform:
            lines.append(_measured(row))
            print(lines[-1], flush=True)
    text = "\n".join([*lines, ""])
    print(text)
    if options.page:
        insert(text, options.page, MARKS)


def _measured(row: Row) -> str:
    with tempfile.TemporaryDirectory(prefix="golang-platforms-") as directory:
        place = os.path.join(directory, "project")
        for name, text in FILES.items():
            file = os.path.join(place, name)
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "w", encoding="utf-8") as stream:
                stream.write(text)
        environ = {
            **os.environ,
            **{
                name: os.path.join(directory, name)
                for name in ("GOCACHE", "ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR")
            },
        }
        cold, printed = _scons(row, place, environ)
        with open(os.path.join(place, "cmd", "net" if row.linkage == "static" else "c", "main.go"), "a") as stream:
            stream.write('\nfunc init() { println("edited") }\n')
        warm, _ = _scons(row, place, environ)
        # Files that changed a moment ago are read again, for they may change again within a tick of the clock.
        time.sleep(2.5)
        _scons(row, place, environ)
        null, said = _scons(row, place, environ)
    if "is up to date" not in said:
        raise SystemExit(f"{row}: built again though nothing changed\n{said}")
    verdict = re.search(r"^build/app\S*: ((?:[^:(]|\([^)]*\))*):", printed, re.MULTILINE)
    if not verdict:
        raise SystemExit(f"{row}: not proved\n{printed}")
    ran = re.search(r"; ran without arguments(?: under (\S+))?", printed)
    how = (ran[1] or "on this processor") if ran else "no"
    times = " | ".join(f"{one.wall:.1f} ({one.cpu:.0f})" for one in (cold, warm))
    return f"| {row.platform} | {row.title} | {times} | {null.wall:.2f} | {verdict[1]} | {how} |"


def _scons(row: Row, place: str, environ: Mapping[str, str]) -> tuple[Usage, str]:
    return run([sys.executable, "-c", SCONS, "-Q", *row.arguments], place, environ)


if __name__ == "__main__":
    main()
