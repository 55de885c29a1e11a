"""R01, R02, R08: data assets as security, as hidden debt, and paid for with borrowed money."""

from collections.abc import Iterator
from datetime import date

from shuce.engines.breaches.codes import Code
from shuce.engines.breaches.findings import Finding, refs_of, yuan
from shuce.engines.breaches.red_lines.rows import Dealings
from shuce.engines.breaches.settings import Settings
from shuce.kernel.clauses import Clause
from shuce.kernel.words import say


def find_guarantees(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R01: an asset of an administrative or public unit stands as security for a debt."""
    if dealings.unit_type not in settings.forbidden_guarantors:
        return
    for pledge in dealings.pledges.values():
        if pledge.day <= as_of:
            why = say(
                "{unit_type}的数据资产 {asset} 于 {day} 被用作“{kind}”，担保金额 {amount}。",
                unit_type=dealings.unit_type, asset=pledge.asset, day=pledge.day,
                kind=pledge.kind, amount=yuan(pledge.amount_fen),
            )  # fmt: skip
            refs = refs_of(pledge.id, pledge.asset, pledge.debtor)
            yield Finding(Code.GUARANTEE, pledge.amount_fen, refs, why, Clause.N_4)


def find_hidden_debt(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R02: a grant with a promise to buy back, or to a financing platform with a loan tied."""
    for deal in dealings.deals.values():
        if deal.starts_on > as_of:
            continue
        if deal.buy_back:
            why = say(
                "合同 {deal} 约定回购，涉及 {amount}，构成变相举债。",
                deal=deal.id, amount=yuan(deal.fee_fen),
            )  # fmt: skip
        elif deal.loan and is_platform(dealings, deal.grantee, settings):
            why = say(
                "合同 {deal} 授权给融资平台 {grantee}，并与贷款 {loan} 挂钩，涉及 {amount}。",
                deal=deal.id, grantee=deal.grantee, loan=deal.loan, amount=yuan(deal.fee_fen),
            )  # fmt: skip
        else:
            continue
        refs = refs_of(deal.id, deal.asset, deal.grantee, deal.loan)
        yield Finding(Code.HIDDEN_DEBT, deal.fee_fen, refs, why, Clause.N_4)


def find_loan_funded(dealings: Dealings, as_of: date, settings: Settings) -> Iterator[Finding]:
    """R08: a financing platform paid its fee with a loan."""
    for income in dealings.income.values():
        borrowed = any(word in income.funding for word in settings.loan_words)
        if income.day <= as_of and borrowed and is_platform(dealings, income.payer, settings):
            why = say(
                "收款 {income} 由融资平台 {payer} 以“{funding}”支付 {amount}。",
                income=income.id, payer=income.payer, funding=income.funding,
                amount=yuan(income.amount_fen),
            )  # fmt: skip
            refs = refs_of(income.id, income.payer, income.contract)
            yield Finding(Code.LOAN_FUNDED, income.amount_fen, refs, why, Clause.N_4)


def is_platform(dealings: Dealings, party: str | None, settings: Settings) -> bool:
    """Say whether a party is a local government's financing platform."""
    known = dealings.parties.get(party or "")
    return known is not None and any(word in known.kind for word in settings.platform_words)
