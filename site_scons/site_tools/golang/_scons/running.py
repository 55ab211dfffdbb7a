"""Running the tests of a package: a result stands only if all is well; where not, one for CI stands beside."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from typing import Any

from ..coverage import merge_profiles
from ..errors import GolangError
from ..junit import junit_xml
from ..testlog import Reads
from ..testresult import Result, describe, shown, summary
from ..testrun import Job, run_tests
from .fingerprint import Env
from .gate import obstructed
from .lookahead import interrupted
from .messages import failure, tell
from .programs import PROGRAMS
from .result_file import FAILED, read_files, tested_by
from .target import Node, program_of
from .test_settings import is_verbose, run_options_of, test_environ
from .written_file import note_written


def run_package(target: list[Any], source: list[Any], env: Env) -> Any:
    """Run the tests of one package. Returns None, or a BuildError that fails it alone."""
    node = target[0]
    try:
        with tempfile.TemporaryDirectory(prefix="golang-") as scratch:
            profile = os.path.join(scratch, "profile") if len(target) > 1 else ""
            result, reads = run_tests(_job(node, source[0], env), scratch, profile)
            return _note(target, result, reads, profile, env)
    except GolangError as error:
        _note_unrun(node, str(error))
        return failure(node, str(error))
    except OSError as error:
        return obstructed(node, error)


def _job(node: Node, binary: Node, env: Env) -> Job:
    program, config = program_of(binary), PROGRAMS.configuration(binary)
    environ = test_environ(env)
    # As for `go test`, so that tests find the go command that built them.
    path = os.pathsep.join(filter(None, (os.path.join(config.toolchain.goroot, "bin"), environ.get("PATH"))))
    search = os.pathsep.join(filter(None, (config.base.get("PATH"), config.process_path)))
    return Job(
        binary=binary.get_abspath(),
        package=tested_by(node).package,
        directory=program.package_dir,
        module_root=program.module_root,
        toolchain=config.toolchain,
        environ={**environ, "PATH": path, "PWD": program.package_dir},
        tools={**config.base, **config.toolchain.caches, "PATH": search},
        platform=config.platform,
        request=program.request,
        sysroot=config.options.sysroot,
        run=run_options_of(env),
        interrupted=interrupted,
    )


def _note(target: list[Any], result: Result, reads: Reads, profile: str, env: Env) -> Any:
    """Write the result, and tell it."""
    node = target[0]
    aside = _aside(node)
    document = junit_xml(result)
    if not result.passes:
        _write(aside, document)
        return failure(
            node, describe(result, str(node).removesuffix(".xml") + FAILED, tested_by(node).program.package_dir)
        )
    if profile:
        if not os.path.exists(profile):
            _write(profile, b"mode: set\n")
        shutil.move(profile, target[1].get_abspath())
    _write(node.get_abspath(), document)
    note_written(node)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(aside)
    tested = tested_by(node)
    read_files(env).record(str(node.get_internal_path()), tested.program.module_root, reads, tested.environ)
    tell("\n".join([*(shown(result) if is_verbose(env) else ()), f"{node}: {summary(result)}"]))
    return None


def note_unbuilt(node: Node) -> None:
    """Write a result that says that there is no test binary, for CI."""
    _note_unrun(node, "it was not built; what the build printed tells why")


def _note_unrun(node: Node, why: str) -> None:
    result = Result(package=tested_by(node).package, exit=why)
    with contextlib.suppress(OSError):
        path = _aside(node)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _write(path, junit_xml(result))


def _aside(node: Node) -> str:
    """Return where the result of tests is that failed."""
    return str(node.get_abspath()).removesuffix(".xml") + FAILED


def _write(path: str, content: bytes) -> None:
    """Write a file as a whole: half a result is none."""
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as stream:
            stream.write(content)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def merge_coverage(node: Node, profiles: Sequence[Node]) -> Any:
    """Write one coverage profile for many. Returns None or a BuildError."""
    try:
        texts = []
        for profile in profiles:
            with open(profile.get_abspath(), encoding="utf-8", errors="surrogateescape") as stream:
                texts.append((str(profile), stream.read()))
        _write(node.get_abspath(), merge_profiles(texts).encode("utf-8", "surrogateescape"))
    except GolangError as error:
        return failure(node, str(error))
    except OSError as error:
        return obstructed(node, error)
    return None
