"""Draw the three rights over an asset: who holds it, what it granted to whom, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shuce.kernel.words import say

_WIDTH, _HEIGHT = 212, 64
_ACROSS, _DOWN = 96, 20
_LINE = 15
_COLOURS = {
    "HOLDER": ("#0f5f78", "#e6eff3"),
    "IN_FORCE": ("#2d8a4e", "#eff8f2"),
    "SUSPENDED": ("#a3211a", "#fdf1f0"),
    "REQUESTED": ("#a87200", "#fef8e8"),
}


@dataclass(frozen=True)
class Box:
    """One body with a right: `lines` are shown in it, `edge` on the line that leads to it."""

    name: str
    lines: tuple[str, ...]
    state: str
    edge: str = ""
    href: str = ""
    below: tuple["Box", ...] = field(default=())


@dataclass(frozen=True)
class _Placed:
    box: Box
    x: int
    y: int
    above: tuple[int, int] | None


def drawn(holder: Box) -> SafeString:
    """Return the drawing as SVG: the holder at the left, what it granted further right."""
    placed: list[_Placed] = []
    rows = _place(holder, 0, 0, None, placed)
    width = max(one.x for one in placed) + _WIDTH + 2
    height = rows * (_HEIGHT + _DOWN) - _DOWN + 2
    lines = format_html_join("", "{}", ((_edge(one),) for one in placed if one.above))
    boxes = format_html_join("", "{}", ((_drawn_box(one),) for one in placed))
    return format_html(
        '<svg class="rights" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img"'
        ' aria-label="{label}">{lines}{boxes}</svg>',
        w=width,
        h=height,
        label=say("权利关系图：由左侧持有单位授予右侧单位，详见旁边的列表"),
        lines=lines,
        boxes=boxes,
    )


def _place(
    box: Box, depth: int, row: int, above: tuple[int, int] | None, placed: list[_Placed]
) -> int:
    """Place a box and all that hangs on it from `row` on; return how many rows they take."""
    x, y = 1 + depth * (_WIDTH + _ACROSS), 1 + row * (_HEIGHT + _DOWN)
    placed.append(_Placed(box, x, y, above))
    taken = 0
    for one in box.below:
        taken += _place(one, depth + 1, row + taken, (x + _WIDTH, y + _HEIGHT // 2), placed)
    return max(1, taken)


def _edge(one: _Placed) -> SafeString:
    assert one.above is not None
    x0, y0 = one.above
    x1, y1 = one.x, one.y + _HEIGHT // 2
    middle = (x0 + x1) // 2
    return format_html(
        '<path d="M{} {}C{} {} {} {} {} {}" fill="none" stroke="{}" stroke-width="1.5"{}/>'
        '<path d="M{} {}l-7 -4v8z" fill="{}"/>'
        '<text x="{}" y="{}" font-size="11" text-anchor="middle" fill="#45555d">{}</text>',
        x0, y0, middle, y0, middle, y1, x1, y1,
        _colours(one.box)[0],
        SafeString(' stroke-dasharray="4 3"') if one.box.state == "REQUESTED" else "",
        x1, y1, _colours(one.box)[0],
        middle, y1 - 6, one.box.edge,
    )  # fmt: skip


def _drawn_box(one: _Placed) -> SafeString:
    line, fill = _colours(one.box)
    texts: Sequence[tuple[int, int, str, str]] = [
        (one.x + 10, one.y + 20, "600", _short(one.box.name, 15)),
        *(
            (one.x + 10, one.y + 20 + _LINE * place, "400", _short(text, 16))
            for place, text in enumerate(one.box.lines, start=1)
        ),
    ]
    shape = format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="5" fill="{}" stroke="{}"/>{}',
        one.x, one.y, _WIDTH, _HEIGHT, fill, line,
        format_html_join(
            "", '<text x="{}" y="{}" font-size="12" font-weight="{}" fill="#16303a">{}</text>',
            texts,
        ),
    )  # fmt: skip
    return format_html('<a href="{}">{}</a>', one.box.href, shape) if one.box.href else shape


def _colours(box: Box) -> tuple[str, str]:
    return _COLOURS.get(box.state, ("#5b6b73", "#f7f9fa"))


def _short(text: str, most: int) -> str:
    """Return `text` cut to the width of `most` Chinese characters; others are half as wide."""
    width = 0.0
    for place, character in enumerate(text):
        width += 0.58 if ord(character) < 0x2E80 else 1
        if width > most:
            return f"{text[: place - 1]}…"
    return text
