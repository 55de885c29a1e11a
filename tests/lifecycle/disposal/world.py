"""A registered asset with real rows at the node, and a grant over it, built through commands."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from shuce.demo.approving import approve
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.organizations.models import Organization
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.inventory.commands import recognize, scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.inventory.rules import Criterion, RecognitionAnswers
from shuce.lifecycle.register import commands as register
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.words import Acquisition, Grade, Industry
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.questionnaire import questions_for
from shuce.lifecycle.rights.rules import Answer, FeeBasis, PurposeKind, Right, Terms
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.rules import Address, SourceKind
from tests import make

_ONCE = (
    Role.ASSET_KEEPER,
    Role.DATA_STEWARD,
    Role.FINANCE_OFFICER,
    Role.SECURITY_OFFICER,
    Role.UNIT_HEAD,
)


@dataclass
class World:
    """The city, the unit's one asset, and where its rows lie."""

    city: make.City
    card: Card
    file: Path

    def sign(self, role: Role, body: Organization | None = None, days: float = 0):
        return self.city.sign(role, body or self.city.unit, make.NOON + timedelta(days=days))

    def fresh(self) -> Card:
        return Card.objects.select_related("holder", "resource__source").get(id=self.card.id)


def asset(city: make.City, home: Path, retain_until: date | None = None) -> World:
    """Register a table of visits: connected, scanned, judged, approved and graded."""
    staff(city)
    file = home / "visits.db"
    with closing(sqlite3.connect(file)) as engine:
        engine.execute("CREATE TABLE visits (ward TEXT, reason TEXT, days INTEGER)")
        rows = [(f"ward-{n % 7}", f"complaint number {n}", n % 30) for n in range(300)]
        engine.executemany("INSERT INTO visits VALUES (?, ?, ?)", rows)
        engine.commit()
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    address = Address("就诊库", SourceKind.SQLITE, str(file))
    source = connect_source(city.unit, address, by=steward)
    scan_source(source, by=steward)
    met = Criterion(True, "有据可查")
    recognition = recognize(
        Resource.objects.get(source=source),
        RecognitionAnswers(met, met, met, met, met),
        by=keeper,
    )
    card = register.draft_card(
        recognition,
        CardFacts(
            name="就诊记录",
            industry=Industry.HEALTH,
            region_code="310000",
            acquisition=Acquisition.COLLECTED,
            source_note="门诊系统",
            lawful_basis="单位职责规定",
            obtained_on=date(2025, 1, 1),
            cost=Money.from_yuan(20_000),
            retain_until=retain_until,
        ),
        by=keeper,
    )
    register.submit_card(card, by=keeper)
    finish(Matter.CARD_ENTRY, card.id)
    card = Card.objects.select_related("holder", "resource__source").get(id=card.id)
    officer = city.sign(Role.SECURITY_OFFICER, city.unit)
    register.confirm_grade(card, Grade.L4, "按最高一般级别管理", by=officer)
    return World(city, Card.objects.get(id=card.id), file)


def staff(city: make.City) -> None:
    """Fill the posts that the approvals of these rooms ask for."""
    for role in _ONCE:
        city.sign(role, city.unit)
    for _ in range(3):
        city.add(Role.DECISION_MEMBER, city.unit)
    city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    city.sign(Role.BUREAU_REVIEWER, city.bureau)


def grant(world: World) -> Grant:
    """Give the operator the processing right over two columns."""
    city = world.city
    asked = questions_for(Grade(world.fresh().grade), make.NOON.date())
    answers = {one.key: Answer(True, "已核查", "附件一") for one in asked}
    rights.assess_security(world.fresh(), answers, by=world.sign(Role.SECURITY_OFFICER))
    agent = city.sign(Role.OPERATOR_AGENT, city.operator)
    given = rights.request_grant(
        world.fresh(),
        Terms(
            right=Right.PROCESSING,
            purpose="汇总统计",
            purpose_kind=PurposeKind.PUBLIC,
            fee_basis=FeeBasis.FREE,
            columns=("ward", "days"),
            starts_on=make.NOON.date(),
            ends_on=make.NOON.date() + timedelta(days=365),
        ),
        by=agent,
    )
    finish(Matter.GRANT_RIGHT, given.id)
    return Grant.objects.get(id=given.id)


def finish(matter: Matter, subject_id: str) -> None:
    """Let everybody whose turn it is approve."""
    case = last_case_about(matter, subject_id)
    assert case is not None
    approve(case, make.NOON)
