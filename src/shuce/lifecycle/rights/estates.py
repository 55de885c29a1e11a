from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import LIVE
from shuce.lifecycle.rights.rules import GrantState

passes_on(
    Estate(
        "rights.grants",
        "取得的授权",
        Grant,
        "operator",
        Q(state__in=[*(state.value for state in LIVE), GrantState.REQUESTED.value]),
        alike=("card_id", "right"),
        related=("operator",),
    )
)
