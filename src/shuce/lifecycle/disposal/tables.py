"""The list of disposals."""

from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MomentColumn,
    MoneyColumn,
    OfficeTable,
)
from shuce.lifecycle.disposal.models import Disposal
from shuce.lifecycle.disposal.rules import DisposalKind, DisposalState


class DisposalTable(OfficeTable):
    number = LinkColumn("处置编号", to="disposal:disposal", by=["id"])
    card = Column("数据资产", sort=["card__name"])
    holder = Column("持有单位", of="card__holder", sort=["card__holder__name"], narrow=False)
    kind = Column("处置方式", of="kind__label", sort=["kind"])
    book_value = MoneyColumn("账面价值", narrow=False)
    state = ChoiceColumn("状态")
    reply_number = Column("批复文号", narrow=False)
    proposed_at = MomentColumn("申请时间")


class DisposalFilters(OfficeFilters):
    search = SearchFilter(
        "number",
        "reply_number",
        "card__name",
        "card__number",
        "card__holder__name",
        hint="处置编号、批复文号、资产、单位",
    )
    kind = ChoiceFilter(DisposalKind, "处置方式")
    state = ChoiceFilter(DisposalState, "状态")
    proposed_at = DayRangeFilter("申请时间")

    class Meta:
        model = Disposal
        fields: tuple[str, ...] = ()
