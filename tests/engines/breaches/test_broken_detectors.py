"""Break every detector and every exemption on purpose: some scenario must notice each time."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from shuce.engines.breaches import (
    DEFAULTS,
    DETECTORS,
    Code,
    Settings,
    bills,
    books,
    concealed,
    divided,
    embezzled,
    find,
    misused,
    money,
    receivables,
    settings,
    spent,
    withheld,
)
from shuce.engines.breaches.money import Money
from shuce.engines.breaches.payments import PaymentKind
from shuce.engines.breaches.standing import Accounts, Standing
from tests.engines.breaches.scenarios import SCENARIOS
from tests.engines.breaches.test_scenarios import breaches, warnings


def wrongly_answered(settings_used: Settings = DEFAULTS) -> list[str]:
    """Return the scenarios that are not answered as they should be."""
    wrong = []
    for name, scenario in SCENARIOS.items():
        as_of = date.fromisoformat(scenario.as_of)
        found = find(scenario.data, as_of=as_of, settings=settings_used)
        if breaches(found) != dict(scenario.breaches) or warnings(found) != scenario.warnings:
            wrong.append(name)
    return wrong


def blind(*_: object) -> Iterator[object]:
    """A detector that finds nothing."""
    return iter(())


def test_unbroken_detectors_answer_every_scenario() -> None:
    assert wrongly_answered() == []


@pytest.mark.parametrize("code", DETECTORS, ids=lambda code: code.value)
def test_a_blind_detector_is_noticed(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DETECTORS, code, blind)
    wrong = wrongly_answered()
    assert any(code in {*SCENARIOS[n].breaches, *SCENARIOS[n].warnings} for n in wrong)


PARTS = [
    (concealed, "_in_unregistered_accounts"),
    (concealed, "_booked_as_current_account"),
    (concealed, "_missing_from_the_books"),
    (embezzled, "_in_personal_accounts"),
    (embezzled, "_paid_without_basis"),
    (embezzled, "_assets_given_away"),
    (spent, "_costs_from_revenue"),
    (spent, "_remitted_net_of_cost"),
    (spent, "_settled_by_services"),
    (withheld, "_kept_back"),
    (withheld, "_moved_out"),
    (receivables, "_unbilled_obligations"),
    (receivables, "_unbilled_uses"),
    (receivables, "_uses_without_contract"),
    (receivables, "_unpaid_bills"),
]


@pytest.mark.parametrize(("module", "part"), PARTS, ids=[part for _, part in PARTS])
def test_a_blind_part_of_a_detector_is_noticed(
    module: object, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, part, blind)
    assert wrongly_answered()


def always(answer: object) -> Callable[..., object]:
    return lambda *_args, **_kwargs: answer


def _standing_but(wrong: Standing, instead: Standing) -> Callable[..., Standing]:
    honest = Accounts.standing

    def standing(self: Accounts, account: str | None) -> Standing:
        found = honest(self, account)
        return instead if found is wrong else found

    return standing


def _ignoring_funding(payment: Any, ledger: Any) -> PaymentKind:
    from shuce.engines.breaches.payments import kind_of_payment

    return kind_of_payment(payment._replace(funding="收入"), ledger)


def _ignoring_approval(payment: Any, ledger: Any) -> PaymentKind:
    from shuce.engines.breaches.payments import kind_of_payment

    return kind_of_payment(payment._replace(approved=False), ledger)


EXEMPTIONS: dict[str, tuple[object, str, object]] = {
    "no purpose is free": (bills.Bills, "is_free", always(False)),
    "waivers never count": (bills.Bills, "waived_fen", always(0)),
    "waivers of bills never count": (bills.Bills, "waived_of_bill", always(0)),
    "dunning never counts": (bills.Bills, "is_chased", always(False)),
    "there is no grace": (bills.Bills, "is_overdue", always(True)),
    "the grace never ends": (bills.Bills, "is_overdue", always(False)),
    "bills of a contract do not help each other": (bills.Bills, "_spill", always(None)),
    "refunds are not counted": (bills.Bills, "_place_refunds", always(None)),
    "repeats are counted": (books, "receipts_once", lambda rs: (dict(rs), {})),
    "outside repeats are counted": (
        concealed, "outside_records_once", lambda rs: [[r] for r in rs.values()],
    ),
    "refunds by the unit do not count": (money, "refunded_by_the_unit", always({})),
    "what is put back does not count": (Money, "_put_back", always(None)),
    "adjustments do not count": (misused, "_allows", always(False)),
    "every purpose is allowed": (misused, "_allows", always(True)),
    "no bonus is a group": (divided, "bonus_groups", always([])),
    "no subject hides anything": (concealed, "hides", always(False)),
    "unnumbered receipts match nothing": (concealed._Shelf, "_like", always(0)),
    "nothing matches": (concealed._Shelf, "recorded_fen", always(0)),
    "operators have no days": (withheld, "_is_overdue", always(True)),
    "operators never have to pay": (withheld, "_is_overdue", always(False)),
    "the budget is revenue": (books, "kind_of_payment", _ignoring_funding),
    "approval does not count": (books, "kind_of_payment", _ignoring_approval),
    "the treasury is an account of the unit": (
        Accounts, "standing", _standing_but(Standing.TREASURY, Standing.LAWFUL),
    ),
    "every account is registered": (
        Accounts, "standing", _standing_but(Standing.UNREGISTERED, Standing.LAWFUL),
    ),
    "no account is personal": (
        Accounts, "standing", _standing_but(Standing.PERSONAL, Standing.LAWFUL),
    ),
    "every account is authorised": (
        Accounts, "standing", _standing_but(Standing.UNAUTHORISED, Standing.LAWFUL),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("owner", "name", "wrong"), EXEMPTIONS.values(), ids=EXEMPTIONS)
def test_a_dropped_exemption_is_noticed(
    owner: object, name: str, wrong: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, name, wrong)
    assert wrongly_answered()


def test_a_fen_counted_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(self: Money, quanta: Any, *, due_only: bool = False) -> list[Any]:
        return [q for q in quanta if q.due or not due_only]

    monkeypatch.setattr(Money, "claim", claim)
    assert wrongly_answered()


def test_every_precedence_between_neighbours_that_can_meet_is_noticed() -> None:
    """Detectors in the reverse order give other answers."""
    honest = dict(DETECTORS)
    try:
        DETECTORS.clear()
        DETECTORS.update(reversed(honest.items()))
        assert wrongly_answered()
    finally:
        DETECTORS.clear()
        DETECTORS.update(honest)


@pytest.mark.parametrize(
    ("threshold", "value"),
    [
        ("grace_days", 29),
        ("grace_days", 31),
        ("refund_grace_days", 0),
        ("refund_grace_days", 400),
        ("tolerance_fen", 0),
        ("tolerance_fen", 2),
        ("bonus_window_days", 1),
        ("bonus_window_days", 60),
        ("bonus_min_staff", 2),
        ("bonus_min_staff", 4),
        ("matching_days", 0),
    ],
)
def test_a_shifted_threshold_is_noticed(threshold: str, value: int) -> None:
    assert wrongly_answered(DEFAULTS.adjusted({threshold: value}))


def test_thresholds_are_dated_and_have_a_basis() -> None:
    days = [row.in_force_from for row in settings.TABLE]
    assert days == sorted(set(days))
    assert all(row.basis for row in settings.TABLE)
    assert settings.settings_on(date(2026, 6, 30)) is DEFAULTS
    assert settings.settings_on(date(1999, 1, 1)) is settings.TABLE[0]
