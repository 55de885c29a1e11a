"""The lists of successions and of what they pass."""

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    OfficeTable,
)
from shuce.foundation.succession.models import Passing, Succession
from shuce.foundation.succession.rules import Manner, SuccessionState
from shuce.kernel.words import say


class PlanTable(OfficeTable):
    number = LinkColumn("编号", to="succession:plan", by=["id"])
    manner = Column("方式", of="manner__label", sort=["manner"])
    formers = MadeColumn("原主体", lambda plan: say("、").join(one.name for one in plan.formers))
    heirs = MadeColumn("承继主体", lambda plan: say("、").join(one.name for one in plan.heirs))
    ground = Column("批准文号", narrow=False)
    drafted_at = MomentColumn("拟订时间", narrow=False)
    state = ChoiceColumn("状态")


class PlanFilters(OfficeFilters):
    search = SearchFilter("number", "ground", "parts__organization__name", hint="编号、文号、单位")
    manner = ChoiceFilter(Manner, "方式")
    state = ChoiceFilter(SuccessionState, "状态")

    class Meta:
        model = Succession
        fields: tuple[str, ...] = ()


class PlannedTable(OfficeTable):
    """What would pass today."""

    kind = Column("类别", sort=False)
    text = Column("事项", sort=False)
    former = Column("原主体", sort=False)
    heir = Column("承继主体", sort=False)


class PassedTable(OfficeTable):
    """What passed."""

    kind = Column("类别", sort=["estate"])
    text = Column("事项", sort=["text"])
    former = Column("原主体", sort=["former__name"])
    heir = Column("承继主体", sort=["heir__name"])


class PassedFilters(OfficeFilters):
    search = SearchFilter("text", "former__name", "heir__name", hint="事项、单位")

    class Meta:
        model = Passing
        fields: tuple[str, ...] = ()
