from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.sources.models import Source
from shuce.lifecycle.sources.rules import SourceState

passes_on(
    Estate(
        "sources.sources",
        "数据源",
        Source,
        "organization",
        Q(state=SourceState.CONNECTED.value),
        alike=("name",),
    )
)
