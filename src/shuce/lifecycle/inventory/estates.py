from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.inventory.models import MemoEntry, Resource, Stocktake
from shuce.lifecycle.inventory.rules import StocktakeState

passes_on(
    Estate("inventory.resources", "数据资源", Resource, "organization", anchor="source_id"),
    Estate(
        "inventory.memo",
        "备查簿记录",
        MemoEntry,
        "organization",
        Q(promoted_on=None, dismissed_on=None),
        anchor="resource__source_id",
        related=("resource",),
    ),
    Estate(
        "inventory.stocktakes",
        "进行中的清查盘点",
        Stocktake,
        "organization",
        Q(state=StocktakeState.OPEN.value),
    ),
)
