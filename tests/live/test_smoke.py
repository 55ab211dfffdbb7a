"""GOSMOKE: a program runs before it stands, and what is to need nothing runs where there is nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from harness import TOOLPATH, Project, ends

pytestmark = pytest.mark.live

FOREIGN = "riscv64" if os.uname().machine == "aarch64" else "arm64"
EMULATOR = {"arm64": "qemu-aarch64", "riscv64": "qemu-riscv64"}[FOREIGN]

ALONE = """\
package main

import (
	"io/fs"
	"net"
	"os"
	"strings"
)

func main() {
	var found []string
	fs.WalkDir(os.DirFS("/"), ".", func(path string, entry fs.DirEntry, err error) error {
		if !entry.IsDir() && len(found) < 5 {
			found = append(found, path)
		}
		if len(found) == 5 {
			return fs.SkipAll
		}
		return nil
	})
	files := strings.Join(found, " ")
	directory, _ := os.Getwd()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err != nil {
		panic(err)
	}
	if files != "bin/app etc/nsswitch.conf" || len(os.Environ()) != 0 || directory != "/" || len(os.Args) != 3 || os.Args[2] != "a b" {
		println("found", files, len(os.Environ()), directory, len(os.Args))
		os.Exit(3)
	}
}
"""

COUNTS = """\
package main

import "os"

func main() {
	file, err := os.OpenFile(os.Args[1], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		panic(err)
	}
	file.WriteString("run\\n")
}
"""

HANGS = """\
package main

import (
	"os/exec"
	"time"
)

func main() {
	child := exec.Command("/bin/sleep", "600")
	child.Start()
	println("child", child.Process.Pid)
	time.Sleep(600 * time.Second)
}
"""

USER = """\
package main

// #include <pwd.h>
// static int known(const char *name) { return getpwnam(name) != 0; }
import "C"
import "os"

func main() {
	if C.known(C.CString("root")) == 0 {
		println("no such user")
		os.Exit(1)
	}
}
"""

EXITS = 'package main\n\nimport "os"\n\nfunc main() {{ println("because"); os.Exit({}) }}\n'

FOREIGN_MAIN = """\
package main

import (
	"runtime"
	"syscall"
)

