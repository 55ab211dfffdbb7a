"""The command ``golinkage``: inspect, verify and explain linkage without SCons. Usable on any binary.

Exit status: 0 all is as expected; 1 something is not; 2 wrong usage, or the output cannot be written; 3 a file,
package or toolchain cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from .compiler_memo import CompilerMemo
from .configuration import Configuration, base_environ
from .contradictions import contradictions
from .drivers import Drivers
from .errors import GolangError, InspectError
from .facts import BinaryFacts, ElfFacts
from .finding import Finding, errors
from .inspect import inspect_file
from .linkage import Kind, Libc, Linkage, Request, Resolver
from .modules import find_module_root, find_workspace
from .plan import Options
from .platform import Platform, host_libc, host_platform, parse_platform
from .platform_policy import check_platform
from .report import SCHEMA, Evidence, describe, evidence_json, finding_json, resolver_of
from .scan import ProgramScan, Scans
from .toolchain import find_go, probe_go
from .verdict import classify

OK, UNEXPECTED, USAGE, UNREADABLE = 0, 1, 2, 3


class _Answer(NamedTuple):
    """What a command has found out."""

    status: int
    output: str = ""
    errors: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with ``arguments`` (those of the process by default); return its exit status."""
    status = OK
    try:
        try:
            answer = _answer(arguments)
            # Whoever reads it may have had enough: what was found out stays what it is.
            status = answer.status
            if answer.output:
                print(answer.output)
        finally:
            print(end="", flush=True)
        if answer.errors:
            print(answer.errors, file=sys.stderr)
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        print(f"golinkage: cannot write: {error.strerror}", file=sys.stderr)
        return USAGE
    return status


def _answer(arguments: Sequence[str] | None) -> _Answer:
    parsed = _parser().parse_args(arguments)
    try:
        found: _Answer = parsed.run(parsed)
    except GolangError as error:
        return _Answer(UNREADABLE, errors=f"golinkage: {error}")
    except OSError as error:
        # Only the working directory has no name.
        what = error.filename or "the working directory"
        return _Answer(UNREADABLE, errors=f"golinkage: {what}: {error.strerror}")
    return found


