"""The table that accounts disclose of data assets for a year (财会〔2023〕11号, part 3).

Original value, amortisation, impairment and carrying amount: opening, added, taken away, closing;
in columns by how the data was obtained. A body under government accounting reads the same table
without impairment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shuce.foundation.organizations.models import Organization
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.books.holding import Kept, kept_in
from shuce.lifecycle.books.words import Carrying, ChargeKind
from shuce.lifecycle.register.words import Acquisition


class Way(Choice):
    """The columns of the table."""

    PURCHASED = "PURCHASED", "外购"
    OWN = "OWN", "自行开发或加工"
    OTHER = "OTHER", "其他方式取得"


WAYS = {
    Acquisition.PURCHASED: Way.PURCHASED,
    Acquisition.COLLECTED: Way.OWN,
    Acquisition.PRODUCED: Way.OWN,
}


@dataclass(frozen=True)
class Line:
    """One line of the table: a figure for each way, and their sum. A heading has no figures."""

    label: str
    figures: Mapping[Way, Money] | None = None

    @property
    def cells(self) -> list[Money]:
        if self.figures is None:
            return []
        return [*self.figures.values(), Money.total(self.figures.values())]


@dataclass(frozen=True)
class Statement:
    """The table of one treatment for one year."""

    organization: Organization
    treatment: Carrying
    year: int
    lines: list[Line]

    @property
    def heads(self) -> list[str]:
        return [say("项目"), *(way.label for way in Way), say("合计")]


@dataclass(frozen=True)
class _Moves:
    """What one account opens with, adds, loses and closes with in the year."""

    opening: Money
    added: Money
    removed: Money

    @property
    def closing(self) -> Money:
        return self.opening + self.added - self.removed


def statements_of(organization: Organization, year: int) -> list[Statement]:
    """Return the table of each treatment under which the body carries something in the year."""
    found: dict[Carrying, list[Kept]] = {}
    for kept in kept_in(organization, year):
        found.setdefault(Carrying(kept.account.treatment), []).append(kept)
    return [
        Statement(organization, treatment, year, _lines(treatment, found[treatment], year))
        for treatment in Carrying
        if treatment in found
    ]


def _lines(treatment: Carrying, kept: list[Kept], year: int) -> list[Line]:
    cost = _summed((one, _cost(one, year)) for one in kept)
    amortised = _summed((one, _charges(one, ChargeKind.AMORTISATION, year)) for one in kept)
    impaired = _summed((one, _charges(one, ChargeKind.IMPAIRMENT, year)) for one in kept)
    lines = [Line(say("账面原值")), *_block(cost)]
    if treatment is not Carrying.INVENTORY:
        lines += [Line(say("累计摊销")), *_block(amortised)]
    if treatment is Carrying.INVENTORY:
        lines += [Line(say("存货跌价准备")), *_block(impaired)]
    elif treatment is Carrying.INTANGIBLE:
        lines += [Line(say("减值准备")), *_block(impaired)]
    carried = {
        way: (
            cost[way].opening - amortised[way].opening - impaired[way].opening,
            cost[way].closing - amortised[way].closing - impaired[way].closing,
        )
        for way in Way
    }
    return [
        *lines,
        Line(say("账面价值")),
        Line(say("期末账面价值"), {way: carried[way][1] for way in Way}),
        Line(say("期初账面价值"), {way: carried[way][0] for way in Way}),
    ]


def _block(moves: Mapping[Way, _Moves]) -> list[Line]:
    return [
        Line(say("期初余额"), {way: one.opening for way, one in moves.items()}),
        Line(say("本期增加金额"), {way: one.added for way, one in moves.items()}),
        Line(say("本期减少金额"), {way: one.removed for way, one in moves.items()}),
        Line(say("期末余额"), {way: one.closing for way, one in moves.items()}),
    ]


def _cost(kept: Kept, year: int) -> _Moves:
    stood, cost = kept.stood_before(year), kept.account.cost
    return _Moves(
        cost if stood else Money(0),
        Money(0) if stood else cost,
        cost if kept.ended_in(year) else Money(0),
    )


def _charges(kept: Kept, kind: ChargeKind, year: int) -> _Moves:
    """An asset that is booked late, or comes from another body, brings its earlier months along."""
    before, by = kept.charged.get(kind, (Money(0), Money(0)))
    opening = before if kept.stood_before(year) else Money(0)
    return _Moves(opening, by - opening, by if kept.ended_in(year) else Money(0))


def _summed(moves: Iterable[tuple[Kept, _Moves]]) -> dict[Way, _Moves]:
    summed = {way: _Moves(Money(0), Money(0), Money(0)) for way in Way}
    for kept, one in moves:
        way = WAYS.get(Acquisition(kept.account.card.acquisition), Way.OTHER)
        had = summed[way]
        summed[way] = _Moves(
            had.opening + one.opening, had.added + one.added, had.removed + one.removed
        )
    return summed
