"""Let an approval of the register run to its end, by those whose turn it is."""

from shuce.engines.procedure import Verdict
from shuce.foundation.approvals import commands as approvals
from shuce.foundation.approvals.models import Case
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.register.commands import submit_card
from shuce.lifecycle.register.models import Card
from tests.make import City


def decided(subject_id: str, city: City, verdict: Verdict = Verdict.APPROVE) -> Case:
    """Decide every step of the newest case about a subject until it ends."""
    case = Case.objects.filter(subject_id=subject_id).latest("id")
    while waiting := case.tasks.first():
        by = city.sign(Role(waiting.role), waiting.organization)
        approvals.decide(case, waiting.step, verdict, opinion="意见", by=by)
        case.refresh_from_db()
    return case


def entered(card: Card, city: City) -> Card:
    """Submit a draft and let everybody approve it."""
    submit_card(card, by=city.sign(Role.ASSET_KEEPER, card.holder))
    decided(card.id, city)
    card.refresh_from_db()
    return card
