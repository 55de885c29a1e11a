from django.db.models import Q

from shuce.foundation.succession.heritage import Estate, passes_on
from shuce.lifecycle.lineage.models import Dataset, Link, Process, Receipt, Script

_NAMED = ("namespace", "name")

passes_on(
    Estate("lineage.datasets", "血缘中的数据集", Dataset, "organization", alike=_NAMED),
    Estate("lineage.processes", "加工任务", Process, "organization", alike=_NAMED),
    Estate("lineage.scripts", "SQL 脚本", Script, "organization", alike=("digest",)),
    Estate("lineage.receipts", "血缘上报回执", Receipt, "organization", alike=("digest",)),
    Estate(
        "lineage.links",
        "血缘关系",
        Link,
        "organization",
        Q(ended_at=None),
        related=(
            "upstream__resource",
            "upstream__card",
            "downstream__resource",
            "downstream__card",
        ),
    ),
)
