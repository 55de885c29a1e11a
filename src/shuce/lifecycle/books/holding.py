"""Whose books an account stood in, and when: a body's statement tells of its own time only.

An account goes with its card when the holder is succeeded. The years before stay in the statement
of the body that held it then; in the year of the change it leaves there and comes to the heir.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q, Sum
from django.utils.timezone import localtime

from shuce.foundation.organizations.models import Organization
from shuce.foundation.succession.queries import passings_through
from shuce.kernel.money import Money
from shuce.lifecycle.books.models import Account
from shuce.lifecycle.books.words import ChargeKind

_CARDS = "register.cards"


@dataclass(frozen=True)
class Stay:
    """From when until when a body held a card; open at an end where it held it all along."""

    came_at: datetime | None = None
    went_at: datetime | None = None


@dataclass(frozen=True)
class Kept:
    """An account as one body kept it in a year: since when, until when, and what was charged."""

    account: Account
    since: date
    until: date | None
    # By kind: what was charged before the year, and by its end.
    charged: Mapping[ChargeKind, tuple[Money, Money]] = field(default_factory=dict)

    def stood_before(self, year: int) -> bool:
        return self.since.year < year

    def ended_in(self, year: int) -> bool:
        return self.until is not None and self.until.year == year


def kept_in(organization: Organization, year: int) -> list[Kept]:
    """Return every account that the body kept at some time of the year."""
    stays = _stays(organization)
    return [*_kept_throughout(organization, year, stays), *_kept_for_a_time(stays, year)]


def _stays(organization: Organization) -> dict[str, list[Stay]]:
    """Return when the body held the cards that ever passed from it or to it."""
    found: dict[str, list[Stay]] = {}
    for one in passings_through(organization, _CARDS):
        at = one.succession.done_at
        had = found.setdefault(one.thing_id, [])
        if one.heir_id == organization.id:
            had.append(Stay(came_at=at))
        elif had:
            had[-1] = Stay(had[-1].came_at, at)
        else:
            had.append(Stay(went_at=at))
    return found


def _kept_throughout(organization: Organization, year: int, moved: Iterable[str]) -> Iterator[Kept]:
    first, last = date(year, 1, 1), date(year, 12, 1)

    def charged(kind: ChargeKind, **until: date) -> Sum:
        return Sum("charges__amount", filter=Q(charges__kind=kind.value, **until))

    sums = {
        f"{kind.value.lower()}_{when}": charged(kind, **until)
        for kind in ChargeKind
        for when, until in (
            ("before", {"charges__month__lt": first}),
            ("by", {"charges__month__lte": last}),
        )
    }
    accounts = (
        Account.objects.filter(
            Q(card__closed_on=None) | Q(card__closed_on__gte=first),
            card__holder=organization,
            booked_on__lte=date(year, 12, 31),
        )
        .exclude(card__in=list(moved))
        .select_related("card")
        .annotate(**sums)
    )
    for account in accounts:
        told = {
            kind: (
                getattr(account, f"{kind.value.lower()}_before") or Money(0),
                getattr(account, f"{kind.value.lower()}_by") or Money(0),
            )
            for kind in ChargeKind
        }
        yield Kept(account, account.booked_on, account.card.closed_on, told)


def _kept_for_a_time(stays: Mapping[str, list[Stay]], year: int) -> Iterator[Kept]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    accounts = (
        Account.objects.filter(card__in=stays, booked_on__lte=last)
        .select_related("card")
        .prefetch_related("charges")
    )
    for account in accounts:
        for stay in stays[account.card_id]:
            came, went = _day(stay.came_at), _day(stay.went_at)
            since = max(account.booked_on, came) if came else account.booked_on
            until = went or account.card.closed_on
            # Booked after it went, it was the heir who booked it.
            if since > last or (until and until < first) or (went and account.booked_on > went):
                continue
            yield Kept(account, since, until, _charged(account, stay, first, last))


def _charged(
    account: Account, stay: Stay, first: date, last: date
) -> dict[ChargeKind, tuple[Money, Money]]:
    """What was charged while the body held the account, and what came along with it."""
    sums = {kind: [0, 0] for kind in ChargeKind}
    for one in account.charges.all():
        if stay.went_at and one.charged_at >= stay.went_at:
            continue
        told = sums[ChargeKind(one.kind)]
        told[0] += one.amount.fen if one.month < first else 0
        told[1] += one.amount.fen if one.month <= last else 0
    return {kind: (Money(before), Money(by)) for kind, (before, by) in sums.items()}


def _day(at: datetime | None) -> date | None:
    return localtime(at).date() if at else None
