"""The table that accounts disclose of data assets for a year (财会〔2023〕11号, part 3).

Original value, amortisation, impairment and carrying amount: opening, added, taken away, closing;
in columns by how the data was obtained. A body under government accounting reads the same table
without impairment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from shuce.foundation.organizations.models import Organization
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money
from shuce.kernel.words import say
from shuce.lifecycle.books.models import Account
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
    found: dict[Carrying, list[Account]] = {}
    for account in _accounts(organization, year):
        found.setdefault(Carrying(account.treatment), []).append(account)
    return [
        Statement(organization, treatment, year, _lines(treatment, found[treatment], year))
        for treatment in Carrying
        if treatment in found
    ]


def _accounts(organization: Organization, year: int) -> Iterable[Account]:
    """The accounts that were carried at some time of the year, with their charges by its ends."""
    first, last = date(year, 1, 1), date(year, 12, 1)

    def charged(kind: ChargeKind, **until: date) -> Sum:
        return Sum("charges__amount", filter=Q(charges__kind=kind.value, **until))

    return (
        Account.objects.filter(
            Q(card__closed_on=None) | Q(card__closed_on__gte=first),
            card__holder=organization,
            booked_on__lte=date(year, 12, 31),
        )
        .select_related("card")
        .annotate(
            amortised_before=charged(ChargeKind.AMORTISATION, charges__month__lt=first),
            amortised_by=charged(ChargeKind.AMORTISATION, charges__month__lte=last),
            impaired_before=charged(ChargeKind.IMPAIRMENT, charges__month__lt=first),
            impaired_by=charged(ChargeKind.IMPAIRMENT, charges__month__lte=last),
        )
    )


def _lines(treatment: Carrying, accounts: list[Account], year: int) -> list[Line]:
    cost = _summed((account, _cost(account, year)) for account in accounts)
    amortised = _summed(
        (account, _charges(account, account.amortised_before, account.amortised_by, year))  # type: ignore[attr-defined]  # annotated
        for account in accounts
    )
    impaired = _summed(
        (account, _charges(account, account.impaired_before, account.impaired_by, year))  # type: ignore[attr-defined]  # annotated
        for account in accounts
    )
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


def _cost(account: Account, year: int) -> _Moves:
    stood = account.booked_on.year < year
    gone = account.card.closed_on is not None and account.card.closed_on.year == year
    return _Moves(
        account.cost if stood else Money(0),
        Money(0) if stood else account.cost,
        account.cost if gone else Money(0),
    )


def _charges(account: Account, before: Money | None, by: Money | None, year: int) -> _Moves:
    """An asset booked late brings its earlier months along as an addition of the year."""
    stood = account.booked_on.year < year
    gone = account.card.closed_on is not None and account.card.closed_on.year == year
    opening = (before or Money(0)) if stood else Money(0)
    through = by or Money(0)
    return _Moves(opening, through - opening, through if gone else Money(0))


def _summed(moves: Iterable[tuple[Account, _Moves]]) -> dict[Way, _Moves]:
    summed = {way: _Moves(Money(0), Money(0), Money(0)) for way in Way}
    for account, one in moves:
        way = WAYS.get(Acquisition(account.card.acquisition), Way.OTHER)
        had = summed[way]
        summed[way] = _Moves(
            had.opening + one.opening, had.added + one.added, had.removed + one.removed
        )
    return summed