func main() {
	_, err := syscall.Open("/proc", syscall.O_RDONLY, 0)
	println(runtime.GOARCH, err == syscall.ENOENT)
	if err != syscall.ENOENT {
		syscall.Exit(1)
	}
}
"""


def test_static_program_in_an_empty_root(project: Project) -> None:
    """It sees no file but itself and a hostile nsswitch.conf, no environment, and can talk to itself only."""
    project.module({"main.go": ALONE})
    project.sconstruct('env.GoProgram("build/app", ".", linkage="static", GOSMOKE=["--check", "a b"])')
    outcome = project.scons()
    assert outcome.stdout.endswith("; ran --check 'a b' in an empty root\n")
    assert [file.name for file in (project / "build").iterdir()] == ["app"]
    assert (project / "build/app").stat().st_nlink == 1
    project.up_to_date()

    # The same program on this machine as it is finds more.
    project.sconstruct('env.GoProgram("build/app", ".", linkage="dynamic", GOSMOKE="--check \'a b\'", GORESOLVER="go")')
    message = project.scons(status=2).stderr
    assert "  wanted: `app --check 'a b'` to end with exit status 0\n" in message
    assert "found:  exit status 3; it said:\n          found " in message
    assert f" 0 {project / 'build'}" in message


def test_program_that_fails_does_not_stand(project: Project) -> None:
    project.module({"main.go": EXITS.format(3)})
    project.sconstruct('env.GoProgram("build/app", ".", linkage="static", GOSMOKE=[])')
    outcome = project.scons(status=2)
    assert outcome.stderr == (
        "scons: *** [build/app] rejected; moved to build/app.rejected\n"
        "  wanted: `app` to end with exit status 0 in an empty root\n"
        "  found:  exit status 3; it said:\n"
        "          because\n"
        "  fix:    mend the program, or GOSMOKE: arguments that need no files, no environment and no network\n"
    )
    assert [file.name for file in (project / "build").iterdir()] == ["app.rejected"]
    assert project.run("build/app.rejected").status == 3
    # GOVERIFY is about what the bytes show.
    project.sconstruct('env.GoProgram("build/app", ".", linkage="static", GOSMOKE=[], GOVERIFY="ok")')
    project.scons(status=2)
    assert not (project / "build/app").exists()
    project.write({"main.go": EXITS.format(0)})
    assert "; ran without arguments in an empty root" in project.scons().stdout
    assert [file.name for file in (project / "build").iterdir()] == ["app"]


def test_changed_arguments_run_again_and_compile_nothing(project: Project) -> None:
    project.module({"main.go": COUNTS})
    log = project.path.parent / "log"

    def runs(*settings: str) -> list[int]:
        project.sconstruct(f'env.GoProgram("build/app", ".", linkage="dynamic", {", ".join(settings)})')
        before = len(log.read_text().splitlines()) if log.exists() else 0
        outcome = project.scons()
        after = len(log.read_text().splitlines()) if log.exists() else 0
        project.up_to_date()
        return [len(outcome.built), after - before]

    assert runs() == [1, 0]
    assert runs(f"GOSMOKE=[{str(log)!r}]") == [0, 1]
    assert runs(f"GOSMOKE=[{str(log)!r}, 'more']") == [0, 1]
    assert runs(f"GOSMOKE='{log} more'") == [0, 0]
    assert runs("LOG=" + repr(str(log)), "GOSMOKE=['$LOG', 'more']") == [0, 0]
    assert runs(f"GOSMOKE='{log} more'", "GOSMOKETIMEOUT=30") == [0, 1]
    assert runs(f"GOSMOKE='{log} more'", "GOSMOKETIMEOUT=30", "GOTAGS='x'") == [1, 1]
    assert runs("GOSMOKE=None", "GOTAGS='x'") == [0, 0]
    assert runs("GOSMOKE=False", "GOTAGS='x'") == [0, 0]
    # What stood is taken away if it does not run any more.
    project.sconstruct(
        'env.GoProgram("build/app", ".", linkage="dynamic", GOTAGS="x", GOSMOKE=["/no/such/folder/file"])'
    )
    outcome = project.scons(status=2)
    assert outcome.built == []
    assert "panic: open /no/such/folder/file" in outcome.stderr
    assert not (project / "build/app").exists()


def test_program_that_does_not_end(project: Project) -> None:
    """Neither does anything that it started go on."""
    project.module({"main.go": HANGS})
    project.sconstruct('env.GoProgram("build/app", ".", linkage="dynamic", GOSMOKE=[], GOSMOKETIMEOUT="1")')
    message = project.scons(status=2).stderr
    assert "  found:  still running after 1 s; it said:\n" in message
    child = re.search(r"child (\d+)", message)
    assert child
    assert ends(int(child[1]))
    assert not (project / "build/app").exists()


def test_libc_linked_statically(project: Project) -> None:
    """Of either C library and shape, and with threads."""
    source = 'package main\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc main() {\n\tdone := make(chan C.int)\n\tgo func() { done <- C.one() }()\n\tif <-done != 1 {\n\t\tpanic("C")\n\t}\n}\n'
    project.module({"main.go": source})
    project.sconstruct(
        'env["GOSMOKE"] = []\n'
        'env.GoProgram("build/glibc/app", ".", linkage="static-libc", GOLIBC="glibc")\n'
        'env.GoProgram("build/musl/app", ".", linkage="static-libc", GOLIBC="musl", GOCTOOLCHAIN="musl-gcc")\n'
        'env.GoProgram("build/pie/app", ".", linkage="static-pie", GOLIBC="glibc")'
    )
    assert project.scons().stdout.count("; ran without arguments in an empty root\n") == 3


def test_static_glibc_that_asks_nss(project: Project) -> None:
    """C8: what works here depends on this machine's NSS, and the empty root shows it."""
    project.module({"main.go": USER})
    project.sconstruct(
        'env.GoProgram("build/app", ".", linkage="static-libc", GOLIBC="glibc", GOVERIFYNSS="ok", GOSMOKE=[])'
    )
    message = project.scons(status=2).stderr
    assert "found:  exit status 1; it said:\n          no such user\n" in message
    assert "why:    perhaps that its glibc resolves hosts and users through NSS modules" in message
    project.run("build/app.rejected", check=True)


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ("-ldflags=-d", "  found:  ended by SIGSEGV"),
        ("", "  found:  it does not start: No such file or directory\n  why:    it asks for the interpreter /lib"),
    ],
    ids=["C4", "C6"],
)
def test_run_alone_finds_what_is_linked_wrongly(project: Project, flags: str, found: str) -> None:
    """Though nobody looks at the bytes."""
    project.module({"main.go": "package main\n\nfunc main() {}\n"})
    project.sconstruct(
        "import os\n"
        'env["ENV"].update({name: os.environ[name] for name in ("HOME", "PATH")}, CGO_ENABLED="0")\n'
        f'app = env.Command("build/app", "main.go", "go build -buildmode=pie {flags} -o $TARGET .")\n'
        'env.GoVerify(app, linkage="static", GOVERIFY="ok", GOSMOKE=[])'
    )
    message = project.scons(status=2).stderr
    assert message.startswith("scons: *** [build/app] rejected; moved to build/app.rejected\n")
    assert found in message
    assert [file.name for file in (project / "build").iterdir()] == ["app.rejected"]


