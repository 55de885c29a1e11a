"""One asset's life, from its source to the certificate of its destruction, by commands only."""

import io
from functools import partial

import pytest

from shuce.demo import bodies, journey, journey_end, lives
from shuce.demo.city import FOUNDED_AT
from shuce.demo.sources import write_sources
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.evidence import sequencer
from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.cleanroom.models import Question
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.revenue.models import ShareLine
from shuce.lifecycle.revenue.rules import LineState
from shuce.lifecycle.rights.rules import GrantState
from shuce.supervision.reporting.figures import figure_coded
from shuce.supervision.reporting.queries import figure_told
from shuce.supervision.watch.commands import install_rules
from shuce.supervision.watch.models import Incident
from shuce.web import proving


@pytest.fixture
def life(home, db, monkeypatch):
    """The story of the visits, not yet begun, in a city of its own."""
    monkeypatch.setattr("shuce.demo.sources.VISITS", 3_000)
    monkeypatch.setattr("shuce.demo.sources.RESIDENTS", 1_500)
    monkeypatch.setattr("shuce.demo.sources.put_into_postgresql", lambda *_: None)
    monkeypatch.setattr("shuce.demo.sources.put_into_mariadb", lambda *_: None)
    city = bodies.found(FOUNDED_AT)
    reviewer = city.sign("sfj", Role.BUREAU_REVIEWER)
    install_procedures(by=reviewer)
    install_rules(by=reviewer)
    stories = {
        story.key: story for story in lives.stories(write_sources(home / "sources"), FOUNDED_AT)
    }
    return stories["visits"].begin(city)


@pytest.mark.clause(
    "S-2",
    "G-4",
    "G-5",
    "G-6",
    "G-7",
    "G-8",
    "G-9",
    "G-10",
    "G-11",
    "G-12",
    "G-13",
    "G-15",
    "N-3",
    "N-4",
    "N-5",
    "N-6",
    "N-7",
    "N-8",
    "N-9",
)
def test_an_asset_lives_from_its_source_to_its_certificate(life):
    for step in journey.UP_TO_GRANT:
        step(life)
    card = life.the_card
    assert card.number.startswith(card.holder.uscc)
    assert card.state == CardState.IN_FORCE
    assert life.the_grant.state == GrantState.IN_FORCE
    # G-6: the grant is marked on the card, which is neither reduced nor written off.
    assert [mark.cause_id for mark in card.marks.all()] == [life.the_grant.id]
    assert card.value == Money.from_yuan(1_500_000)

    answer = journey.ask(life, lives.COUNT)
    assert answer.verdict == "released"
    assert all(row[1] >= 20 for row in answer.rows)
    refused = journey.ask(life, journey_end.ROWS)
    assert (refused.verdict, refused.rule, refused.rows) == ("refused", "ROW_LEVEL", [])
    assert life.the_card.uses == 1

    journey.register_product(life, "区域疾病负担指数")
    journey.price_by_guidance(life, Money(100))
    auction = journey.price_by_auction(life, {"knbx": Money(112), "cxwl": Money(95)})
    assert (auction.record["winner_id"], auction.price) == (life.city["knbx"].id, Money(95))

    journey.contract(life, "knbx", Money(95))
    journey.use(life, 120_001, "JK-2026-04")
    distribution = journey.settle(life)
    lines = list(distribution.lines.all())
    assert sum(line.amount.fen for line in lines) == 120_001 * 95
    [due] = [line for line in lines if line.party_id == card.holder_id]
    assert (due.state, due.amount) == (LineState.REMITTED, Money(3_420_028))
    assert due.slip_number

    journey.appraise(life)
    assert life.the_card.value == life.appraisal.value

    journey_end.pry(life)
    journey_end.warn(life)
    journey_end.contain_incident(life)
    assert life.the_grant.state == GrantState.SUSPENDED
    journey_end.close_incident(life)
    assert life.the_grant.state == GrantState.IN_FORCE
    assert Incident.objects.get().state == "CLOSED"

    # The report's figures lead down to this card, whoever of the two bodies is asked.
    report = journey_end.report(life)
    assert report.state == "CONFIRMED"
    assert report.organization_id == card.holder.parent_id
    reviewer = life.sign(Role.DEPARTMENT_REVIEWER, "wjw").member
    for code, value in (("1.total.count", 1), ("1.total.value", life.the_card.value.fen)):
        told = figure_told(report, figure_coded(code), reviewer, 0, 50)
        assert (told.reported, [one.id for one in told.cards]) == (value, [card.id])

    journey_end.dispose(life)
    journey_end.destroy(life)
    assert life.the_card.state == CardState.CLOSED
    assert life.the_grant.state == GrantState.WITHDRAWN
    assert life.seen["destruction"].certificate_number

    sequencer.number_entries(life.at)
    out = io.StringIO()
    assert proving.verify_register(out) == 0
    assert str(Entry.objects.count()) in out.getvalue()
    assert Entry.objects.filter(asset_id=card.id).count() > 60


@pytest.mark.clause("G-4")
def test_what_cannot_be_measured_waits_in_the_memorandum_register_until_it_can(life):
    journey.connect(life)
    journey.scan(life)
    journey.judge(life, measurable=False)
    life.resource.refresh_from_db()
    assert life.resource.state == "MEMORANDUM"
    assert not Card.objects.exists()
    journey.judge(life)
    journey.register_card(life)
    life.resource.refresh_from_db()
    assert life.resource.state == "REGISTERED"
    assert life.resource.memo_entries.get().promoted_on is not None


def test_no_row_of_the_source_is_in_the_register(life, home):
    """The register could be stolen: it holds figures and masks, and no resident."""
    import sqlite3

    for step in (*journey.UP_TO_GRANT, partial(journey.ask, sql=lives.COUNT)):
        step(life)
    with sqlite3.connect(home / "sources" / "health.sqlite") as base:
        people = base.execute("SELECT DISTINCT id_card, name FROM mz_jzjl LIMIT 300").fetchall()
    told = " ".join(bytes(body).decode() for body in Entry.objects.values_list("body", flat=True))
    told += " ".join(str(q.rows) for q in Question.objects.all())
    told += str(life.resource.columns)
    told += " ".join(str(line) for line in ShareLine.objects.values())
    assert not [number for number, _ in people if number in told]
    assert "health.sqlite" not in told
