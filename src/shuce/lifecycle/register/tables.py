"""The list of the register."""

from django.db.models import QuerySet

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.lists import MOST_COUNTED
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.kernel.words import say
from shuce.lifecycle.register.catalogue import FieldKind
from shuce.lifecycle.register.models import AddedField, Batch, Card
from shuce.lifecycle.register.search import all_cards_answering, cards_answering
from shuce.lifecycle.register.words import Acquisition, CardState, Grade, Industry, UseState


class CardTable(OfficeTable):
    name = LinkColumn("资产名称", to="register:card", by=["id"])
    number = Column("资产编号", narrow=False)
    # What has no index of its own is filtered by: sorting a million cards takes seconds.
    holder = Column("持有单位", sort=False, narrow=False)
    grade = ChoiceColumn("数据级别")
    industry = Column("行业", sort=False, narrow=False)
    acquisition = Column("配置方式", sort=False, narrow=False)
    rows = NumberColumn("数据规模（条）", narrow=False)
    value = MoneyColumn("价值")
    value_basis = Column("计价方式", sort=False, narrow=False)
    entered_on = DayColumn("登记日期", narrow=False)
    state = ChoiceColumn("状态")


class FieldTable(OfficeTable):
    label = LinkColumn("字段名称", to="register:change_field", by=["key"])
    key = Column("字段代码", narrow=False)
    kind = Column("类型", of="kind__label", sort=["kind"])
    group = MadeColumn("所在分组", lambda one: say(one.group))
    required = FlagColumn("必填")
    organization = Column("设立单位", sort=["organization__name"], narrow=False)
    added_at = DayColumn("设立时间", narrow=False)
    retired_at = DayColumn("停用时间", narrow=False)


class FieldFilters(OfficeFilters):
    search = SearchFilter("label", "key", "hint", hint="字段名称、代码")
    kind = ChoiceFilter(FieldKind, "类型")

    class Meta:
        model = AddedField
        fields: tuple[str, ...] = ()


class WordFilter(SearchFilter):
    """The search box over the index of words; a list shows as many hits as it counts,
    and exports them all.
    """

    def filter(self, rows: QuerySet[Card], value: str) -> QuerySet[Card]:
        if not value or not value.strip():
            return rows
        asked = self.parent.request
        if asked.GET.get("export"):
            return rows.filter(all_cards_answering(value, asked.user))
        return rows.filter(cards_answering(value, asked.user, MOST_COUNTED + 1))


class CardFilters(OfficeFilters):
    search = WordFilter(hint="名称、编号、摘要、字段、持有单位，可用拼音")
    state = ChoiceFilter(CardState, "状态")
    grade = ChoiceFilter(Grade, "数据级别")
    industry = ChoiceFilter(Industry, "行业")
    acquisition = ChoiceFilter(Acquisition, "配置方式")
    use_state = ChoiceFilter(UseState, "使用状况")

    class Meta:
        model = Card
        fields: tuple[str, ...] = ()


class BatchTable(OfficeTable):
    title = LinkColumn("批次", to="register:batch", by=["id"])
    holder = Column("持有单位", sort=["holder__name"])
    count = NumberColumn("卡片数")
    member = Column("建卡人", sort=False, narrow=False)
    drafted_at = MomentColumn("建卡时间", narrow=False)
    state = ChoiceColumn("状态")


class BatchFilters(OfficeFilters):
    search = SearchFilter("title", "holder__name", hint="批次、持有单位")
    state = ChoiceFilter(CardState, "状态")

    class Meta:
        model = Batch
        fields: tuple[str, ...] = ()
