"""The lists of the clean room."""

from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    DayColumn,
    FlagColumn,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
    PersonColumn,
)
from shuce.lifecycle.cleanroom.models import Dataset, Delivery, Question, SavedQuery
from shuce.lifecycle.cleanroom.rules import SavedState, Verdict, What
from shuce.lifecycle.cleanroom.set_rules import SetState
from shuce.lifecycle.rights.models import Grant


class StudioTable(OfficeTable):
    card__name = LinkColumn("数据资产", to="cleanroom:ask", by=["id"])
    number = Column("授权编号")
    right = Column("权利", of="right__label", sort=["right"])
    card__holder = Column("持有单位", sort=["card__holder__name"], narrow=False)
    purpose = Column("用途", sort=False, narrow=False)
    questions_asked = NumberColumn("查询次数")
    ends_on = DayColumn("终止日")


class StudioFilters(OfficeFilters):
    search = SearchFilter("number", "card__name", "purpose", hint="编号、资产名称、用途")

    class Meta:
        model = Grant
        fields: tuple[str, ...] = ()


class QuestionTable(OfficeTable):
    sql = LinkColumn("查询", to="cleanroom:question", by=["id"], sort=False)
    grant__card__name = Column("数据资产")
    grant__number = Column("授权编号", narrow=False)
    grant__operator = Column("运营主体", sort=["grant__operator__name"], narrow=False)
    member = PersonColumn("提交人", sort=["member__name"], narrow=False)
    verdict = ChoiceColumn("结果")
    rule_label = Column("规则", sort=["rule"])
    suppressed = NumberColumn("隐去的组", narrow=False)
    asked_at = MomentColumn("提交时间")


class QuestionFilters(OfficeFilters):
    search = SearchFilter(
        "sql",
        "grant__number",
        "grant__card__name",
        "grant__operator__name",
        hint="查询、编号、资产",
    )
    verdict = ChoiceFilter(Verdict, "结果")
    asked_at = DayRangeFilter("提交时间")

    class Meta:
        model = Question
        fields: tuple[str, ...] = ()


class DeliveryTable(OfficeTable):
    number = Column("交付编号")
    what = ChoiceColumn("交付内容", narrow=False)
    grant__card__name = Column("数据资产")
    grant__number = Column("授权编号", narrow=False)
    grant__purpose = Column("用途", narrow=False, sort=False)
    receiver = Column("接收单位", sort=["receiver__name"])
    member = PersonColumn("经办人", sort=["member__name"])
    form = Column("格式", of="form__label", sort=["form"], narrow=False)
    delivered_at = MomentColumn("交付时间")


class DeliveryFilters(OfficeFilters):
    search = SearchFilter(
        "number",
        "grant__number",
        "grant__card__name",
        "receiver__name",
        "member__name",
        hint="编号、资产、单位、经办人",
    )
    what = ChoiceFilter(What, "交付内容")
    delivered_at = DayRangeFilter("交付时间")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class SavedTable(OfficeTable):
    number = LinkColumn("查询编号", to="cleanroom:saved", by=["id"])
    name = Column("名称")
    grant__card__name = Column("数据资产")
    grant__number = Column("授权编号", narrow=False)
    member = PersonColumn("保存人", sort=["member__name"], narrow=False)
    shared = FlagColumn("本单位共用")
    saved_at = MomentColumn("保存时间", narrow=False)
    state = ChoiceColumn("状态")


class SavedFilters(OfficeFilters):
    search = SearchFilter("number", "name", "grant__card__name", hint="编号、名称、资产")
    state = ChoiceFilter(SavedState, "状态")

    class Meta:
        model = SavedQuery
        fields: tuple[str, ...] = ()


class DatasetTable(OfficeTable):
    number = LinkColumn("数据集编号", to="cleanroom:dataset", by=["id"])
    title = Column("名称")
    grant__card__name = Column("数据资产")
    grant__operator = Column("接收单位", sort=["grant__operator__name"], narrow=False)
    made_at = MomentColumn("制作时间", narrow=False)
    valid_until = DayColumn("交付截止日")
    state = ChoiceColumn("状态")


class DatasetFilters(OfficeFilters):
    search = SearchFilter("number", "title", "grant__card__name", hint="编号、名称、资产")
    state = ChoiceFilter(SetState, "状态")

    class Meta:
        model = Dataset
        fields: tuple[str, ...] = ()
