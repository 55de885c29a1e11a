"""Files that show what a security assessment rests on."""

from django.urls import reverse

from shuce.foundation.attachments.pegs import Peg, hangs_on
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import NotFound, Obstacle
from shuce.kernel.words import say
from shuce.lifecycle.register.queries import card_seen_inside
from shuce.lifecycle.rights.models import SecurityAssessment


@hangs_on("assessment")
def _assessment(assessment_id: str, member: Member) -> Peg:
    found = SecurityAssessment.objects.filter(id=assessment_id).first()
    if found is None:
        raise NotFound(Obstacle("没有这项安全评估，或您无权查看"))
    card = card_seen_inside(found.card_id, member)
    return Peg(
        title=say("{card}的安全评估（{day}）", card=card.name, day=found.assessed_on),
        organization=card.holder,
        url=reverse("attachments:attachments", args=["assessment", found.id]),
        may_change=member.may(Permission.ASSESSMENT_MAKE, card.holder),
        asset_id=card.id,
    )
