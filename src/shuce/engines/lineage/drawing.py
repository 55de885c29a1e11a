"""The neighbourhood of an asset drawn as SVG, left to right: what it is made from, what of it.

Colours are attributes and no style sheet is inside, so that a strict content policy lets it
through; a table beside it says the same for those who do not see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from shuce.engines.lineage.walking import Arrow
from shuce.kernel.words import say

_WIDTH, _HEIGHT = 196, 56
_ACROSS, _DOWN, _MARGIN = 84, 18, 26
_COLOURS = {
    "SELF": ("#0f5f78", "#cfe3ea"),
    "CARD": ("#0f5f78", "#eef5f8"),
    "RESOURCE": ("#5b6b73", "#f7f9fa"),
    "DATASET": ("#a87200", "#fef8e8"),
    "PRODUCT": ("#2d8a4e", "#eff8f2"),
    "HIDDEN": ("#8a979d", "#f1f3f4"),
}


@dataclass(frozen=True)
class Box:
    """One thing in the drawing: two lines of words, its kind for the colour, where it leads."""

    key: str
    name: str
    note: str
    kind: str
    layer: int
    href: str = ""


def draw(boxes: Sequence[Box], arrows: Sequence[Arrow], title: str) -> str:
    """Return an SVG element; an arrow that leads back, in a circle, is drawn in dashes."""
    places = _placed(boxes, arrows)
    width = max((x for x, _ in places.values()), default=0) + _WIDTH + _MARGIN
    height = max((y for _, y in places.values()), default=0) + _HEIGHT + _MARGIN
    lines = [_line(places, arrow) for arrow in arrows]
    shapes = [_shape(box, *places[box.key]) for box in boxes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lineage" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(lines)}{''.join(shapes)}</svg>"
    )


def _placed(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> Mapping[str, tuple[int, int]]:
    """Return where each box stands: a column for each layer, near those it is tied to."""
    columns: dict[int, list[Box]] = {}
    for box in boxes:
        columns.setdefault(box.layer, []).append(box)
    tied: dict[str, list[str]] = {}
    for arrow in arrows:
        tied.setdefault(arrow.upstream, []).append(arrow.downstream)
        tied.setdefault(arrow.downstream, []).append(arrow.upstream)
    first = min(columns, default=0)
    tallest = max((len(column) for column in columns.values()), default=1)
    rows: dict[str, float] = {}
    places: dict[str, tuple[int, int]] = {}
    for layer in sorted(columns, key=abs):
        column = columns[layer]

        def near(box: Box) -> tuple[float, str]:
            known = [rows[key] for key in tied.get(box.key, ()) if key in rows]
            return (sum(known) / len(known) if known else 0, box.name)

        above = (tallest - len(column)) / 2
        for row, box in enumerate(sorted(column, key=near)):
            rows[box.key] = above + row
            places[box.key] = (
                _MARGIN + (layer - first) * (_WIDTH + _ACROSS),
                _MARGIN + round((above + row) * (_HEIGHT + _DOWN)),
            )
    return places


def _line(places: Mapping[str, tuple[int, int]], arrow: Arrow) -> str:
    if arrow.upstream not in places or arrow.downstream not in places:
        return ""
    (x0, y0), (x1, y1) = places[arrow.upstream], places[arrow.downstream]
    start, end = x0 + _WIDTH, x1
    y0, y1 = y0 + _HEIGHT // 2, y1 + _HEIGHT // 2
    back = x1 <= x0
    reach = 46 if back else (end - start) // 2
    lift = -(_HEIGHT // 2 + 14) if back and y0 == y1 else 0
    path = f"M{start} {y0}C{start + reach} {y0 + 2 * lift} {end - reach} {y1 + 2 * lift} {end} {y1}"
    dashes = ' stroke-dasharray="5 4"' if back else ""
    return (
        f'<path d="{path}" fill="none" stroke="#5b6b73" stroke-width="1.5"{dashes}/>'
        f'<path d="M{end} {y1}l-7 -4v8z" fill="#5b6b73"/>'
    )


def _shape(box: Box, x: int, y: int) -> str:
    line, fill = _COLOURS.get(box.kind, _COLOURS["RESOURCE"])
    weight = "2.5" if box.kind == "SELF" else "1"
    dashes = ' stroke-dasharray="4 3"' if box.kind in ("HIDDEN", "DATASET") else ""
    body = (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="5" fill="{fill}"'
        f' stroke="{line}" stroke-width="{weight}"{dashes}/>'
        f'<text x="{x + 10}" y="{y + 23}" font-size="12.5" font-weight="600" fill="#16303a">'
        f"{escape(short(box.name, 14))}</text>"
        f'<text x="{x + 10}" y="{y + 42}" font-size="11.5" fill="#45555d">'
        f"{escape(short(box.note, 15))}</text>"
    )
    full = f"<title>{escape(say('{name}（{note}）', name=box.name, note=box.note))}</title>"
    if not box.href:
        return f"<g>{full}{body}</g>"
    return f'<a href="{escape(box.href)}">{full}{body}</a>'


def short(text: str, most: int) -> str:
    """Return `text` cut to the width of `most` Chinese characters; others are half as wide."""
    width = 0.0
    for place, character in enumerate(text):
        width += 0.58 if ord(character) < 0x2E80 else 1
        if width > most:
            return f"{text[: place - 1]}…"
    return text
