"""How a delimited text is written down: delimiter, quote and escape, found from its first lines.

The delimiter is chosen by row patterns times cell types, after van den Burg, Nazábal and Sutton,
"Wrangling messy CSV files by detecting row and type patterns" (2019), here by widths of rows.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from shuce.engines.scan.rulebook import patterns

DELIMITERS = (",", "\t", ";", "|", "，", "；", ", ", "^", "~", ":", " ")
_QUOTES = ('"', "'")
_RARE = {" ": 0.6, ":": 0.5, "^": 0.9, "~": 0.9, "，": 0.95, "；": 0.95}
_LINES = 400


@dataclass(frozen=True)
class Dialect:
    """`quote` is empty where nothing is quoted; a quote inside quotes is doubled, or escaped."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    @cached_property
    def well_formed(self) -> re.Pattern[str]:
        """What a whole record looks like where every quote is closed before a delimiter."""
        cell = self._cell
        return re.compile(f"{cell}(?:{re.escape(self.delimiter)}{cell})*", re.DOTALL)

    def record_of(self, width: int) -> str:
        """Return the expression of a well-formed record of `width` cells, without line breaks."""
        cell = self._cell.replace("[^", "[^\\r\\n")
        return f"{cell}(?:{re.escape(self.delimiter)}{cell}){{{width - 1}}}"

    @property
    def _cell(self) -> str:
        mark = re.escape(self.delimiter[0])
        if not self.quote:
            return f"[^{mark}]*"
        q = re.escape(self.quote)
        return f"(?:{q}[^{q}]*(?:{q}{q}[^{q}]*)*{q}|[^{q}{mark}][^{mark}]*|)"


def find_dialect(text: str) -> Dialect:
    """Return how the text is written."""
    quote = _quote_of(text)
    escape = _escape_of(text, quote)
    lines = [line for line in plain_escapes(text, quote, escape).splitlines() if line.strip()]
    lines = lines[:_LINES]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        if delimiter not in text:
            continue
        score = _score(lines, delimiter, quote) * _RARE.get(delimiter, 1.0)
        if score > best_score * 1.02:
            best, best_score = delimiter, score
    if best == "," and text.count(", ") >= 0.9 * text.count(",") > 0:
        best = ", " if _score(lines, ", ", quote) >= 0.98 * best_score else ","
    return Dialect(best, quote, escape)


def plain_escapes(text: str, quote: str, escape: str) -> str:
    """Return the text with escaped quotes doubled."""
    return text.replace(escape + quote, quote * 2) if escape and quote else text


def _quote_of(text: str) -> str:
    """Return the mark that most often opens or closes a cell."""
    edges = {
        q: len(
            re.findall(
                rf"(?:^|[,\t;|，；^~ ]){q}(?=\S)|(?<=\S){q}(?=[,\t;|，；^~ ]|\s*$)", text, re.M
            )
        )
        for q in _QUOTES
    }
    if (
        edges["'"] > 3 * edges['"']
        and edges["'"] >= 4
        and re.search(r"(?:^|[,\t;|])'[^'\n]*'(?:[,\t;|]|$)", text, re.M)
    ):
        return "'"
    return '"'


def _escape_of(text: str, quote: str) -> str:
    for escape in ("\\", "\x00"):
        if text.count(escape + quote) > 0:
            return escape
    return ""


def _score(lines: Sequence[str], delimiter: str, quote: str) -> float:
    rows = [split_naively(line, delimiter, quote) for line in lines]
    widths = Counter(map(len, rows))
    pattern = sum(n * (width - 1) / width for width, n in widths.items()) / len(widths)
    pattern = max(pattern / max(1, len(rows)), 0.001)
    # Widths of a few stray lines must not outweigh what nearly all lines say.
    usual, count = widths.most_common(1)[0]
    steady = count / max(1, len(rows)) * (usual - 1) / usual if usual > 1 else 0.001
    cells = [cell.strip() for row in rows for cell in row]
    typed = sum(
        1.0
        if patterns()["cell_typed"].match(cell)
        else 0.85
        if patterns()["cell_plain"].match(cell)
        else 0.3
        for cell in cells
    ) / max(1, len(cells))
    return max(pattern, steady) * typed


def split_naively(line: str, delimiter: str, quote: str) -> list[str]:
    """Split a line at delimiters outside quotes that are closed before a delimiter."""
    if not quote or quote not in line:
        return line.split(delimiter)
    cells: list[str] = []
    start, size = 0, len(delimiter)
    while True:
        end = -1
        if line.startswith(quote, start):
            end = _closing(line, start, delimiter, quote)
        if end >= 0:
            cells.append(line[start + 1 : end].replace(quote * 2, quote))
            end += 1
        else:
            end = line.find(delimiter, start)
            end = len(line) if end < 0 else end
            cells.append(line[start:end])
        if end >= len(line):
            return cells
        start = end + size


def _closing(line: str, start: int, delimiter: str, quote: str) -> int:
    """Return where the quote opened at `start` closes before a delimiter or the end; else -1."""
    at = start + 1
    while (at := line.find(quote, at)) >= 0:
        if line.startswith(quote * 2, at):
            at += 2
            continue
        return at if at + 1 == len(line) or line.startswith(delimiter, at + 1) else -1
    return -1
