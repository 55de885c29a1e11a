"""What the books of data assets say, from where the reader stands."""

from datetime import date

from django.db.models import Q, QuerySet, Sum

from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import within_reach
from shuce.foundation.organizations.rules import HOLDERS, Kind
from shuce.kernel.money import Money
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.books.comparing import OnCard
from shuce.lifecycle.books.models import Account, Charge, LedgerCheck, LedgerDifference
from shuce.lifecycle.books.rules import Asset, first_of_month, obstacles_to_book_at_all
from shuce.lifecycle.books.words import ChargeKind, Spread
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Acquisition, CardState

_READ = Permission.REVENUE_VIEW


def asset_of(card: Card) -> Asset:
    """What the rules need to know of a card."""
    return Asset(
        CardState(card.state),
        Acquisition(card.acquisition),
        card.cost,
        card.obtained_on,
        Kind(card.holder.kind),
        Account.objects.filter(card=card).exists(),
    )


def obstacles_to_book(card: Card, by: Member) -> list[Obstacle]:
    """Why this card cannot be taken into the books now, whatever the terms."""
    return list(obstacles_to_book_at_all(asset_of(card)))


def accounts_seen_by(member: Member) -> "QuerySet[Account]":
    """The accounts of cards whose holder's figures the reader may look at."""
    reach = within_reach(member, _READ, path="card__holder__path")
    return Account.objects.filter(reach).select_related("card__holder")


def account_seen(account_id: str, by: Member) -> Account:
    found = accounts_seen_by(by).filter(id=account_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项资产台账，或您无权查看"))
    return found


def account_of(card: Card) -> Account | None:
    return Account.objects.filter(card=card).select_related("card__holder").first()


def charges_of(account: Account) -> "QuerySet[Charge]":
    return account.charges.all()


def bodies_to_keep(member: Member) -> "QuerySet[Organization]":
    """The holders whose books this reader keeps."""
    reach = within_reach(member, Permission.BOOKS_KEEP)
    return Organization.objects.filter(reach, kind__in=HOLDERS, closed_on=None).order_by("path")


def bodies_to_read(member: Member) -> "QuerySet[Organization]":
    """The holders whose books this reader may look at."""
    reach = within_reach(member, _READ)
    return Organization.objects.filter(reach, kind__in=HOLDERS).order_by("path")


def body_to_read(organization_id: str, by: Member) -> Organization:
    found = bodies_to_read(by).filter(id=organization_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这个单位，或您无权查看"))
    return found


def spread_by_months(organization: Organization) -> "QuerySet[Account]":
    """The accounts of a body that are amortised month by month, not yet to the end."""
    return Account.objects.filter(
        card__holder=organization, spread=Spread.STRAIGHT_LINE.value
    ).select_related("card")


def waiting_for_units(organization: Organization, through: date) -> "QuerySet[Account]":
    """The accounts amortised by work whose work up to a month is not noted yet."""
    month = first_of_month(through)
    return Account.objects.filter(
        Q(charged_through=None) | Q(charged_through__lt=month),
        Q(card__closed_on=None),
        card__holder=organization,
        spread=Spread.UNITS.value,
    ).select_related("card")


def worked(account: Account) -> tuple[int, ...]:
    """The units of each month of the plan in force so far, oldest first."""
    charges = account.charges.filter(
        kind=ChargeKind.AMORTISATION.value, month__gte=account.begins_on
    ).order_by("month")
    return tuple(charge.units or 0 for charge in charges)


def months_left(account: Account) -> int:
    """How many months of a straight-line plan are not charged yet."""
    next_month = account.begins_on
    if account.charged_through:
        next_month = max(next_month, add_months(account.charged_through, 1))
    gone = (next_month.year - account.begins_on.year) * 12
    gone += next_month.month - account.begins_on.month
    return account.months - gone


def figures_of(organization: Organization, as_of: date) -> list[OnCard]:
    """What the books carry of a body's assets on a day: by card number."""
    month = first_of_month(as_of)
    rows = (
        Account.objects.filter(
            Q(card__closed_on=None) | Q(card__closed_on__gt=as_of),
            card__holder=organization,
            booked_on__lte=as_of,
        )
        .annotate(
            charged=Sum(
                "charges__amount",
                filter=Q(charges__kind=ChargeKind.AMORTISATION.value, charges__month__lte=month),
            )
        )
        .values_list("card__number", "card__name", "cost", "charged")
        .order_by("card__number")
    )
    return [
        OnCard(number or "", name, cost, charged or Money(0))
        for number, name, cost, charged in rows
    ]


def checks_seen_by(member: Member) -> "QuerySet[LedgerCheck]":
    reach = within_reach(member, _READ, path="organization__path")
    return LedgerCheck.objects.filter(reach).select_related("organization", "member")


def check_seen(check_id: str, by: Member) -> LedgerCheck:
    found = checks_seen_by(by).filter(id=check_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这次核对，或您无权查看"))
    return found


def differences_of(check: LedgerCheck) -> "QuerySet[LedgerDifference]":
    return check.differences.all()


def unlike_seen(unlike_id: str, by: Member) -> LedgerDifference:
    """Return a difference of a check that the reader may look at."""
    found = (
        LedgerDifference.objects.filter(id=unlike_id, check_made__in=checks_seen_by(by))
        .select_related("check_made__organization")
        .first()
    )
    if found is None:
        raise NotFound(Obstacle("没有这项差异，或您无权查看"))
    return found
