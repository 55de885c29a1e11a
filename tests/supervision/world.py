"""Assets in force, for those who watch, inspect and report."""

from dataclasses import replace
from pathlib import Path

from shuce.demo.approving import approve
from shuce.foundation.approvals.models import Case, Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.inventory.commands import recognize, scan_source
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.register.commands import confirm_grade, draft_card, submit_card
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.revising import revise_card
from shuce.lifecycle.register.words import Grade, Opening
from tests.lifecycle import assets
from tests.make import NOON, City

# Who decides on the way of a card, of a right and of an incident.
_DECIDERS = (Role.FINANCE_OFFICER, Role.SECURITY_OFFICER, Role.DATA_STEWARD, Role.DECISION_MEMBER)


def people(city: City, body: Organization) -> None:
    """Appoint everybody whom an approval may ask."""
    for role in _DECIDERS:
        city.sign(role, body)
    city.sign(Role.DEPARTMENT_REVIEWER, city.department)
    city.sign(Role.BUREAU_REVIEWER, city.bureau)


def found(city: City, folder: Path, tables: tuple[str, ...]) -> list[Resource]:
    """Return the tables of a source of the unit, scanned."""
    source = assets.connected(city, assets.database(folder, tables))
    scan_source(source, by=city.sign(Role.DATA_STEWARD, city.unit))
    return list(Resource.objects.filter(source=source).order_by("table_name"))


def in_force(city: City, resource: Resource, **facts: object) -> Card:
    """Return the card of a resource, approved and graded L2."""
    keeper = city.sign(Role.ASSET_KEEPER, city.unit)
    recognition = recognize(resource, assets.answers(), by=keeper)
    given = {"opening": Opening.CONDITIONAL, "name": resource.table_name} | facts
    card = draft_card(recognition, replace(assets.FACTS, **given), by=keeper)
    submit_card(card, by=keeper)
    passed(Matter.CARD_ENTRY, card.id)
    officer = city.sign(Role.SECURITY_OFFICER, city.unit)
    return confirm_grade(card, Grade.L2, "测试数据，已去标识化", by=officer)


def revised(card: Card, changes: dict[str, object], reason: str, *, by: Signature) -> Card:
    """Change a card, and let the approval that this may need run to its end as `by` signs."""
    done = revise_card(card, changes, reason, by=by)
    if done.proposal:
        case = last_case_about(Matter.CARD_CHANGE, done.proposal.id)
        assert case is not None
        approve(case, by.at)
    card.refresh_from_db()
    return card


def passed(matter: Matter, subject_id: str) -> Case:
    """Let an approval run to its end."""
    case = last_case_about(matter, subject_id)
    assert case is not None
    approve(case, NOON)
    return Case.objects.get(id=case.id)
