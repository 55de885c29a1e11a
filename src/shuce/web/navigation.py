"""The menu: what there is, in the order of an asset's life, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.urls import NoReverseMatch, reverse

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.words import say


@dataclass(frozen=True)
class Item:
    """A page of the menu, for people with any of `any_of`; for everyone if that is empty."""

    title: str
    url_name: str
    any_of: frozenset[Permission] = frozenset()

    @property
    def label(self) -> str:
        return say(self.title)

    @cached_property
    def href(self) -> str:
        """The page's address, or nothing where this register has no such page."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Section:
    title: str
    icon: str
    items: tuple[Item, ...]

    @property
    def label(self) -> str:
        return say(self.title)


def _item(title: str, url_name: str, *any_of: Permission) -> Item:
    return Item(title, url_name, frozenset(any_of))


_P = Permission
SECTIONS: Sequence[Section] = (
    Section(
        "工作台",
        "home",
        (
            _item("首页", "home"),
            _item("待办", "inbox"),
            _item("消息", "notices:notices"),
        ),
    ),
    Section(
        "资产",
        "books",
        (
            _item("资产登记簿", "register:cards", _P.CARD_VIEW, _P.CARD_ENTER),
            _item(
                "数据资源", "inventory:resources", _P.STOCKTAKE_RUN, _P.ASSET_RECOGNIZE, _P.SCAN_RUN
            ),
            _item("数据源", "sources:sources", _P.SOURCE_MANAGE, _P.SCAN_RUN),
            _item("数据节点", "sources:nodes", _P.NODE_MANAGE),
            _item("数据血缘", "lineage:links", _P.LINEAGE_ENTER, _P.CARD_VIEW),
            _item("数据质量", "quality:assessments", _P.QUALITY_MEASURE, _P.CARD_VIEW),
            _item("备查簿", "inventory:memo", _P.STOCKTAKE_RUN, _P.ASSET_RECOGNIZE),
            _item("卡片导入", "register:intakes", _P.CARD_ENTER, _P.CARD_VIEW),
            _item("自定义字段", "register:fields", _P.CARD_DESIGN, _P.CARD_ENTER),
            _item("目录清单", "directory:schedules", _P.STOCKTAKE_RUN, _P.CARD_VIEW),
            _item("资产台账", "books:accounts", _P.REVENUE_VIEW, _P.BOOKS_KEEP),
        ),
    ),
    Section(
        "权利与使用",
        "certificate",
        (
            _item(
                "授权运营",
                "rights:grants",
                _P.GRANT_APPLY,
                _P.GRANT_MANAGE,
                _P.GRANT_REVIEW,
                _P.GRANT_SUSPEND,
            ),
            _item("开放共享", "rights:offers", _P.OPENING_MANAGE, _P.CARD_VIEW, _P.GRANT_APPLY),
            _item("数据净室", "cleanroom:studio", _P.CLEANROOM_ASK, _P.CLEANROOM_OVERSEE),
        ),
    ),
    Section(
        "价值与市场",
        "scale",
        (
            _item(
                "价值评估",
                "valuation:appraisals",
                _P.APPRAISAL_ORDER,
                _P.APPRAISAL_MAKE,
                _P.LIBRARY_MANAGE,
                _P.CARD_VIEW,
            ),
            _item("数据产品", "market:products", _P.MARKET_VIEW, _P.PRODUCT_REGISTER),
            _item("合同", "market:contracts", _P.MARKET_VIEW, _P.CONTRACT_SIGN),
            _item("竞价", "market:auctions", _P.MARKET_VIEW, _P.AUCTION_RUN, _P.BID_PLACE),
        ),
    ),
    Section(
        "收益",
        "coin",
        (
            _item(
                "账单",
                "revenue:bills",
                _P.REVENUE_VIEW,
                _P.BILL_ISSUE,
                _P.RECEIPT_BOOK,
                _P.USAGE_METER,
            ),
            _item("上缴国库", "revenue:remittances", _P.REVENUE_VIEW, _P.REMITTANCE_MAKE),
            _item("账簿", "revenue:ledger", _P.REVENUE_VIEW, _P.USAGE_METER),
            _item("收缴违规", "revenue:breaches", _P.REVENUE_VIEW),
        ),
    ),
    Section(
        "处置",
        "trash",
        (
            _item(
                "资产处置",
                "disposal:disposals",
                _P.DISPOSAL_APPLY,
                _P.DISPOSAL_REVIEW,
                _P.DESTRUCTION_RUN,
            ),
        ),
    ),
    Section(
        "监测与监督",
        "shield-check",
        (
            _item("监测预警", "watch:alerts", _P.ALERT_HANDLE),
            _item("安全事件", "watch:incidents", _P.INCIDENT_HANDLE),
            _item("监督检查", "oversight:inspections", _P.INSPECTION_RUN, _P.FINDING_RECTIFY),
            _item("存证", "oversight:evidence", _P.EVIDENCE_READ),
            _item("履责情况", "oversight:coverage", _P.INSPECTION_RUN, _P.EVIDENCE_READ),
        ),
    ),
    Section(
        "报告",
        "report-analytics",
        (
            _item("资产报告", "reporting:reports", _P.REPORT_READ, _P.REPORT_PREPARE),
            _item("信息披露", "reporting:portal"),
        ),
    ),
    Section(
        "组织",
        "sitemap",
        (
            _item("组织机构", "organizations:tree"),
            _item(
                "主体承继",
                "succession:plans",
                _P.SUCCESSION_PROPOSE,
                _P.CASE_DECIDE,
                _P.EVIDENCE_READ,
            ),
            _item("审批流程", "approvals:procedures"),
            _item("通知渠道", "notices:webhooks", _P.SETTING_MANAGE),
            _item("后台任务", "jobs:jobs"),
        ),
    ),
)


def sections_for(member: Member) -> list[Section]:
    """Return the menu of `member`: what they may open, and this register has."""
    held = member.permissions
    shown = (
        Section(
            section.title,
            section.icon,
            tuple(
                item
                for item in section.items
                if (not item.any_of or item.any_of & held) and item.href
            ),
        )
        for section in SECTIONS
    )
    return [section for section in shown if section.items]
