"""Construction variables to how tests and checks are run. What of them reaches a binary, ``settings`` reads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..configuration import base_environ
from ..errors import RequestError
from ..goflags import flag_name
from ..testflags import RunOptions, parse_duration, positive
from ..testlog import digests_of
from .fingerprint import Env, text
from .settings import caches_of, covers
from .values import flag, shell_environ, words


def run_options_of(env: Env) -> RunOptions:
    """Return how the tests of packages are run. Raises RequestError."""
    environ = env.get("GOTESTENV") or {}
    if not isinstance(environ, Mapping):
        msg = f"$GOTESTENV: wanted a dict of names and values; found {environ!r}"
        raise RequestError(msg)
    return RunOptions(
        run=text(env, "GOTESTRUN"),
        skip=text(env, "GOTESTSKIP"),
        count=positive(text(env, "GOTESTCOUNT"), "$GOTESTCOUNT"),
        timeout=parse_duration(text(env, "GOTESTTIMEOUT"), "$GOTESTTIMEOUT"),
        short=flag(env, "GOTESTSHORT"),
        parallel=positive(text(env, "GOTESTPARALLEL") or "0", "$GOTESTPARALLEL", least=0),
        flags=words(env, "GOTESTFLAGS"),
        arguments=words(env, "GOTESTARGS"),
        environ={str(name): str(env.subst(str(value))) for name, value in environ.items()},
        cover=covers(env),
    )


def test_environ(env: Env) -> dict[str, str]:
    """Return the environment of tests: the build's without any setting of Go's own, and what is set for them."""
    return {**base_environ(shell_environ(env), os.environ, caches_of(env)), **run_options_of(env).environ}


def declared_run(env: Env) -> dict[str, Any]:
    """Return what a result depends on: the ``signature`` of the run, digests of its ``environ``, and ``cover``."""
    options = run_options_of(env)
    # Values may be secrets.
    given = (f"`{name}' of GOTESTENV: {digest}" for name, digest in sorted(digests_of(options.environ).items()))
    signature = "\n".join([options.signature, *given])
    return {"signature": signature, "environ": digests_of(test_environ(env)), "cover": options.cover}


def is_verbose(env: Env) -> bool:
    """Return whether what tests write is printed where they pass. Raises RequestError."""
    return flag(env, "GOTESTVERBOSE")


def vet_flags_of(env: Env) -> tuple[str, ...]:
    """Return the flags of ``go vet``. Raises RequestError."""
    found = words(env, "GOVETFLAGS")
    if wrong := [word for word in found if flag_name(word) in ("-fix", "-diff", "-json", "-vettool")]:
        msg = f"$GOVETFLAGS\n  wanted: flags that choose what vet looks for\n  found:  {wrong[0]}\n  fix:    remove it"
        raise RequestError(msg)
    return found
