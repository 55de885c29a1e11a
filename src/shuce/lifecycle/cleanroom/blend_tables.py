"""The list of fusions."""

from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
    PersonColumn,
)


class BlendTable(OfficeTable):
    left__card__name = LinkColumn("第一方资产", to="cleanroom:blend", by=["id"])
    right__card__name = Column("第二方资产")
    left__operator = Column("运营主体", sort=["left__operator__name"], narrow=False)
    member = PersonColumn("提交人", sort=["member__name"], narrow=False)
    question__verdict = ChoiceColumn("结果")
    question__suppressed = NumberColumn("隐去的组", narrow=False)
    asked_at = MomentColumn("提交时间")
