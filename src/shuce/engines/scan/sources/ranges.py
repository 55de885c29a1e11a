"""Draw rows in a few ranges spread over a table: far cheaper than a coin for every row."""


def row_ranges(row_number: str, rows: int, wanted: int, ranges: int = 10) -> str:
    """Return an SQL condition for `ranges` even stretches of about `wanted` rows together."""
    if wanted >= rows:
        return "true"
    ranges = max(1, min(ranges, wanted))
    length = wanted // ranges
    starts = [(rows - length) * i // max(1, ranges - 1) for i in range(ranges)]
    return (
        "("
        + " OR ".join(f"{row_number} BETWEEN {start} AND {start + length - 1}" for start in starts)
        + ")"
    )
