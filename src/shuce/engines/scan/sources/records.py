"""Split text into records and records into cells, repairing stray quotes by the usual width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shuce.engines.scan.sources.dialects import Dialect, split_naively

_LONGEST = 80  # lines one quoted value may run over
_WIDEST = 400


@dataclass(frozen=True)
class Record:
    """One record: the number of its first line, its cells, and whether its quotes were in order."""

    line: int
    cells: tuple[str, ...]
    in_order: bool = True


def records(lines: Sequence[str], dialect: Dialect, width: int = 0) -> Iterator[Record]:
    """Yield the records of the lines, blank ones left out. `width`: of most records, if known."""
    at = 0
    while at < len(lines):
        line, size = lines[at], 1
        if not line.strip():
            at += 1
            continue
        in_order = bool(dialect.well_formed.fullmatch(line))
        if not in_order and dialect.quote and line.count(dialect.quote) % 2:
            joined = _joined(lines, at, dialect, width)
            if joined:
                line, size, in_order = *joined, True
        if in_order:
            cells = split_naively(line, dialect.delimiter, dialect.quote)
        else:
            cells = repaired(line, dialect, width)
        yield Record(at + 1, tuple(cells), in_order)
        at += size


def _joined(lines: Sequence[str], at: int, dialect: Dialect, width: int) -> tuple[str, int] | None:
    """Return (text, lines taken) if the value opened on this line closes on a later one."""
    text = lines[at]
    for more in range(1, min(_LONGEST, len(lines) - at)):
        following = lines[at + more]
        text += "\n" + following
        if following.count(dialect.quote) % 2 == 0:
            continue
        if not dialect.well_formed.fullmatch(text):
            return None
        cells = len(split_naively(text, dialect.delimiter, dialect.quote))
        # A stray quote would swallow a record that is one by itself.
        return (text, more + 1) if not width or cells == width else None
    return None


def repaired(line: str, dialect: Dialect, width: int) -> list[str]:
    """Return the cells of a record whose quotes do not pair, as many as `width` if that can be.

    The cheapest reading wins: a quote that stands for itself costs, and so does a wrong width.
    """
    size = len(dialect.delimiter)
    ends = [*_all(line, dialect.delimiter), len(line)]
    naive = split_naively(line, dialect.delimiter, dialect.quote)
    if not dialect.quote or len(ends) > _WIDEST:
        return naive
    starts = [0, *(end + size for end in ends[:-1])]
    # best[i]: {cells so far: (cost, where the last cell starts)} of what ends at ends[i - 1]
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, -1)}] + [{} for _ in ends]
    most = max(width * 2, 8) if width else _WIDEST
    for i, start in enumerate(starts):
        for count, (cost, _) in best[i].items():
            if count >= most:
                continue
            for j in range(i, len(ends)):
                price = _price(line[start : ends[j]], dialect.quote, plain=j == i)
                if price is None:
                    continue
                old = best[j + 1].get(count + 1)
                if old is None or cost + price < old[0]:
                    best[j + 1][count + 1] = (cost + price, i)
    found = best[len(ends)]
    count = min(found, key=lambda n: found[n][0] + (4.0 * abs(n - width) if width else 0.0))
    cells: list[str] = []
    j = len(ends)
    while j:
        i = best[j][count][1]
        cells.append(_meant(line[starts[i] : ends[j - 1]], dialect.quote))
        j, count = i, count - 1
    return cells[::-1]


def _price(cell: str, quote: str, *, plain: bool) -> float | None:
    """Return what it costs to read the text as one cell; None if it cannot be one."""
    if len(cell) >= 2 and cell[0] == quote == cell[-1]:
        return float(cell[1:-1].replace(quote * 2, "").count(quote))
    return 1.5 * cell.count(quote) if plain else None


def _meant(cell: str, quote: str) -> str:
    if len(cell) >= 2 and cell[0] == quote == cell[-1]:
        return cell[1:-1].replace(quote * 2, quote)
    return cell


def _all(line: str, mark: str) -> Iterator[int]:
    at = line.find(mark)
    while at >= 0:
        yield at
        at = line.find(mark, at + len(mark))
