"""Exact values of cooperative games: Shapley 1953, Banzhaf 1965, and three games with a short cut.

    φ_i = Σ_S |S|! (n−|S|−1)! / n! · (v(S ∪ i) − v(S))

A coalition is a whole number whose bit i says that player i is in it. Everything is a fraction, so
that the values add up to v(N) exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import factorial

from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, Refused

MOST_PLAYERS = 12
"""Above it 2^n coalitions are too many to work out: use `sampled`."""
MOST_VOTERS = 60
_MOST_STATES = 200_000

Worth = Callable[[int], Fraction]


def shapley(players: int, worth: Worth) -> tuple[Fraction, ...]:
    """Return each player's Shapley value; `worth` is asked once for each coalition."""
    values = _table(players, worth)
    weights = [
        Fraction(factorial(size) * factorial(players - size - 1), factorial(players))
        for size in range(players)
    ]
    phi = []
    for player in range(players):
        bit = 1 << player
        gains = [Fraction(0)] * players
        for coalition in range(1 << players):
            if not coalition & bit:
                gains[coalition.bit_count()] += values[coalition | bit] - values[coalition]
        phi.append(sum((w * g for w, g in zip(weights, gains, strict=True)), Fraction(0)))
    return tuple(phi)


def banzhaf(players: int, worth: Worth) -> tuple[Fraction, ...]:
    """Return each player's Banzhaf value: the mean gain over all coalitions of the others."""
    values = _table(players, worth)
    return tuple(
        sum(
            (values[c | 1 << p] - values[c] for c in range(1 << players) if not c & 1 << p),
            Fraction(0),
        )
        / 2 ** (players - 1)
        for p in range(players)
    )


def worth_of_table(players: Sequence[str], table: Mapping[frozenset[str], Fraction]) -> Worth:
    """Return a game given coalition by coalition; those not named are worth nothing."""
    place = {player: 1 << i for i, player in enumerate(players)}
    by_bits = {sum(place[p] for p in coalition): worth for coalition, worth in table.items()}
    return lambda coalition: by_bits.get(coalition, Fraction(0))


def shapley_airport(costs: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Share the cost of what serves all: each stretch by those who need it (Littlechild & Owen)."""
    if any(cost < 0 for cost in costs):
        raise Refused(Obstacle("成本不得为负", Clause.G_10, field="costs"))
    shares, reached, share = [Fraction(0)] * len(costs), Fraction(0), Fraction(0)
    for served, i in enumerate(sorted(range(len(costs)), key=costs.__getitem__)):
        share += (costs[i] - reached) / (len(costs) - served)
        shares[i], reached = share, costs[i]
    return tuple(shares)


def shapley_voting(weights: Sequence[Fraction], quota: Fraction) -> tuple[Fraction, ...]:
    """Return the Shapley–Shubik index: how often each voter turns the order's vote."""
    voters = len(weights)
    orders = factorial(voters)
    return tuple(
        sum(
            (
                Fraction(count * factorial(size) * factorial(voters - size - 1), orders)
                for size, count in swings.items()
            ),
            Fraction(0),
        )
        for swings in _swings(weights, quota)
    )


def banzhaf_voting(weights: Sequence[Fraction], quota: Fraction) -> tuple[int, ...]:
    """Return, for each voter, the number of coalitions of the others that it turns to winning."""
    return tuple(sum(swings.values()) for swings in _swings(weights, quota))


def shapley_bankruptcy(claims: Sequence[Fraction], estate: Fraction) -> tuple[Fraction, ...]:
    """Share an estate by random arrival (O'Neill 1982): v(S) = what others' claims leave to S."""
    if any(claim < 0 for claim in claims) or not 0 <= estate <= sum(claims):
        raise Refused(
            Obstacle("债权不得为负，可分财产应当在零与债权合计之间", Clause.G_10, field="estate")
        )
    total = sum(claims, Fraction(0))

    def worth(coalition: int) -> Fraction:
        own = sum((c for i, c in enumerate(claims) if coalition >> i & 1), Fraction(0))
        return max(Fraction(0), estate - (total - own))

    return shapley(len(claims), worth)


def _table(players: int, worth: Worth) -> list[Fraction]:
    if not 0 < players <= MOST_PLAYERS:
        raise Refused(
            Obstacle(
                "精确计算适用于 1 至 {most} 个参与方，更多时用抽样",
                Clause.G_10,
                field="players",
                most=MOST_PLAYERS,
            )
        )
    if worth(0):
        raise Refused(Obstacle("空联盟的价值应当为零", Clause.G_10, field="v"))
    return [Fraction(0), *(worth(coalition) for coalition in range(1, 1 << players))]


def _swings(weights: Sequence[Fraction], quota: Fraction) -> list[dict[int, int]]:
    """Return, for each voter, how many coalitions of each size it turns from losing to winning."""
    if not 0 < len(weights) <= MOST_VOTERS or any(weight < 0 for weight in weights):
        raise Refused(
            Obstacle(
                "表决方应当有 1 至 {most} 个，权重不得为负",
                Clause.G_10,
                field="weights",
                most=MOST_VOTERS,
            )
        )
    if quota <= 0:
        raise Refused(Obstacle("通过门槛应当大于零", Clause.G_10, field="quota"))
    found = []
    for voter, weight in enumerate(weights):
        # Coalitions of the others that still lose, counted by size and weight.
        losing: dict[tuple[int, Fraction], int] = {(0, Fraction(0)): 1}
        for other in (*weights[:voter], *weights[voter + 1 :]):
            for (size, sum_), count in list(losing.items()):
                if sum_ + other < quota:
                    key = (size + 1, sum_ + other)
                    losing[key] = losing.get(key, 0) + count
            if len(losing) > _MOST_STATES:
                raise Refused(Obstacle("表决权重的组合过多，无法精确计算", Clause.G_10))
        swings: dict[int, int] = {}
        for (size, sum_), count in losing.items():
            if sum_ + weight >= quota:
                swings[size] = swings.get(size, 0) + count
        found.append(swings)
    return found
