"""Every change to the books of data assets: taking in, spreading, writing down, comparing."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.jobs.commands import OnProgress, ask, does
from shuce.foundation.jobs.models import Job
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.periods import add_months
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if
from shuce.kernel.words import say
from shuce.lifecycle.books import events, queries, rules
from shuce.lifecycle.books.comparing import LedgerLine, compared
from shuce.lifecycle.books.models import Account, Charge, LedgerCheck, LedgerDifference
from shuce.lifecycle.books.rules import Plan, Terms
from shuce.lifecycle.books.words import Carrying, ChargeKind, Spread
from shuce.lifecycle.register.booking import note_booking
from shuce.lifecycle.register.models import Card


@command
def book_asset(card: Card, terms: Terms, *, by: Signature) -> Account:
    """Take an asset into the books (N-8): its original value, and how that will be spread."""
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    by.require(Permission.BOOKS_KEEP, within=card.holder)
    refuse_if(rules.obstacles_to_book(queries.asset_of(card), terms, by.today))
    facts = {field.name: getattr(terms, field.name) for field in dataclasses.fields(terms)}
    account = Account.objects.create(
        card=card,
        base=terms.cost if terms.spread is not Spread.NONE else Money(0),
        begins_on=rules.first_of_month(card.obtained_on),
        amortised=Money(0),
        impaired=Money(0),
        **facts,
    )
    note_booking(card, terms.account_code, terms.voucher_number, terms.booked_on, terms.cost, by=by)
    record(
        events.AssetBooked(
            account.id,
            terms.treatment,
            terms.basis,
            terms.cost.fen,
            terms.spread,
            terms.months,
            terms.total_units,
            terms.voucher_number,
            **_about(account),
        ),
        by,
    )
    return account


@command
def amortise(organization: Organization, through: date, *, by: Signature) -> int:
    """Charge every month up to `through` that is not charged yet, for all assets of a body.

    Run again it charges nothing twice. Return how many charges were made.
    """
    by.require(Permission.BOOKS_KEEP, within=organization)
    refuse_if(rules.obstacles_to_charge(through, by.today))
    made: list[Charge] = []
    for account in queries.spread_by_months(organization).select_for_update(of=("self",)):
        made += _charges_due(account, through, by)
    Charge.objects.bulk_create(made, batch_size=2_000)
    total = Money.total(charge.amount for charge in made)
    record(
        events.Amortised(
            organization.id,
            f"{through:%Y-%m}",
            len(made),
            total.fen,
            organization_id=organization.id,
        ),
        by,
    )
    return len(made)


@command
def ask_to_amortise(organization: Organization, *, by: Signature) -> Job:
    """Ask for the amortisation of a body's assets up to this month, in the background."""
    by.require(Permission.BOOKS_KEEP, within=organization)
    title = say("计提摊销至{month}：{body}", month=f"{by.today:%Y-%m}", body=organization.name)
    return ask("books.amortise", title, organization.id, organization, by=by)


@command
def note_units(account: Account, month: date, units: int, *, by: Signature) -> Charge:
    """Note the work an asset did in a month, and charge what follows from it."""
    account = _locked(account, by)
    if account.spread != Spread.UNITS:
        raise Refused(Obstacle("该资产不按工作量摊销", Clause.G_15))
    refuse_if(rules.obstacles_to_charge(month, by.today))
    month = rules.first_of_month(month)
    due = rules.months_due(account.begins_on, month, account.card.closed_on)
    if month not in due or (account.charged_through and month <= account.charged_through):
        raise Refused(Obstacle("该月份已经登记，或不在使用期内", Clause.G_15, field="month"))
    if units < 0:
        raise Refused(Obstacle("工作量不得为负", Clause.G_15, field="units"))
    amount = rules.charge_of(_plan(account), month, (*queries.worked(account), units))
    charge = Charge.objects.create(
        account=account, month=month, amount=amount, units=units, charged_at=by.at
    )
    account.amortised += amount
    account.charged_through = month
    account.save(update_fields=["amortised", "charged_through"])
    record(
        events.UnitsNoted(account.id, f"{month:%Y-%m}", units, amount.fen, **_about(account)), by
    )
    return charge


@command
def change_life(
    account: Account, *, months: int = 0, total_units: int = 0, reason: str, by: Signature
) -> Account:
    """Change the estimate of an asset's life: what is left is spread anew, from the next month."""
    account = _locked(account, by)
    refuse_if(
        rules.obstacles_to_change_life(
            Spread(account.spread), account.carried, months, total_units, reason
        )
    )
    _spread_anew(account, months, total_units, by)
    record(
        events.LifeChanged(
            account.id, account.base.fen, months, total_units, reason, **_about(account)
        ),
        by,
    )
    return account


