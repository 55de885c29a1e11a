"""Files that go with a case: its maker adds them while it is open; whoever sees it, sees them."""

from django.urls import reverse

from shuce.foundation.approvals.models import Outcome
from shuce.foundation.approvals.queries import case_seen, task_of
from shuce.foundation.attachments.pegs import Peg, hangs_on
from shuce.foundation.organizations.models import Member


@hangs_on("case")
def _case(case_id: str, member: Member) -> Peg:
    case = case_seen(case_id, member)
    takes_part = case.maker_id == member.pk or task_of(case, member) is not None
    return Peg(
        title=str(case),
        organization=case.organization,
        url=reverse("approvals:case", args=[case.id]),
        may_change=takes_part and case.outcome == Outcome.OPEN,
        asset_id=case.asset_id,
    )
