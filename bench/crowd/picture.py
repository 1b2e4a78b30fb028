"""Pictures of the day, as SVG: a line for each row of the minutes."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, EDGE = 960, 160, 40
HOURS = (0, 6, 12, 18, 24)
FONT = 'font-family="sans-serif" font-size="12" role="img"'
COLOURS = ("#07a35a", "#1f6feb")


def picture(title: str, rows: dict[str, Sequence[float]], unit: str) -> str:
    """One chart: rows over the minutes of a day, with their peaks named."""
    highest = max(max(row) for row in rows.values()) or 1.0
    lines = [
        _line(row, highest, colour) for row, colour in zip(rows.values(), COLOURS, strict=False)
    ]
    names = [
        f'<tspan fill="{colour}">{escape(name)}, at most {max(row):,.0f} {unit}</tspan>'
        for (name, row), colour in zip(rows.items(), COLOURS, strict=False)
    ]
    marks = [
        f'<text x="{_x(hour * 60, 1440):.0f}" y="{EDGE + HEIGHT + 16}">{hour}:00</text>'
        for hour in HOURS
    ]
    width, height = WIDTH + 2 * EDGE, HEIGHT + 2 * EDGE
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {FONT}>',
            f"<title>{escape(title)}</title>",
            '<rect width="100%" height="100%" fill="white"/>',
            f'<text x="{EDGE}" y="24">{escape(title)}: {" · ".join(names)}</text>',
            f'<path d="M{EDGE} {EDGE}v{HEIGHT}h{WIDTH}" fill="none" stroke="#999"/>',
            *lines,
            *marks,
            "</svg>",
        ]
    )


def _line(row: Sequence[float], highest: float, colour: str) -> str:
    points = " ".join(
        f"{_x(minute, len(row)):.1f},{EDGE + HEIGHT * (1 - value / highest):.1f}"
        for minute, value in enumerate(row)
    )
    return f'<polyline points="{points}" fill="none" stroke="{colour}"/>'


def _x(minute: float, minutes: int) -> float:
    return EDGE + WIDTH * minute / minutes