@command
def impair(account: Account, amount: Money, reason: str, *, by: Signature) -> Account:
    """Write an enterprise's asset down; what is left is spread over the rest of its life."""
    account = _locked(account, by)
    refuse_if(
        rules.obstacles_to_impair(Carrying(account.treatment), amount, account.carried, reason)
    )
    Charge.objects.create(
        account=account,
        kind=ChargeKind.IMPAIRMENT,
        month=rules.first_of_month(by.today),
        amount=amount,
        reason=reason,
        charged_at=by.at,
    )
    account.impaired += amount
    account.save(update_fields=["impaired"])
    if account.spread != Spread.NONE:
        left = queries.months_left(account)
        units_left = max(account.total_units - sum(queries.worked(account)), 1)
        _spread_anew(account, max(left, 1), units_left, by)
    record(
        events.AssetImpaired(
            account.id, amount.fen, account.carried.fen, reason, **_about(account)
        ),
        by,
    )
    return account


@command
def check_ledger(
    organization: Organization,
    as_of: date,
    lines: Sequence[LedgerLine],
    unread: Iterable[tuple[int, str]] = (),
    *,
    by: Signature,
) -> LedgerCheck:
    """Compare a body's cards with its general ledger; each difference waits for a conclusion.

    `unread` are the numbers of lines that could not be read, each with its reason: they are kept
    with the check, so that nothing is lost.
    """
    by.require(Permission.BOOKS_KEEP, within=organization)
    if as_of > by.today:
        raise Refused(Obstacle("核对日期不能晚于今天", Clause.N_8, field="as_of"))
    if not lines:
        raise Refused(Obstacle("文件里没有可以核对的账目", Clause.N_8, field="file"))
    booked = queries.figures_of(organization, as_of)
    agreed, found = compared(booked, lines)
    check = LedgerCheck.objects.create(
        organization=organization,
        as_of=as_of,
        cards=len(booked),
        agreed=agreed,
        unread=[list(one) for one in unread],
        member=by.member,
        checked_at=by.at,
    )
    LedgerDifference.objects.bulk_create(
        LedgerDifference(
            check_made=check,
            number=one.number[:40],
            name=one.name[:200],
            kind=one.kind,
            on_card=one.on_card,
            in_ledger=one.in_ledger,
        )
        for one in found
    )
    record(
        events.LedgerChecked(
            check.id,
            as_of.isoformat(),
            agreed,
            len(found),
            len(check.unread),
            organization_id=organization.id,
        ),
        by,
    )
    return check


@command
def conclude_difference(
    difference: LedgerDifference, conclusion: str, *, by: Signature
) -> LedgerDifference:
    """Say how a difference between card and ledger was settled."""
    difference = (
        LedgerDifference.objects.select_for_update(of=("self",))
        .select_related("check_made__organization")
        .get(id=difference.id)
    )
    organization = difference.check_made.organization
    by.require(Permission.BOOKS_KEEP, within=organization)
    if difference.conclusion:
        raise Conflict(Obstacle("该差异已有处理结论", Clause.N_8))
    if not conclusion.strip():
        raise Refused(Obstacle("请写明处理结论", Clause.N_8, field="conclusion"))
    difference.conclusion = conclusion
    difference.save(update_fields=["conclusion"])
    record(
        events.DifferenceConcluded(
            difference.check_made_id,
            difference.number,
            difference.kind,
            conclusion,
            organization_id=organization.id,
        ),
        by,
    )
    return difference


@does("books.amortise")
def _amortise_job(job: Job, by: Signature, on_progress: OnProgress) -> str:
    on_progress(0, 1)
    charges = amortise(job.organization, by.today, by=by)
    on_progress(1, 1)
    return say("计提{count}笔", count=charges)


def _charges_due(account: Account, through: date, by: Signature) -> list[Charge]:
    """Return the charges of an account's months that are due, and keep their sum on it."""
    first = account.begins_on
    if account.charged_through:
        first = max(first, add_months(account.charged_through, 1))
    due = rules.months_due(first, through, account.card.closed_on)
    if not due:
        return []
    plan = _plan(account)
    charges = [
        Charge(account=account, month=month, amount=amount, charged_at=by.at)
        for month in due
        if (amount := rules.charge_of(plan, month))
    ]
    account.amortised += Money.total(charge.amount for charge in charges)
    account.charged_through = due[-1]
    account.save(update_fields=["amortised", "charged_through"])
    return charges


def _spread_anew(account: Account, months: int, total_units: int, by: Signature) -> None:
    """Begin a new plan with what is left, in the first month that is not charged yet."""
    begins_on = max(account.begins_on, rules.first_of_month(by.today))
    if account.charged_through and account.charged_through >= begins_on:
        begins_on = add_months(account.charged_through, 1)
    account.begins_on, account.base = begins_on, account.carried
    account.months = months if account.spread == Spread.STRAIGHT_LINE else 0
    account.total_units = total_units if account.spread == Spread.UNITS else 0
    account.save(update_fields=["begins_on", "base", "months", "total_units"])


def _plan(account: Account) -> Plan:
    return Plan(
        account.begins_on,
        account.base,
        Spread(account.spread),
        account.months,
        account.total_units,
    )


def _locked(account: Account, by: Signature) -> Account:
    found = (
        Account.objects.select_for_update(of=("self",))
        .select_related("card__holder")
        .get(id=account.id)
    )
    by.require(Permission.BOOKS_KEEP, within=found.card.holder)
    return found


def _about(account: Account) -> dict[str, str]:
    return {"asset_id": account.card_id, "organization_id": account.card.holder_id}
