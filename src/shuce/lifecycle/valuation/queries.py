from django.db.models import Q, QuerySet

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.queries import bodies_of, within_reach
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.money import Money
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.valuation import rules
from shuce.lifecycle.valuation.models import Appraisal, Opinion
from shuce.lifecycle.valuation.rules import AppraisalState, Method


def appraisals_seen_by(member: Member) -> QuerySet[Appraisal]:
    """Appraisals of cards in reach, and those given to the reader's own body."""
    reach = within_reach(member, Permission.CARD_VIEW, path="card__holder__path")
    own = Q(appraiser_id=member.organization_id)
    return Appraisal.objects.filter(reach | own).select_related("card__holder", "appraiser")


def appraisal_seen(appraisal_id: str, by: Member) -> Appraisal:
    found = appraisals_seen_by(by).filter(id=appraisal_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项评估，或您无权查看"))
    return found


def appraisals_of(card: Card) -> QuerySet[Appraisal]:
    return Appraisal.objects.filter(card=card).select_related("appraiser")


def opinions_of(appraisal: Appraisal) -> QuerySet[Opinion]:
    return appraisal.opinions.select_related("member")


def last_value_of(card: Card) -> Money | None:
    """The last adopted appraisal's value, or None where there is none."""
    adopted = Appraisal.objects.filter(card=card, state=AppraisalState.ADOPTED)
    found = adopted.order_by("-adopted_on", "-id").values_list("value", flat=True).first()
    return found if isinstance(found, Money) else None


def candidates() -> list[str]:
    """The appraisers that may be drawn, in the order in which a draw takes them."""
    return sorted(bodies_of(Kind.APPRAISER).values_list("id", flat=True))


def obstacles_to_order(card: Card, scene: str = "…") -> tuple[Obstacle, ...]:
    """Why no appraisal of this card can be ordered now; without a scene, whatever is asked for."""
    on_register = card.state in (CardState.IN_FORCE, CardState.IN_DISPOSAL)
    return tuple(
        rules.obstacles_to_order(
            candidates(), scene, on_register=on_register, has_grade=card.grade is not None
        )
    )


def method_named(code: str) -> Method:
    try:
        return Method(code)
    except ValueError:
        raise NotFound(Obstacle("没有这种评估方法")) from None
