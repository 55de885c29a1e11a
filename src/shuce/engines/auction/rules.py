"""The rules of an auction, fixed and digested before it opens."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, Self

from shuce.engines.apportionment.reading import Rational
from shuce.engines.auction.bids import BadAuction
from shuce.kernel.choices import Choice
from shuce.kernel.words import say


class Form(Choice):
    """How the price is found."""

    FIRST_PRICE = "first_price", "密封投标，最高价成交"
    SECOND_PRICE = "second_price", "密封投标，第二高价成交"
    ENGLISH = "english", "公开加价"
    UNIFORM_PRICE = "uniform_price", "统一价格"
    PAY_AS_BID = "pay_as_bid", "各付其价"
    UNIFORM_YIELD = "uniform_yield", "统一利率"
    VCG = "vcg", "维克里－克拉克－格罗夫斯"

    @property
    def is_for_one(self) -> bool:
        return self in (Form.FIRST_PRICE, Form.SECOND_PRICE, Form.ENGLISH)


class PriceRule(Choice):
    """Which bid sets the one price of a uniform-price auction."""

    LOWEST_WINNER = "lowest_winner", "最低中标价"
    FIRST_REJECTED = "first_rejected", "最高落标价"


class MarginRule(Choice):
    """How bids at the clearing price share what is left."""

    PRO_RATA = "pro_rata", "按数量比例"
    EARLIEST = "earliest", "按先后次序"


@dataclass(frozen=True, slots=True)
class Rules:
    """One auction's rules. Prices are in fen, yields in per cent or any one unit; times aware.

    `limit` is the lowest price (for yields the highest) that is admitted, known to all. A secret
    reserve (of yields: a ceiling) is fixed by its commitment. `set_aside` units go first, to bids
    without a price. An English auction closes at `closes_at`, but a bid in its last `window`
    seconds keeps it open for `extension` seconds more, never past `latest_close`.
    """

    auction: str
    form: Form
    units: int = 1
    limit: Rational | None = None
    reserve_commitment: str = ""
    price_rule: PriceRule = PriceRule.LOWEST_WINNER
    margin_rule: MarginRule = MarginRule.PRO_RATA
    set_aside: int = 0
    most_per_bidder: int | None = None
    budgets: Mapping[str, Rational] = field(default_factory=dict)
    increment: Rational = 1
    closes_at: datetime | None = None
    window: int = 0
    extension: int = 0
    latest_close: datetime | None = None

    def __post_init__(self) -> None:
        if self.units < 1 or (self.form.is_for_one and self.units != 1):
            raise BadAuction(say("{form} 的标的数量有误", form=self.form.label))
        if not 0 <= self.set_aside <= self.units:
            raise BadAuction(say("预留数量应在 0 与总量之间"))
        if self.limit is not None and self.limit < 0:
            raise BadAuction(say("限价不得为负"))
        if self.form is Form.ENGLISH:
            self._check_times()

    def _check_times(self) -> None:
        if self.closes_at is None or self.increment <= 0 or min(self.window, self.extension) < 0:
            raise BadAuction(say("公开加价须有截止时间和大于 0 的加价幅度"))
        for moment in (self.closes_at, self.latest_close):
            if moment is not None and moment.utcoffset() is None:
                raise BadAuction(say("截止时间应带时区"))
        if self.latest_close is not None and self.latest_close < self.closes_at:
            raise BadAuction(say("最晚截止时间不得早于截止时间"))

    def to_json(self) -> dict[str, Any]:
        """Return the rules as they are published and digested."""
        return {
            "auction": self.auction,
            "form": self.form.value,
            "units": self.units,
            "limit": None if self.limit is None else str(Fraction(self.limit)),
            "reserve_commitment": self.reserve_commitment,
            "price_rule": self.price_rule.value,
            "margin_rule": self.margin_rule.value,
            "set_aside": self.set_aside,
            "most_per_bidder": self.most_per_bidder,
            "budgets": {name: str(Fraction(sum_)) for name, sum_ in self.budgets.items()},
            "increment": str(Fraction(self.increment)),
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "window": self.window,
            "extension": self.extension,
            "latest_close": self.latest_close.isoformat() if self.latest_close else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; the digest is the same."""

        def moment(text: str | None) -> datetime | None:
            return datetime.fromisoformat(text) if text else None

        return cls(
            **{
                **kept,
                "form": Form(kept["form"]),
                "price_rule": PriceRule(kept["price_rule"]),
                "margin_rule": MarginRule(kept["margin_rule"]),
                "limit": None if kept["limit"] is None else Fraction(kept["limit"]),
                "budgets": {name: Fraction(sum_) for name, sum_ in kept["budgets"].items()},
                "increment": Fraction(kept["increment"]),
                "closes_at": moment(kept["closes_at"]),
                "latest_close": moment(kept["latest_close"]),
            }
        )

    @property
    def digest(self) -> str:
        """SHA-256 of the rules, to be in the evidence log before the auction opens."""
        written = json.dumps(
            self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(written.encode()).hexdigest()
