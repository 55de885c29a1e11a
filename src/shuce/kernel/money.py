"""Amounts of renminbi. Whole fen, never float."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Self


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of renminbi in whole fen, so that sums and shares are exact."""

    fen: int = 0

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{sign}¥{yuan:,}.{fen:02}"

    def __add__(self, other: Self) -> Self:
        return type(self)(self.fen + other.fen)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.fen - other.fen)

    def __neg__(self) -> Self:
        return type(self)(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    @classmethod
    def from_yuan(cls, yuan: Decimal | str | int) -> Self:
        """Read an amount in yuan, rounding half up to the fen."""
        return cls(int((Decimal(yuan) * 100).quantize(Decimal(1), ROUND_HALF_UP)))

    @classmethod
    def total(cls, amounts: Iterable[Self]) -> Self:
        return cls(sum(amount.fen for amount in amounts))

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Divide in proportion to `weights`; left-over fen go to the largest remainders."""
        whole = sum(weights)
        assert whole > 0, "weights must not all be zero"
        shares = [self.fen * weight // whole for weight in weights]
        remainder = [self.fen * weight % whole for weight in weights]
        largest_first = sorted(range(len(weights)), key=lambda i: -remainder[i])
        for i in largest_first[: self.fen - sum(shares)]:
            shares[i] += 1
        return [type(self)(share) for share in shares]
