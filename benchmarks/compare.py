"""Measure scons-golang against `go build`, make and SCons by hand, on synthetic monorepos, in one interleaved run."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from typing import Any

from contenders import CONTENDERS, REFERENCE, TOOL
from laboratory import WORKS, Laboratory, progress, std_cache
from measure import describe_machine, describe_versions
from monorepo import make_monorepo
from report import insert, markdown, write_plot

GROWTH = ("golang", REFERENCE, "floor")
"""Who takes part in the sizes that only show how the null build grows."""


def main() -> None:
    """Measure what was asked for, merge it with what was measured before, and write the report."""
    options = _parse()
    results = _read(options.into)
    if not options.render:
        if options.directory:
            os.makedirs(options.directory, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="golang-benchmark-", dir=options.directory) as directory:
            _measure(options, results, directory)
    text = markdown(results)
    if options.page:
        write_plot(results, f"{os.path.splitext(options.page)[0]}.svg")
        insert(text, options.page)
    print(text)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="2000/200", help="packages/programs of the monorepo (default: %(default)s)")
    parser.add_argument(
        "--growth",
        default="50/5,500/40,10000/400",
        help="other sizes, to measure where nothing changed (default: %(default)s)",
    )
    parser.add_argument("--works", default=",".join([*WORKS, "growth"]), help="what to measure (default: %(default)s)")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, help="of each work; default: " + _default_rounds())
    parser.add_argument("--slow-rounds", type=int, default=2, help="of slow contenders (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the monorepo (default: %(default)s)")
    parser.add_argument("--directory", help="where to work; needs room for every contender's outputs")
    parser.add_argument("--into", default="benchmarks.json", help="results to add to or replace (default: %(default)s)")
    parser.add_argument("--page", help="a page to renew between its markers, with the plot beside it")
    parser.add_argument("--render", action="store_true", help="measure nothing, only write the report again")
    options = parser.parse_args()
    for name, known in (("works", [*WORKS, "growth"]), ("contenders", list(CONTENDERS))):
        chosen = getattr(options, name).split(",")
        if unknown := set(chosen) - set(known):
            parser.error(f"--{name}: {', '.join(sorted(unknown))} is none of {', '.join(known)}")
        setattr(options, name, [one for one in known if one in chosen])
    return options


def _default_rounds() -> str:
    return ", ".join(f"{work} {rounds}" for work, (_, rounds) in WORKS.items())


def _measure(options: argparse.Namespace, results: dict[str, Any], directory: str) -> None:
    results["machine"], results["versions"] = describe_machine(), describe_versions(TOOL)
    std = std_cache(directory)
    plans = []
    works = [work for work in options.works if work in WORKS]
    if works:
        results["size"] = options.size
        plans.append((options.size, works, options.contenders))
    if "growth" in options.works and options.growth:
        growing = [name for name in options.contenders if name in GROWTH]
        plans += [(size, ["null"], growing) for size in options.growth.split(",")]
    for size, chosen, names in plans:
        packages, programs = map(int, size.split("/"))
        monorepo = make_monorepo(packages, programs, options.seed)
        laboratory = Laboratory(os.path.join(directory, size.replace("/", "-")), monorepo, std, names)
        progress(f"{size}: preparing")
        laboratory.prepare()
        sized = results.setdefault("sizes", {}).setdefault(size, {"works": {}})
        sized.update(packages=packages, programs=programs, files=laboratory.files, imports=monorepo.import_edges)
        for work in chosen:
            rounds = options.rounds or WORKS[work][1]
            sized["works"][work] = _merged(
                sized["works"].get(work), laboratory.measure(work, rounds, options.slow_rounds)
            )
            _write(options.into, results)
        shutil.rmtree(laboratory.directory)


def _merged(before: dict[str, Any] | None, now: dict[str, Any]) -> dict[str, Any]:
    """Keep what was measured before of contenders that did not take part now."""
    before = before or {}
    return {"usage": {**before.get("usage", {}), **now["usage"]}, "same": now["same"] or before.get("same")}


def _read(file: str) -> dict[str, Any]:
    if not os.path.exists(file):
        return {}
    with open(file, encoding="utf-8") as stream:
        results: dict[str, Any] = json.load(stream)
    return results


def _write(file: str, results: dict[str, Any]) -> None:
    with open(file, "w", encoding="utf-8") as stream:
        json.dump(results, stream, indent=1)
        stream.write("\n")


if __name__ == "__main__":
    main()
