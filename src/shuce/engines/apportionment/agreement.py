"""One agreement's terms: cost recovery first, then tiers, with floors and caps.

The terms are read as a flow. The first fen repay costs. Then a level rises; each party's claim
grows with it by the weights of the tier that the revenue stands in, and a party holds its claim,
but at least its floor and at most its cap. With one tier that is the unique split in which every
party's share is its weight times one common rate, bounded below and above. Each share is a
piecewise straight line of the revenue, so one agreement serves both a single event and the
running account of many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shuce.engines.apportionment.reading import BadCase, Rational
from shuce.engines.apportionment.rounding import round_shares
from shuce.engines.apportionment.schedule import Piece, Schedule
from shuce.kernel.words import say


@dataclass(frozen=True, slots=True)
class Tier:
    """The weights that hold until `up_to` fen have been shared, costs apart; None is no end."""

    weights: tuple[Rational, ...]
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who shares by what terms. All tuples run along `parties`; amounts are whole fen.

    `floors` and `caps` bound what a party gets after costs over the agreement's life; `costs` are
    repaid before anything is shared, side by side in proportion, or one after the other.
    """

    parties: tuple[str, ...]
    tiers: tuple[Tier, ...]
    costs: tuple[int, ...] = ()
    costs_in_order: bool = False
    floors: tuple[int, ...] = ()
    caps: tuple[int | None, ...] = ()

    def __post_init__(self) -> None:
        width = len(self.parties)
        if len(set(self.parties)) != width:
            raise BadCase(say("各方名称重复"))
        rows = [*(tier.weights for tier in self.tiers), self.costs, self.floors, self.caps]
        if not self.tiers or any(len(row) not in (0, width) for row in rows):
            raise BadCase(say("各档比例、成本、保底、封顶应与各方一一对应"))
        for name, floor, cap in zip(self.parties, self._floors, self._caps, strict=True):
            if floor < 0 or (cap is not None and cap < floor):
                raise BadCase(say("{name} 的保底不得为负，也不得高于封顶", name=name))
        if any(cost < 0 for cost in self.costs):
            raise BadCase(say("待回收成本不得为负"))
        bounds = [tier.up_to for tier in self.tiers]
        inner = [bound or 0 for bound in bounds[:-1]]
        if bounds[-1] is not None or 0 in inner or inner != sorted(set(inner)):
            raise BadCase(say("分档上限应逐档递增，最后一档不设上限"))
        for tier in self.tiers:
            if not any(tier.weights) or any(weight < 0 for weight in tier.weights):
                raise BadCase(say("每一档的比例不得为负，也不得全为 0"))

    @property
    def _floors(self) -> tuple[int, ...]:
        return self.floors or (0,) * len(self.parties)

    @property
    def _caps(self) -> tuple[int | None, ...]:
        return self.caps or (None,) * len(self.parties)

    @property
    def cost_total(self) -> int:
        return sum(self.costs)

    def schedule(self) -> Schedule:
        """Return each party's exact cumulative share as a function of cumulative revenue."""
        pieces = list(self._cost_pieces())
        shared, limit = self._share_pieces()
        pieces += [Piece(self.cost_total + piece.start, piece.weights) for piece in shared]
        if not pieces:
            raise BadCase(say("封顶为 0，收入无人可得"))
        return Schedule(pieces, limit=None if limit is None else self.cost_total + limit)

    def _cost_pieces(self) -> list[Piece]:
        if not self.cost_total:
            return []
        if not self.costs_in_order:
            return [Piece(0, self.costs)]
        pieces, start = [], 0
        for i, cost in enumerate(self.costs):
            if cost:
                pieces.append(Piece(start, tuple(int(i == j) for j in range(len(self.costs)))))
                start += cost
        return pieces

    def _share_pieces(self) -> tuple[list[Piece], Rational | None]:
        """Walk up the level from one bend to the next; return the pieces and where they end."""
        floors, caps = self._floors, self._caps
        parties = range(len(self.parties))
        pieces: list[Piece] = []
        shared: Rational = 0
        if any(floors):
            pieces.append(Piece(0, floors))
            shared = sum(floors)
        claims = [Fraction(0)] * len(parties)
        while True:
            tier = next(t for t in self.tiers if t.up_to is None or shared < t.up_to)
            weights = [Fraction(weight) for weight in tier.weights]
            held_back = [i for i in parties if weights[i] and claims[i] < floors[i]]
            room = [
                None if cap is None else max(cap - claims[i], Fraction(0))
                for i, cap in enumerate(caps)
            ]
            growing = [i for i in parties if weights[i] and claims[i] >= floors[i] and room[i] != 0]
            if not growing and not held_back:
                return pieces, shared
            steps = [(floors[i] - claims[i]) / weights[i] for i in held_back]
            steps += [left / weights[i] for i in growing if (left := room[i]) is not None]
            speed = sum((weights[i] for i in growing), Fraction(0))
            if speed:
                row = tuple(weights[i] if i in growing else Fraction(0) for i in parties)
                pieces.append(Piece(shared, row))
                if tier.up_to is not None:
                    steps.append((tier.up_to - shared) / speed)
            if not steps:
                return pieces, None
            step = min(steps)
            claims = [claim + step * weight for claim, weight in zip(claims, weights, strict=True)]
            shared += step * speed


@dataclass(frozen=True, slots=True)
class Division:
    """One amount shared: per party the costs repaid and the share after costs, in whole fen."""

    costs: tuple[int, ...]
    shares: tuple[int, ...]
    exact: tuple[Fraction, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(c + s for c, s in zip(self.costs, self.shares, strict=True))


def divide(agreement: Agreement, amount: int, *, already: int = 0) -> Division:
    """Share one amount under an agreement that has shared `already` fen before.

    The lines sum to the amount and each is under one fen from the exact share of this amount,
    left-over fen by the largest remainder. For many events keep `RunningShares` instead.
    """
    if amount < 0 or already < 0:
        raise BadCase(say("金额不得为负"))
    schedule = agreement.schedule()
    after = already + amount
    if schedule.limit is not None and after > schedule.limit:
        raise BadCase(
            say(
                "各方均已封顶，尚有 {fen} 分无人可得",
                fen=after - max(already, schedule.limit.__floor__()),
            )
        )
    turn = min(max(already, agreement.cost_total), after)
    costs = _between(schedule, already, turn)
    shares = _between(schedule, turn, after)
    return Division(
        tuple(round_shares(costs, turn - already)),
        tuple(round_shares(shares, after - turn)),
        tuple(c + s for c, s in zip(costs, shares, strict=True)),
    )


def _between(schedule: Schedule, start: int, end: int) -> Sequence[Fraction]:
    return [b - a for a, b in zip(schedule.exact(start), schedule.exact(end), strict=True)]
