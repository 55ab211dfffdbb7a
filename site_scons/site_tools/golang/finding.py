"""A finding: one thing that is not as it was wanted, with its reason and its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from .linkage import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What prediction and proof report. ``case`` is a stable identifier for machine-readable reports."""

    case: str
    wanted: str
    found: str
    why: str = ""
    fix: str = ""
    level: Level = Level.ERROR

    def lines(self) -> tuple[str, ...]:
        """Return the finding as text: wanted, found, and where they are known why and fix."""
        parts = (
            ("wanted", self.wanted),
            ("found", self.found),
            ("why", self.why),
            ("fix", self.fix),
        )
        return tuple(f"  {name + ':':8}{text}" for name, text in parts if text)


def errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings that must fail the build."""
    return tuple(finding for finding in findings if finding.level is Level.ERROR)


def warnings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings to be told without failing the build."""
    return tuple(finding for finding in findings if finding.level is Level.WARN)
