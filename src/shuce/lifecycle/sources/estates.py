from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.sources.models import DataNode, Source
from shuce.lifecycle.sources.node_rules import NodeState
from shuce.lifecycle.sources.rules import SourceState

passes_on(
    Estate(
        "sources.sources",
        "数据源",
        Source,
        "organization",
        ~Q(state=SourceState.CLOSED.value),
        alike=("name",),
    ),
    Estate(
        "sources.nodes",
        "数据节点",
        DataNode,
        "organization",
        ~Q(state=NodeState.REVOKED.value),
        alike=("name",),
    ),
)
