"""When assets may end, judged from plain values."""

from datetime import date

import pytest

from shuce.engines.erasure import Medium
from shuce.kernel.clauses import Clause
from shuce.lifecycle.disposal import rules
from shuce.lifecycle.disposal.rules import CopyKind, DisposalKind, DisposalState, Treatment
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.sources.rules import SourceKind

TODAY = date(2026, 3, 20)
PLAIN = rules.Standing(CardState.IN_FORCE, None, appraised=False)
RECOGNISED = rules.Worthlessness(True, True, "资产处置认定意见〔2026〕3号")
READY = rules.Readiness(DisposalKind.DESTRUCTION, DisposalState.APPROVED, "PF-2026-00001", 0, 0)
HANDS = rules.Hands("a", "b", "b", "", "")
PLACE = rules.Place(SourceKind.SQLITE, "visits", {"visits", "wards"})


def propose(kind, asset=PLAIN, worthless=None, reason="不再使用"):
    return [str(o) for o in rules.obstacles_to_propose(kind, reason, asset, worthless, TODAY)]


def test_a_plain_write_off_needs_nothing_but_a_reason():
    assert propose(DisposalKind.WRITE_OFF) == []
    assert propose(DisposalKind.WRITE_OFF, reason=" ") != []


@pytest.mark.clause("N-6")
@pytest.mark.parametrize("kind", [DisposalKind.SALE, DisposalKind.EXCHANGE])
def test_what_is_sold_or_exchanged_is_appraised_first(kind):
    assert propose(kind) != []
    assert propose(kind, rules.Standing(CardState.IN_FORCE, None, appraised=True)) == []


@pytest.mark.clause("G-11")
@pytest.mark.parametrize(
    "recognised",
    [
        None,
        rules.Worthlessness(False, True, "依据"),
        rules.Worthlessness(True, False, "依据"),
        rules.Worthlessness(True, True, " "),
    ],
)
def test_only_what_is_worthless_and_under_no_duty_to_keep_is_destroyed(recognised):
    assert propose(DisposalKind.DESTRUCTION, worthless=recognised) != []
    assert propose(DisposalKind.DESTRUCTION, worthless=RECOGNISED) == []


@pytest.mark.clause("G-11")
def test_a_duty_to_keep_ends_with_its_last_day_and_goes_along_with_a_transfer():
    kept = rules.Standing(CardState.IN_FORCE, TODAY, appraised=True)
    past = rules.Standing(CardState.IN_FORCE, date(2026, 3, 19), appraised=True)
    assert propose(DisposalKind.DESTRUCTION, kept, RECOGNISED) != []
    assert propose(DisposalKind.SCRAP, kept) != []
    assert propose(DisposalKind.TRANSFER, kept) == []
    assert propose(DisposalKind.DESTRUCTION, past, RECOGNISED) == []


@pytest.mark.parametrize("state", [s for s in CardState if s is not CardState.IN_FORCE])
def test_only_a_card_in_force_is_disposed_of(state):
    assert propose(DisposalKind.SCRAP, rules.Standing(state, None, appraised=False)) != []


@pytest.mark.clause("N-6")
@pytest.mark.parametrize("state", [s for s in DisposalState if s is not DisposalState.APPROVED])
def test_nothing_is_carried_out_before_the_reply(state):
    early = rules.Readiness(DisposalKind.SCRAP, state, "", 0, 0)
    assert [o.clause for o in rules.obstacles_to_carry_out(early)] == [Clause.N_6]
    assert "批复" in str(next(rules.obstacles_to_carry_out(early)))
    replied = rules.Readiness(DisposalKind.SCRAP, DisposalState.APPROVED, "PF-1", 0, 0)
    assert list(rules.obstacles_to_carry_out(replied)) == []


@pytest.mark.parametrize(("still_open", "unlisted"), [(1, 0), (0, 1)])
def test_copies_come_first(still_open, unlisted):
    ready = rules.Readiness(
        DisposalKind.DESTRUCTION, DisposalState.APPROVED, "PF-1", still_open, unlisted
    )
    assert len(list(rules.obstacles_to_destroy(ready, HANDS))) == 1
    assert list(rules.obstacles_to_destroy(READY, HANDS)) == []


@pytest.mark.clause("G-11")
@pytest.mark.parametrize(
    "hands",
    [
        rules.Hands("a", "a", "a", "", ""),
        rules.Hands("a", "b", "", "", ""),
        rules.Hands("a", "b", "c", "", ""),
        rules.Hands("a", "b", "b", "某销毁公司", " "),
    ],
    ids=["alone", "nobody signed", "somebody else signed", "no confidentiality contract"],
)
def test_a_destruction_needs_two_people_and_a_bound_contractor(hands):
    assert len(list(rules.obstacles_to_destroy(READY, hands))) == 1
    bound = rules.Hands("a", "b", "b", "某销毁公司", "BM-2026-7")
    assert list(rules.obstacles_to_destroy(READY, bound)) == []


@pytest.mark.parametrize(
    ("place", "medium"),
    [
        (rules.Place(SourceKind.POSTGRESQL, "visits", {"visits"}), Medium.SSD),
        (rules.Place(SourceKind.SQLITE, "visits", {"wards"}), Medium.SSD),
        (rules.Place(SourceKind.SQLITE, "visits", {"visits"}), Medium.OBJECT),
        (rules.Place(SourceKind.DUCKDB, "visits", {"visits", "wards"}), Medium.SSD),
    ],
    ids=["server", "missing", "medium", "other tables in the file"],
)
def test_what_the_node_cannot_prove_it_does_not_destroy(place, medium):
    assert len(list(rules.obstacles_to_erase(place, medium))) == 1
    assert list(rules.obstacles_to_erase(PLACE, Medium.SSD)) == []


@pytest.mark.parametrize(
    ("copy", "how", "allowed"),
    [
        (CopyKind.GRANT, Treatment.WITHDRAWN, True),
        (CopyKind.GRANT, Treatment.RETAINED, False),
        (CopyKind.BACKUP, Treatment.DESTROYED, True),
        (CopyKind.BACKUP, Treatment.HANDED_OVER, False),
        (CopyKind.EXTRACT, Treatment.RETAINED, True),
    ],
)
def test_each_copy_ends_in_its_own_ways(copy, how, allowed):
    found = list(
        rules.obstacles_to_treat(
            DisposalKind.DESTRUCTION, DisposalState.APPROVED, copy, False, how, "已办"
        )
    )
    assert (not found) is allowed
