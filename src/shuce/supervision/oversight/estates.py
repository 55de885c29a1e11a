from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.supervision.oversight.models import Inspection
from shuce.supervision.oversight.rules import InspectionState

passes_on(
    Estate(
        "oversight.inspections",
        "未办结的监督检查",
        Inspection,
        "organization",
        Q(state=InspectionState.OPEN.value),
    )
)
