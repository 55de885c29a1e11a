from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.supervision.watch.models import Alert, ResponsePlan
from shuce.supervision.watch.words import AlertState

passes_on(
    Estate(
        "watch.alerts",
        "未处理的预警",
        Alert,
        "organization",
        Q(state=AlertState.OPEN.value),
        anchor="card_id",
        related=("rule",),
    ),
    Estate("watch.plans", "应急预案", ResponsePlan, "organization", alike=("kind", "severity")),
)
