"""The documentation says what the code does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from golang.cli import _parser
from golang.facts import BinaryFacts, ElfFacts
from golang.linkage import Kind, Linkage
from golang.report import Evidence, evidence_json

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_page_of_variables_is_made_from_the_table() -> None:
    spec = importlib.util.spec_from_file_location("variables_page", DOCS / "variables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert read("docs/variables.md") == module.page(), "run: python3 docs/variables.py"


@pytest.mark.parametrize("linkage", [linkage.value for linkage in Linkage])
def test_every_linkage_has_a_page_and_a_row_in_the_readme(linkage: str) -> None:
    assert read(f"docs/{linkage}.md").startswith(f'# `linkage="{linkage}"`')
    assert f"| [`{linkage}`](docs/{linkage}.md) |" in read("README.md")


def test_links_in_the_documentation_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md"), *ROOT.glob("examples/**/README.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_schema_of_the_report_is_documented_field_by_field() -> None:
    page = read("docs/report.md")
    elf = ElfFacts(type="EXEC", machine="X86_64", bits=64, little_endian=True)
    data = evidence_json(Evidence(program="app", facts=BinaryFacts(format="ELF", size=1, elf=elf)))

    for name in (*data, *data["elf"]):
        assert f"`{name}`" in page, name
    for kind in Kind:
        assert f"`{kind.value}`" in page


def test_every_command_and_option_is_documented() -> None:
    page = read("docs/golinkage.md")
    commands = next(action for action in _parser()._actions if action.choices).choices

    for name, parser in commands.items():
        assert f"golinkage {name}" in page
        for action in parser._actions:
            for option in action.option_strings:
                assert option in ("-h", "--help") or option in page, option
