"""A line chart with logarithmic axes, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 240, 40, 50
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Told apart by colour-blind readers too (Okabe and Ito)."""


@dataclass(frozen=True)
class Line:
    """What one contender took, by size."""

    title: str
    points: Sequence[tuple[float, float]]


def plot(title: str, x_title: str, lines: Sequence[Line]) -> str:
    """Return the chart."""
    points = [point for line in lines for point in line.points]
    x_axis = _Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
    y_axis = _Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
    body = [
        _text(LEFT, TOP - 16, title, 'font-weight="bold"'),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_title, 'text-anchor="middle"'),
        *(_rule(x_axis(tick), TOP, x_axis(tick), HEIGHT - BOTTOM) for tick in x_axis.ticks),
        *(_text(x_axis(tick), HEIGHT - BOTTOM + 18, _short(tick), 'text-anchor="middle"') for tick in x_axis.ticks),
        *(_rule(LEFT, y_axis(tick), WIDTH - RIGHT, y_axis(tick)) for tick in y_axis.ticks),
        *(_text(LEFT - 8, y_axis(tick) + 4, f"{tick:,g}", 'text-anchor="end"') for tick in y_axis.ticks),
    ]
    labels = _apart([y_axis(line.points[-1][1]) for line in lines])
    for line, colour, label in zip(lines, COLOURS, labels, strict=False):
        at = [(x_axis(x), y_axis(y)) for x, y in line.points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
        body.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in at]
        body.append(_text(WIDTH - RIGHT + 12, label + 4, line.title, f'style="fill:{colour}"'))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
    head += 'font-size="12" fill="#333">'
    return "\n".join((head, '<rect width="100%" height="100%" fill="#fff"/>', *body, "</svg>\n"))


class _Axis:
    """Numbers to places, by their logarithm; ticks at 1, 2 and 5 of every power of ten."""

    def __init__(self, values: Iterable[float], start: float, end: float) -> None:
        values = list(values)
        self.start, self.end = start, end
        steps = [step * 10.0**power for power in range(-4, 8) for step in (1, 2, 5)]
        low = max(step for step in steps if step <= min(values))
        high = min(step for step in steps if step >= max(values))
        self.ticks = [step for step in steps if low <= step <= high]

    def __call__(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.start + (self.end - self.start) * math.log(value / low) / math.log(high / low)


def _apart(places: Sequence[float], least: float = 15) -> list[float]:
    """Move labels down where they would cover each other."""
    moved = list(places)
    below = -math.inf
    for index in sorted(range(len(places)), key=places.__getitem__):
        moved[index] = below = max(places[index], below + least)
    return moved


def _short(number: float) -> str:
    return f"{number:g}" if number < 1000 else f"{number / 1000:g}k"


def _text(x: float, y: float, text: str, attributes: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{text}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'