def test_c_program_of_a_command(project: Project) -> None:
    project.write({"main.c": "int main(int argc, char **argv) { return argc - 2; }\n"})
    body = 'env.GoVerify(env.Program("app", "main.c", LINKFLAGS="-static"), linkage="static", GOSMOKE="{}")'
    project.sconstruct(body.format("one"), tools='"default", ')
    assert "; ran one in an empty root" in project.scons().stdout
    project.up_to_date()
    project.sconstruct(body.format("one two"), tools='"default", ')
    outcome = project.scons(status=2)
    assert "found:  exit status 1\n" in outcome.stderr
    assert not (project / "app").exists()


def test_library_beside_a_dynamic_program(project: Project) -> None:
    """$ORIGIN is where the program will stand, also while it does not stand yet."""
    source = 'package main\n\n// #cgo LDFLAGS: -L${SRCDIR}/build -lextra -Wl,-rpath,$ORIGIN\n// int extra(void);\nimport "C"\n\nfunc main() { println(C.extra()) }\n'
    project.module({"main.go": source, "extra.c": "int extra(void) { return 2; }\n", "build/.keep": ""})
    (project / "extra.c").rename(project / "build/extra.c")
    project.run("gcc", "-shared", "-fPIC", "build/extra.c", "-o", "build/libextra.so", check=True)
    project.sconstruct('env.GoProgram("build/app", ".", linkage="dynamic", GOVERIFYLIBS=["libextra.so"], GOSMOKE=[])')
    assert "; ran without arguments\n" in project.scons().stdout
    assert sorted(file.name for file in (project / "build").iterdir()) == [".keep", "app", "extra.c", "libextra.so"]


def test_foreign_program_under_an_emulator(project: Project) -> None:
    project.module({"main.go": FOREIGN_MAIN})
    go = project.run("go", "env", "GOROOT", check=True).stdout.strip() + "/bin"
    project.sconstruct(
        f'env["ENV"]["PATH"] = {go!r}\n'
        f'env.GoProgram("build/app", ".", linkage="static", platform="linux/{FOREIGN}", GOSMOKE=ARGUMENTS["smoke"])'
    )
    # Nothing to run it with: it stands, and that is told.
    outcome = project.scons("smoke=x", environ={"PATH": go})
    assert outcome.stderr == f"golang: build/app: not run: no {EMULATOR} on PATH (Debian: qemu-user-static)\n"
    assert "; ran" not in outcome.stdout
    assert (project / "build/app").exists()
    outcome = project.scons("smoke=y")
    assert outcome.built == []
    assert f"; ran y under {EMULATOR}-static in an empty root\n" in outcome.stdout
    assert project.run(f"{EMULATOR}-static", "build/app").stderr == f"{FOREIGN} false\n"


def test_several_at_once(project: Project) -> None:
    names = [f"app{number}" for number in range(6)]
    project.module({f"cmd/{name}/main.go": EXITS.format(int(name == "app3")) for name in names})
    project.sconstruct('env.GoModule("build", ".", linkage="static", GOSMOKE=["-v"])')
    outcome = project.scons("-j4", "-k", status=2)
    assert outcome.stdout.count("; ran -v in an empty root") == 5
    assert outcome.stderr.count("***") == 1
    assert sorted(file.name for file in (project / "build").iterdir()) == sorted({*names, "app3.rejected"} - {"app3"})


def need_namespaces(project: Project, *prefix: str) -> None:
    """Skip a test on machines that permit no user namespaces."""
    if project.run(*prefix, "unshare", "--map-root-user", "true").status:
        pytest.skip("no user namespaces here")


