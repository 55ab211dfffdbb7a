"""Four programs of which every right form is known byte for byte, and scons runs beside the test, to be killed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harness import TOOLPATH, Outcome, Project, is_static, needed

WORD = 'package word\n\nconst Word = "{}" + more\n'
PLAIN = '//go:build !loud\n\npackage word\n\nconst more = ""\n'
LOUD = '//go:build loud\n\npackage word\n\nconst more = "!"\n'
MAIN = 'package main\n\nimport "example.org/m/word"\n\nfunc main() {{ println("{}", word.Word) }}\n'
CGO_MAIN = """\
package main

// int answer(void) { return 42; }
import "C"
import "example.org/m/word"

func main() { println("d", word.Word, C.answer()) }
"""

PROGRAMS = """\
env.Replace(**ARGUMENTS)
for name in "abc":
    env.GoProgram(f"build/{name}", f"cmd/{name}", linkage="static")
env.GoProgram("build/d", "cmd/d", linkage="dynamic")
"""
"""The SConstruct. Settings come from the command line."""

SAYS = {"a": "a {}\n", "b": "b {}\n", "c": "c {}\n", "d": "d {} 42\n"}


class Fleet(Project):
    """Programs that say a word of one common package, with a ``!`` if GOTAGS=loud."""

    @classmethod
    def in_folder(cls, folder: Path, *words: str) -> Fleet:
        """Return a fleet in a new folder, which is right where it says one of these words."""
        folder.mkdir()
        fleet = cls(folder)
        fleet.create(words)
        return fleet

    def create(self, words: tuple[str, ...] = ("one", "two"), body: str = PROGRAMS) -> None:
        """Write everything, and learn what is right from builds from nothing."""
        mains = {f"cmd/{name}/main.go": MAIN.format(name) for name in "abc"}
        self.module({**mains, "cmd/d/main.go": CGO_MAIN, "word/plain.go": PLAIN, "word/loud.go": LOUD})
        self.sconstruct(body)
        self.right = {word: self._from_nothing(word) for word in words}
        """What every program is when it says a word, as digest."""

    def reset(self, body: str = PROGRAMS) -> None:
        """Begin anew: all is built, and says `one`."""
        self.sconstruct(body)
        self.clean()
        self.say("one")
        self.scons("-j2")

    def say(self, word: str) -> None:
        """Edit the common package."""
        self.write({"word/word.go": WORD.format(word.rstrip("!"))})

    def clean(self) -> None:
        """Take away all that builds made."""
        for made in (self / "build", *self.path.glob(".*")):
            if made.is_dir():
                shutil.rmtree(made)
            else:
                made.unlink(missing_ok=True)

    def standing(self) -> dict[str, str]:
        """Return the digest of each target that stands under its name."""
        files = {name: self / "build" / name for name in SAYS}
        return {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items() if file.exists()}

    def saying(self) -> dict[str, str]:
        """Return what each target that stands says, or `?` if it is none of what is right."""
        said = {digest: word for word, digests in self.right.items() for digest in digests.values()}
        return {name: said.get(digest, "?") for name, digest in self.standing().items()}

    def stands_right(self, *words: str) -> None:
        """Assert that no target stands that is not right for one of the words."""
        assert set(self.saying().values()) <= set(words), self.saying()

    def recovers(self, word: str, *arguments: str) -> None:
        """Assert that one further run makes all right, and leaves nothing to do."""
        outcome = self.scons("-j2", *arguments)
        assert self.saying() == dict.fromkeys(SAYS, word), outcome.text
        again = self.scons(*arguments)
        assert not again.built, again.text
        assert "is up to date" in again.text

    def left_over(self) -> set[str]:
        """Return what is in the project and not there when all is built from nothing: half a file, a folder."""
        kept = re.compile(r"\.scons-golang/[a-z]+(-[0-9a-f]{32})?")
        return {name for name in self.files() - self.files_when_built if not kept.fullmatch(name)}

    def files(self) -> set[str]:
        """Return every path in the project."""
        return {str(path.relative_to(self.path)) for path in self.path.rglob("*")}

    @contextmanager
    def start(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Run]:
        """Start scons in a session of its own, and end with it."""
        run = Run(self, *arguments, environ=environ or {})
        try:
            yield run
        finally:
            run.end(signal.SIGKILL)

    def _from_nothing(self, word: str) -> dict[str, str]:
        self.clean()
        self.say(word)
        self.scons("-j2", *(["GOTAGS=loud"] if word.endswith("!") else []))
        for name, says in SAYS.items():
            assert self.run(f"build/{name}", check=True).stderr == says.format(word)
            assert is_static(self / "build" / name) == (name != "d")
        assert needed(self / "build/d") == ["libc.so.6"]
        self.files_when_built = self.files()
        return self.standing()


class Run:
    """A scons that runs on its own, together with all that it starts."""

    def __init__(self, project: Project, *arguments: str, environ: Mapping[str, str]) -> None:
        log, self._log = tempfile.mkstemp(prefix="log-", dir=project.path.parent)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "SCons", *arguments],
            cwd=project.path,
            env={**project.environ, **environ},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        os.close(log)

    def read(self) -> str:
        """Return what it has printed so far."""
        return Path(self._log).read_text()

    def ends_within(self, seconds: float) -> bool:
        """Wait; return whether it is over."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, number: signal.Signals, *, alone: bool = False) -> Outcome:
        """Send a signal to it and all that it started, or to it ``alone``, if it still runs; return how it ended."""
        if self._process.poll() is None:
            (os.kill if alone else os.killpg)(self._process.pid, number)
        return self.ended()

    def ended(self) -> Outcome:
        """Wait for its end; return how it ended."""
        return Outcome(self._process.wait(120), self.read(), "")


def not_ours(outcome: Outcome) -> None:
    """Assert that only SCons itself may have stumbled, over its own database: it knows no other way to say so."""
    text = outcome.text
    assert str(TOOLPATH) not in text.replace(f"toolpath=[{str(TOOLPATH)!r}]", ""), text
    if "Traceback" in text or "Main.py" in text:
        assert "sconsign" in text or "dblite" in text, text