def _drop_output() -> None:
    """Have Python not complain once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    status = __doc__.partition("Exit status: ")[2] if __doc__ else ""
    parser = argparse.ArgumentParser(
        prog="golinkage", description="What is this binary linked to, and why?", epilog=f"exit status: {status}"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    verify = commands.add_parser("verify", help="exit 0 only if every file is what was expected")
    kinds = [kind.value for kind in Kind]
    verify.add_argument("--expect", required=True, choices=kinds, metavar="VERDICT", help=f"one of {', '.join(kinds)}")
    verify.add_argument("--libc", choices=[libc.value for libc in Libc], help="and the C library that must be in it")
    verify.add_argument(
        "--platform", type=_platform, metavar="GOOS/GOARCH", help="and the platform that it must be for"
    )
    verify.set_defaults(run=_verify)
    inspect = commands.add_parser("inspect", help="print verdict and evidence of every file")
    inspect.set_defaults(run=_inspect)
    for command in (verify, inspect):
        command.add_argument("files", nargs="+", metavar="FILE")
    why = commands.add_parser("why", help="print which packages need cgo, and the import chain that brings each in")
    why.add_argument("--linkage", default="dynamic", choices=[linkage.value for linkage in Linkage])
    why.add_argument("--tags", default="", help="build tags, separated by commas")
    why.add_argument("--resolver", default="libc", choices=[resolver.value for resolver in Resolver])
    why.add_argument("--platform", type=_platform, metavar="GOOS/GOARCH", help="default: this machine's")
    why.add_argument("--go", default="go", help="the go command, by path or name")
    why.add_argument("packages", nargs="+", metavar="PACKAGE", help="the directory of a main package")
    why.set_defaults(run=_why)
    for command in (verify, inspect, why):
        command.add_argument("--json", action="store_true", help="print JSON (docs/report.md)")
    return parser


def _platform(text: str) -> dict[str, str]:
    try:
        return parse_platform(text)
    except GolangError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _json(data: dict[str, Any]) -> str:
    return json.dumps({"schema": SCHEMA, **data}, indent=2)


def _read_all(files: Sequence[str]) -> tuple[dict[str, BinaryFacts], dict[str, str]]:
    """Return the facts of the files that can be read, and the errors of the others."""
    facts, unread = {}, {}
    for file in files:
        try:
            facts[file] = inspect_file(file)
        except InspectError as error:
            unread[file] = str(error)
    return facts, unread


def _unread_lines(unread: dict[str, str]) -> str:
    return "\n".join(f"golinkage: {error}" for error in unread.values())


def _verify(arguments: argparse.Namespace) -> _Answer:
    expected = Kind(arguments.expect)
    if arguments.platform and expected is Kind.ARCHIVE:
        wanted = "wanted a program or a shared library; an archive has no header"
        return _Answer(USAGE, errors=f"golinkage: --platform: {wanted}")
    facts, unread = _read_all(arguments.files)
    libc = Libc(arguments.libc) if arguments.libc else None
    platform = Platform(arguments.platform["GOOS"], arguments.platform["GOARCH"]) if arguments.platform else None
    evidence = [
        Evidence(
            program=file,
            facts=found,
            findings=(*_unexpected(found, expected, libc), *(check_platform(found, platform) if platform else ())),
        )
        for file, found in facts.items()
    ]
    status = UNREADABLE if unread else OK if all(one.ok for one in evidence) else UNEXPECTED
    if arguments.json:
        programs = [{**evidence_json(one), "expected": expected.value} for one in evidence]
        return _Answer(status, _json({"programs": programs, "unreadable": unread}))
    lines = []
    for one in evidence:
        lines.append(f"{one.program}: {one.verdict}{'' if one.ok else ': not as expected'}")
        if not one.ok:
            lines.append(describe(one.findings))
    return _Answer(status, "\n".join(lines), _unread_lines(unread))


def _unexpected(facts: BinaryFacts, expected: Kind, libc: Libc | None) -> tuple[Finding, ...]:
    verdict = classify(facts)
    # Nothing is more static than that where it is found (linkage case C19).
    found = Kind.STATIC if verdict.kind is Kind.SYSTEM_ONLY and expected is Kind.STATIC else verdict.kind
    if found is expected and libc in (None, verdict.libc):
        return ()
    wanted = expected.value + (f" ({libc.value})" if libc else "")
    return (Finding(case="kind", wanted=wanted, found=f"{verdict} ({', '.join(verdict.evidence)})"),)


def _inspect(arguments: argparse.Namespace) -> _Answer:
    facts, unread = _read_all(arguments.files)
    status = UNREADABLE if unread else OK
    if arguments.json:
        programs = [evidence_json(Evidence(program=file, facts=found)) for file, found in facts.items()]
        return _Answer(status, _json({"programs": programs, "unreadable": unread}))
    lines = [line for file, found in facts.items() for line in _inspect_lines(file, found)]
    return _Answer(status, "\n".join(lines), _unread_lines(unread))


def _inspect_lines(file: str, facts: BinaryFacts) -> list[str]:
    verdict = classify(facts)
    lines = [f"{file}: {verdict}", *(f"  {statement}" for statement in verdict.evidence)]
    if facts.elf is not None:
        lines += _elf_lines(facts.elf)
    if facts.build_info:
        info = facts.build_info
        cgo = {True: ", cgo on", False: ", cgo off", None: ""}[info.cgo_enabled]
        lines.append(f"  {info.go_version} {info.path}{cgo}")
    if resolver_of(facts) is Resolver.LIBC:
        lines.append("  hosts or users are resolved by libc")
    return lines


def _elf_lines(elf: ElfFacts) -> list[str]:
    lines = [f"  {elf.machine}, {elf.bits} bits, {'little' if elf.little_endian else 'big'}-endian"]
    if elf.glibc_floor:
        lines.append(f"  needs glibc {elf.glibc_floor} or newer")
    for name, paths in (("RPATH", elf.rpath), ("RUNPATH", elf.runpath)):
        if paths:
            lines.append(f"  {name} {':'.join(paths)}")
    if elf.stack_size:
        lines.append(f"  stack size {elf.stack_size} bytes")
    return lines


def _why(arguments: argparse.Namespace) -> _Answer:
    scans = Scans()
    request = Request(linkage=Linkage(arguments.linkage), libc=Libc(host_libc()), resolver=Resolver(arguments.resolver))
    answers = {package: _scan(scans, package, request, arguments) for package in arguments.packages}
    failed = any(errors(_findings(scan)) or not scan.prediction.complete for scan in answers.values())
    status = UNEXPECTED if failed else OK
    if arguments.json:
        return _Answer(status, _json({"programs": [_why_json(package, scan) for package, scan in answers.items()]}))
    return _Answer(status, "\n".join(line for package, scan in answers.items() for line in _why_lines(package, scan)))


def _scan(scans: Scans, package: str, request: Request, arguments: argparse.Namespace) -> ProgramScan:
    directory = os.path.abspath(package)
    root = find_module_root(directory)
    environ, path = dict(os.environ), os.environ.get("PATH", "")
    base = base_environ(environ, environ, {})
    go = find_go(arguments.go, path, path)
    settings = dict(arguments.platform or {})
    platform = Platform(settings.pop("GOOS"), settings.pop("GOARCH")) if settings else host_platform()
    config = Configuration(
        request=request,
        platform=platform,
        options=Options(tags=tuple(arguments.tags.split(",")) if arguments.tags else (), settings=settings),
        toolchain=probe_go(go, {**base, "GOTOOLCHAIN": "local"}),
        module_root=root,
        workspace=find_workspace(root, os.path.abspath(os.sep)) or "off",
        base=base,
        process_path=path,
        drivers=(Drivers(os.environ.get("CC", "gcc"), os.environ.get("CXX", "g++")),),
        memo=CompilerMemo(),
    )
    return scans.scan(config, directory)


def _findings(scan: ProgramScan) -> tuple[Finding, ...]:
    """Return what a SConstruct would be refused for, and what the imports say."""
    config = scan.configuration
    return (*contradictions(config.request, config.platform, config.options), *scan.prediction.findings)


def _why_lines(package: str, scan: ProgramScan) -> list[str]:
    prediction, findings, linkage = scan.prediction, _findings(scan), scan.configuration.request.linkage.value
    # Of a package with nothing but cgo files there is a finding.
    broken = [f"  {one.import_path}: {one.error}" for one in scan.closure if one.error and not one.has_only_cgo]
    possible = not broken and not errors(findings)
    lines = [f"{package}: linkage {linkage} {f'gives {prediction.kind.value}' if possible else 'cannot be built'}"]
    lines += broken
    lines += [f"  {use.package} needs cgo: {use}" for use in prediction.cgo]
    if not prediction.cgo and not any(one.has_only_cgo for one in scan.closure):
        lines.append("  no package needs cgo")
    if findings:
        lines.append(describe(findings))
    return lines


def _why_json(package: str, scan: ProgramScan) -> dict[str, Any]:
    prediction = scan.prediction
    return {
        "package": package,
        "import_path": scan.main.import_path,
        "linkage": scan.configuration.request.linkage.value,
        "predicted": prediction.kind.value,
        "resolver": prediction.resolver and prediction.resolver.value,
        "cgo": [{"package": use.package, "chain": list(use.chain)} for use in prediction.cgo],
        "libraries": list(prediction.libraries),
        "errors": {found.import_path: found.error for found in scan.closure if found.error},
        "findings": [finding_json(finding) for finding in _findings(scan)],
    }
