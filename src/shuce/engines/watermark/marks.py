"""The bit a cell carries for a mark, and how well the bits of a file agree with one.

A keyed bit for each value follows Agrawal and Kiernan, "Watermarking Relational Databases" (2002),
with the bit kept in the cell's form instead of its value.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import comb

# A stranger's mark agrees with all of these once in 2^400 files; more would only be slow.
MOST_CELLS = 400


@dataclass(frozen=True)
class Cell:
    """A cell as it was found: what identifies it, and the bit its form tells."""

    text: str
    bit: bool


@dataclass(frozen=True)
class Sheet:
    """A file as it was read: its rows as text, the cells that tell a bit, and words beside them."""

    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Agreement:
    """How many of the cells that tell a bit tell the mark's."""

    agreeing: int
    cells: int

    @cached_property
    def chance(self) -> float:
        """Return the probability that a mark drawn at random agrees at least as well."""
        ways = sum(comb(self.cells, n) for n in range(self.agreeing, self.cells + 1))
        return float(ways / 2**self.cells)


def fresh_mark() -> bytes:
    """Return a secret for one delivery."""
    return secrets.token_bytes(16)


def bit_of(mark: bytes, text: str) -> bool:
    """Return the bit that a cell of this identity carries for `mark`."""
    told = hmac.digest(mark, text.encode("utf-8", "surrogatepass"), "sha256")
    return bool(told[0] & 1)


def identity(value: object) -> str:
    """Return a value's text, numbers alike however a program wrote them; empty where it is none.

    Spreadsheets keep fifteen digits of a number.
    """
    if value is None:
        return ""
    text = str(value).strip()
    try:
        return f"{float(text):.15g}"
    except ValueError:
        return text


def agreement(cells: Iterable[Cell], mark: bytes, most: int = MOST_CELLS) -> Agreement:
    """Count the cells that tell the bit of `mark`; equal texts once, contradictory ones never."""
    told: dict[str, bool | None] = {}
    for cell in cells:
        told[cell.text] = cell.bit if told.setdefault(cell.text, cell.bit) == cell.bit else None
    clear = [(text, bit) for text, bit in told.items() if bit is not None][:most]
    return Agreement(sum(bit_of(mark, text) == bit for text, bit in clear), len(clear))
