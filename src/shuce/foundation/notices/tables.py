"""The lists of notices, webhooks and deliveries."""

from shuce.foundation.notices.models import Delivery, Notice
from shuce.foundation.notices.words import DeliveryState, NoticeKind
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


class NoticeTable(OfficeTable):
    title = LinkColumn("内容", to="notices:open", by=["id"])
    kind = Column("类别", of="kind.label", sort=["kind"])
    made_at = MomentColumn("时间")
    read_at = MadeColumn("阅读", lambda one: say("已读") if one.read_at else say("未读"))

    class Meta(OfficeTable.Meta):
        row_attrs = {  # noqa: RUF012  read by the library
            "class": lambda record: "" if record.read_at else "fw-bold"
        }


class NoticeFilters(OfficeFilters):
    search = SearchFilter("title", hint="消息内容")
    kind = ChoiceFilter(NoticeKind, "类别")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = ()


class WebhookTable(OfficeTable):
    name = LinkColumn("名称", to="notices:webhook", by=["id"])
    organization = Column("单位")
    flavour = Column("平台", of="flavour.label", sort=["flavour"])
    host = Column("地址", narrow=False)
    last_sent = MomentColumn("最近发送", narrow=False)
    failed = NumberColumn("失败")
    stopped = MadeColumn("状态", lambda one: say("已停用") if one.stopped_at else say("启用"))


class DeliveryTable(OfficeTable):
    made_at = MomentColumn("时间")
    kind = Column("类别", of="kind.label", sort=["kind"])
    state = ChoiceColumn("状态")
    attempts = NumberColumn("次数")
    next_at = MomentColumn("下次发送", narrow=False)
    message = Column("结果", sort=False)


class DeliveryFilters(OfficeFilters):
    state = ChoiceFilter(DeliveryState, "状态")

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()
