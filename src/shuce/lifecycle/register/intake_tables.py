"""The lists of files of cards, and of a file's rows."""

from django.urls import reverse
from django.utils.html import format_html

from shuce.foundation.office.filters import ChoiceFilter, OfficeFilters, SearchFilter
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.kernel.words import say
from shuce.lifecycle.register.models import Intake, IntakeLine
from shuce.lifecycle.register.words import IntakeState, RowVerdict


class IntakeTable(OfficeTable):
    title = LinkColumn("名称", to="register:intake", by=["id"])
    holder = Column("持有单位", sort=["holder__name"], narrow=False)
    file_name = Column("文件", narrow=False)
    member = Column("上传人", narrow=False)
    read_at = MomentColumn("上传时间")
    state = ChoiceColumn("状态")


class IntakeFilters(OfficeFilters):
    search = SearchFilter("title", "file_name", "holder__name", hint="名称、文件、持有单位")
    state = ChoiceFilter(IntakeState, "状态")

    class Meta:
        model = Intake
        fields: tuple[str, ...] = ()


def _card_of(line: IntakeLine) -> object:
    if not line.card_id or line.undone:
        return None
    address = reverse("register:card", args=[line.card_id])
    return format_html('<a href="{}">{}</a>', address, say("查看卡片"))


class LineTable(OfficeTable):
    place = NumberColumn("行号")
    key = Column("原编号")
    name = MadeColumn("资产名称", lambda line: line.facts.get("name"))
    verdict = ChoiceColumn("结果")
    reasons = MadeColumn("原因", lambda line: "；".join(line.reasons))
    card_id = MadeColumn("卡片", _card_of, narrow=False)


class LineFilters(OfficeFilters):
    search = SearchFilter("key", hint="原编号")
    verdict = ChoiceFilter(RowVerdict, "结果")

    class Meta:
        model = IntakeLine
        fields: tuple[str, ...] = ()
