"""A registered asset with people's rows at the node, and grants over it, made through commands."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from shuce.demo.approving import approve
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.identifiers import resident_check_character
from shuce.lifecycle.inventory.commands import scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register import commands as register
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Grade, Opening
from shuce.lifecycle.rights import commands as rights
from shuce.lifecycle.rights.impact import Ground, Impact
from shuce.lifecycle.rights.impact_commands import assess_impact
from shuce.lifecycle.rights.models import Grant, SecurityAssessment
from shuce.lifecycle.rights.questionnaire import questions_for
from shuce.lifecycle.rights.rules import Answer, FeeBasis, PurposeKind, Right, Terms
from shuce.lifecycle.sources.commands import connect_source
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import Address, SourceKind
from tests import make
from tests.lifecycle import assets

PEOPLE = 400
TODAY = make.NOON.date()
DISTRICTS = ("黄浦", "徐汇", "静安", "浦东")
ROWS_WANTED = "SELECT id_card, age FROM persons"
BY_DISTRICT = "SELECT district, COUNT(*) AS total FROM persons GROUP BY district"
QUESTIONS = questions_for(Grade.L4, TODAY)
IMPACT = Impact(
    Ground.STATUTORY,
    "《社会保险法》第七十五条",
    necessity="只提供汇总统计",
    risks="小样本可能识别个人",
    measures="按人数设阈值，结果出域前审核",
    acceptable=True,
)
TERMS = Terms(
    right=Right.PROCESSING,
    purpose="面向行业的统计分析服务",
    purpose_kind=PurposeKind.INDUSTRY,
    fee_basis=FeeBasis.FREE,
    columns=("id_card", "district", "age"),
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=365),
)


@dataclass
class World:
    """The city and the unit's one asset; `sign` acts so many days after the world's noon."""

    city: make.City
    card_id: str

    @property
    def card(self) -> Card:
        return Card.objects.select_related("holder", "resource__source").get(id=self.card_id)

    def sign(self, role: Role, body: Organization | None = None, days: float = 0) -> Signature:
        return self.city.sign(role, body or self.city.unit, make.NOON + timedelta(days=days))

    @property
    def agent(self) -> Signature:
        return self.sign(Role.OPERATOR_AGENT, self.city.operator)

    @property
    def analyst(self) -> Signature:
        return self.sign(Role.OPERATOR_ANALYST, self.city.operator)

    @property
    def officer(self) -> Signature:
        return self.sign(Role.SECURITY_OFFICER)

    @property
    def keeper(self) -> Signature:
        return self.sign(Role.ASSET_KEEPER)


def registered(city: make.City, folder: Path) -> World:
    """Connect, scan, judge, draft, approve and grade a table of invented people."""
    address = Address("人口库", SourceKind.SQLITE, str(people(folder)))
    source = connect_source(city.unit, address, by=city.sign(Role.DATA_STEWARD, city.unit))
    return entered(city, source)


def entered(city: make.City, source: Source) -> World:
    """Scan a connected source of people, and enter its table as an asset."""
    staff(city)
    steward = city.sign(Role.DATA_STEWARD, city.unit)
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    scan_source(source, by=steward)
    facts = replace(
        assets.FACTS,
        opening=Opening.CONDITIONAL,
        personal_data=True,
        personal_basis="履行法定职责所必需，去标识化使用",
    )
    card = assets.drafted(city, Resource.objects.get(source=source), facts)
    register.submit_card(card, by=keeper)
    finish(Matter.CARD_ENTRY, card.id)
    world = World(city, card.id)
    register.confirm_grade(world.card, Grade.L4, "", by=world.officer)
    return world


def staff(city: make.City) -> None:
    """Fill the posts that the approvals ask for."""
    for role in (
        Role.ASSET_KEEPER,
        Role.DATA_STEWARD,
        Role.FINANCE_OFFICER,
        Role.SECURITY_OFFICER,
        Role.UNIT_HEAD,
    ):
        city.sign(role, city.unit)
    for _ in range(3):
        city.add(Role.DECISION_MEMBER, city.unit)
    city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    city.sign(Role.BUREAU_REVIEWER, city.bureau)


def answers(**unmet: str) -> dict[str, Answer]:
    """Answers to the security assessment, met but for those named with their note."""
    return {
        one.key: Answer(one.key not in unmet, unmet.get(one.key, "经核查，符合要求"), "附件一")
        for one in QUESTIONS
    }


def assessed(world: World) -> SecurityAssessment:
    if world.card.personal_data:
        assess_impact(world.card, IMPACT, by=world.officer)
    return rights.assess_security(world.card, answers(), by=world.officer)


def requested(
    world: World,
    operator: Organization | None = None,
    source: Grant | None = None,
    **changes: object,
) -> Grant:
    agent = world.sign(Role.OPERATOR_AGENT, operator or world.city.operator)
    return rights.request_grant(
        world.card, replace(TERMS, **changes), source_grant=source, by=agent
    )


def granted(
    world: World,
    operator: Organization | None = None,
    source: Grant | None = None,
    **changes: object,
) -> Grant:
    """Assess if nobody has, ask for a right and let everybody approve it."""
    if not SecurityAssessment.objects.filter(card_id=world.card_id).exists():
        assessed(world)
    grant = requested(world, operator, source, **changes)
    finish(Matter.GRANT_RIGHT, grant.id)
    return fresh(grant)


def fresh(grant: Grant) -> Grant:
    return Grant.objects.select_related("card__holder", "operator").get(id=grant.id)


def finish(matter: Matter, subject_id: str) -> None:
    """Let everybody whose turn it is approve."""
    case = last_case_about(matter, subject_id)
    assert case is not None
    approve(case, make.NOON)


def people(folder: Path) -> Path:
    file = folder / "people.sqlite"
    with closing(sqlite3.connect(file)) as base:
        base.execute("CREATE TABLE persons (id_card TEXT, district TEXT, age INTEGER, fee REAL)")
        base.executemany("INSERT INTO persons VALUES (?, ?, ?, ?)", map(person, range(PEOPLE)))
        base.commit()
    return file


def person(row: int) -> tuple[str, str, int, float]:
    born = date(1950, 1, 1) + timedelta(days=row * 41)
    first_17 = f"310101{born:%Y%m%d}{row % 999 + 1:03d}"
    number = first_17 + resident_check_character(first_17)
    # Five people live alone in a district of their own: too few to be shown.
    district = "崇明" if row < 5 else DISTRICTS[row % 4]
    return number, district, 2026 - born.year, 20.0 + row % 90
