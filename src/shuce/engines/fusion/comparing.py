"""Whether one side's number is larger than the other's, by intersection alone.

Lin and Tzeng (2005): x > y exactly if the 1-encoding of x and the 0-encoding of y share an
element. Both are padded to as many elements as there are bits, so that their sizes tell nothing.
"""

import secrets


def ones(cell: int, number: int, bits: int) -> list[str]:
    """Return the 1-encoding of `number` in `bits` bits, for the comparison named `cell`."""
    text = _text(number, bits)
    return _padded(cell, [text[: i + 1] for i in range(bits) if text[i] == "1"], bits)


def zeros(cell: int, number: int, bits: int) -> list[str]:
    """Return the 0-encoding of `number`."""
    text = _text(number, bits)
    return _padded(cell, [text[:i] + "1" for i in range(bits) if text[i] == "0"], bits)


def _text(number: int, bits: int) -> str:
    assert 0 <= number < 1 << bits
    return format(number, f"0{bits}b")


def _padded(cell: int, prefixes: list[str], bits: int) -> list[str]:
    rest = [f"none:{secrets.token_hex(32)}" for _ in range(bits - len(prefixes))]
    return [f"{cell}:{prefix}" for prefix in prefixes] + rest
