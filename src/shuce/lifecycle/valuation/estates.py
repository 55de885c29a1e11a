from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.valuation.models import Appraisal
from shuce.lifecycle.valuation.rules import AppraisalState

passes_on(
    Estate(
        "valuation.appraisals",
        "未完成的评估",
        Appraisal,
        "appraiser",
        ~Q(state__in=[AppraisalState.ADOPTED.value, AppraisalState.REFUSED.value]),
    )
)
