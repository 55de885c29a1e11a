"""Shamir's secret sharing (1979) over GF(256), byte by byte: k shares open, k − 1 tell nothing."""

from collections.abc import Callable, Mapping
from functools import reduce

_MODULUS = 0x11B  # x⁸ + x⁴ + x³ + x + 1, the field of AES


def _tables() -> tuple[bytes, bytes]:
    exponents, logarithms = bytearray(510), bytearray(256)
    value = 1
    for power in range(255):
        exponents[power] = exponents[power + 255] = value
        logarithms[value] = power
        value ^= value << 1  # times three, which generates the field
        if value & 0x100:
            value ^= _MODULUS
    return bytes(exponents), bytes(logarithms)


_EXP, _LOG = _tables()


def multiply(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def divide(a: int, b: int) -> int:
    if not b:
        raise ZeroDivisionError
    return _EXP[_LOG[a] - _LOG[b] + 255] if a else 0


def split(secret: bytes, k: int, n: int, entropy: Callable[[int], bytes]) -> dict[int, bytes]:
    """Return n shares by number (1 … n), any k of which give `secret` back."""
    if not 1 <= k <= n <= 255:
        raise ValueError("1 <= k <= n <= 255")
    rows = [secret, *(entropy(len(secret)) for _ in range(k - 1))]
    return {x: _at(rows, x) for x in range(1, n + 1)}


def combine(shares: Mapping[int, bytes], x: int = 0) -> bytes:
    """Return the value at `x` of the polynomial through `shares`: the secret at 0, else a share."""
    points = list(shares.items())
    weights = []
    for mine, _ in points:
        others = [other for other, _ in points if other != mine]
        top = reduce(multiply, (other ^ x for other in others), 1)
        bottom = reduce(multiply, (other ^ mine for other in others), 1)
        weights.append(divide(top, bottom))
    columns = zip(*(share for _, share in points), strict=True)
    return bytes(
        reduce(lambda a, b: a ^ b, map(multiply, weights, column), 0) for column in columns
    )


def _at(rows: list[bytes], x: int) -> bytes:
    """Evaluate at `x` the polynomials whose coefficients are `rows`, constant first (Horner)."""
    value = bytes(len(rows[0]))
    for row in reversed(rows):
        value = bytes(multiply(v, x) ^ c for v, c in zip(value, row, strict=True))
    return value
