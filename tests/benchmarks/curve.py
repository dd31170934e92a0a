"""Growth as a picture: two log-log panels in one SVG, drawn by hand so that no plotting library is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

Points = Sequence[tuple[float, float]]
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 460, 400, 58, 46, 104
COLOURS = ("#1f4e8c", "#b3541e", "#2d6a4f", "#6b6b6b")
DASHES = ("", "7 4", "2 4", "10 3 2 3")


@dataclass(frozen=True, slots=True)
class Panel:
    """`lines`: name → points (applicants, CPU seconds)."""

    title: str
    lines: dict[str, Points]


def svg(panels: Sequence[Panel], note: str) -> str:
    """The whole picture as text."""
    width = WIDTH * len(panels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT + 28}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#222">',
        f"<title>{note}</title>",
        f'<rect width="{width}" height="{HEIGHT + 28}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        parts += [f'<g transform="translate({number * WIDTH} 0)">', *_panel(panel), "</g>"]
    parts += [f'<text x="{width / 2}" y="{HEIGHT + 16}" text-anchor="middle">{note}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


def _panel(panel: Panel) -> list[str]:
    xs = [log10(x) for points in panel.lines.values() for x, _ in points]
    ys = [log10(max(y, 1e-4)) for points in panel.lines.values() for _, y in points]
    left, right = min(xs) - 0.1, max(xs) + 0.1
    low, high = int(min(ys) - 1), int(max(ys) + 1)

    def across(value: float) -> float:
        return LEFT + (log10(value) - left) / (right - left) * (WIDTH - LEFT - 24)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (log10(max(value, 1e-4)) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text x="{LEFT}" y="24" font-size="14" font-weight="600">{panel.title}</text>']
    for power in range(low, high + 1):
        y = up(10**power)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 24}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power:g} s</text>')
    for size in (1_000, 10_000, 100_000, 1_000_000):
        if left <= log10(size) <= right:
            x = across(size)
            parts.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,}</text>')
    for number, (name, points) in enumerate(panel.lines.items()):
        style = f'stroke="{COLOURS[number]}" stroke-dasharray="{DASHES[number]}"'
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke-width="2" {style}/>')
        parts += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{COLOURS[number]}"/>' for x, y in points]
        y = HEIGHT - BOTTOM + 38 + 16 * number
        parts.append(
            f'<path d="M{LEFT} {y}h34" stroke-width="2" {style}/><text x="{LEFT + 42}" y="{y + 4}">{name}</text>'
        )
    return parts