@pytest.mark.parametrize(
    ("lacking", "said"),
    [
        ("", "; ran without arguments in an empty root\n"),
        ("-sys_chroot", "; ran without arguments, but not in an empty root: no namespace, no chroot: Operation not "),
    ],
)
def test_where_less_is_permitted(project: Project, lacking: str, said: str) -> None:
    """Without namespaces root takes chroot; without that it is run all the same. Restricted as containers are."""
    need_namespaces(project)
    project.module({"main.go": EXITS.format(0)})
    project.sconstruct('env.GoProgram("build/app", ".", linkage="static", GOSMOKE=[])')
    drop = f"setpriv --bounding-set={lacking}" if lacking else ""
    restrict = f'echo 0 > /proc/sys/user/max_user_namespaces && exec {drop} "$@"'
    scons = (sys.executable, "-m", "SCons", "-Q")
    outcome = project.run("unshare", "--map-root-user", "sh", "-c", restrict, "sh", *scons, check=True)
    assert said in outcome.stdout
    assert [file.name for file in (project / "build").iterdir()] == ["app"]


NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", 'cd / && exec "$@"', "sh")
"""Runs a program as nobody: the shell between them has lost root's rights."""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run as an ordinary user then")
def test_as_an_ordinary_user(project: Project) -> None:
    """Namespaces need no root: what nobody runs is in an empty root, and nobody's still."""
    need_namespaces(project, *NOBODY)
    pythons = (os.path.realpath(sys.executable), "/usr/bin/python3")
    python = next((one for one in pythons if project.run(*NOBODY, one, "-c", "").status == 0), None)
    if not python:
        pytest.skip("no Python that nobody may run")
    project.module({"main.go": 'package main\n\nimport "os"\n\nfunc main() { os.Exit(os.Getuid() - 65534) }\n'})
    project.run("go", "build", "-o", "app", ".", environ={"CGO_ENABLED": "0"}, check=True)
    code = """
import sys
from golang.facts import BinaryFacts, ElfFacts
from golang.linkage import Linkage, Request, Smoke
from golang.platform import ELF_TARGETS, host_platform
from golang.trial import try_out

target = ELF_TARGETS[host_platform().goarch]
elf = ElfFacts(type="EXEC", machine=target.machine, bits=target.bits, little_endian=target.little_endian)
facts, request = BinaryFacts(format="ELF", size=1, elf=elf), Request(linkage=Linkage.STATIC)
app, own = f"{sys.argv[1]}/app", f"{sys.argv[1]}/own"
print(try_out(app, "app", folder=own, path="", facts=facts, request=request, smoke=Smoke()).ran)
"""
    with tempfile.TemporaryDirectory() as folder:
        # Those of the tests are closed to others.
        Path(folder).chmod(0o755)
        shutil.copytree(TOOLPATH / "golang", Path(folder, "golang"))
        shutil.copy(project / "app", folder)
        Path(folder, "own").mkdir()
        os.chown(Path(folder, "own"), 65534, 65534)
        done = project.run(*NOBODY, python, "-c", code, folder, environ={"PYTHONPATH": folder})
    assert done.stdout == "ran without arguments in an empty root\n", done.text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("GOSMOKE=1", "$GOSMOKE: wanted arguments, such as ['--version'] or [] for none, or None; found 1"),
        ("GOSMOKE=True", "found True"),
        ("GOSMOKE='\"x'", "unterminated"),
        ("GOSMOKE=['a', [None]]", "$GOSMOKE: wanted words, each a text or a node; found ['a', [None]]"),
        ("GOSMOKETIMEOUT='soon'", "$GOSMOKETIMEOUT: wanted a number of seconds, 1 or more; found 'soon'"),
        ("GOSMOKETIMEOUT=0", "1 or more; found '0'"),
        ("platform=['linux/amd64', 3]", "wanted: text, such as 'linux/arm64', or a list of that\n  found:  3"),
        ("GOSMOK=[]", "fix:    GOSMOKE="),
    ],
)
def test_wrong_settings(project: Project, settings: str, message: str) -> None:
    project.module({"main.go": "package main\n\nfunc main() {}\n"})
    project.sconstruct(f'env.GoProgram("build/app", ".", linkage="static", {settings})')
    assert message in project.scons(status=2).stderr
