"""What of the foundation's own rooms passes: people, open approvals, waiting steps, channels."""

from collections.abc import Collection

from django.db.models import Q

from shuce.foundation.approvals.models import Case, Matter, Outcome, Task
from shuce.foundation.notices.models import Webhook
from shuce.foundation.organizations.models import CLOCKWORK, Member, Organization, Signature
from shuce.foundation.organizations.passing import move_person
from shuce.foundation.succession.heritage import Estate, passes_on


class People(Estate):
    """People go over with the posts they hold in their own body."""

    def pass_on(
        self, ids: Collection[str], former: Organization, heir: Organization, *, by: Signature
    ) -> None:
        for person in self.rows_of(former).filter(pk__in=ids):
            move_person(person, heir, by=by)


# The succession's own case ends with it, and stays where it was decided.
_OTHERS = ~Q(matter=Matter.SUCCESSION.value)

passes_on(
    People("organizations.people", "人员和岗位", Member, "organization", ~Q(username=CLOCKWORK)),
    Estate(
        "approvals.cases",
        "办理中的审批",
        Case,
        "organization",
        Q(outcome=Outcome.OPEN.value) & _OTHERS,
        anchor="asset_id",
    ),
    Estate(
        "approvals.tasks",
        "待办步骤",
        Task,
        "organization",
        ~Q(case__matter=Matter.SUCCESSION.value),
        anchor="case_id",
    ),
    Estate("notices.webhooks", "通知渠道", Webhook, "organization", Q(stopped_at=None)),
)
