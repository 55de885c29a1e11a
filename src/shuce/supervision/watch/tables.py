"""The lists of alerts, incidents, plans and rules."""

from shuce.foundation.office.filters import (
    ChoiceFilter,
    DayRangeFilter,
    OfficeFilters,
    SearchFilter,
)
from shuce.foundation.office.tables import (
    ChoiceColumn,
    Column,
    FlagColumn,
    LinkColumn,
    MadeColumn,
    MomentColumn,
    MoneyColumn,
    NumberColumn,
    OfficeTable,
)
from shuce.supervision.watch.models import Alert, Incident, ResponsePlan, WatchRule
from shuce.supervision.watch.words import (
    AlertGrade,
    AlertState,
    IncidentKind,
    IncidentState,
    RuleCode,
    Severity,
    ThresholdName,
)


class AlertTable(OfficeTable):
    text = LinkColumn("预警内容", to="watch:alert", by=["id"], sort=False)
    grade = ChoiceColumn("等级")
    rule = Column("规则", of="rule__code__label", sort=["rule__code"], narrow=False)
    organization = Column("责任单位", sort=["organization__name"], narrow=False)
    raised_at = MomentColumn("预警时间")
    due_at = MomentColumn("处理时限")
    state = ChoiceColumn("状态")


class AlertFilters(OfficeFilters):
    search = SearchFilter("organization__name", "card__name", "card__number", hint="责任单位、资产")
    grade = ChoiceFilter(AlertGrade, "等级")
    state = ChoiceFilter(AlertState, "状态")
    code = ChoiceFilter(RuleCode, "规则", field_name="rule__code")
    raised_at = DayRangeFilter("预警时间")

    class Meta:
        model = Alert
        fields: tuple[str, ...] = ()


class IncidentTable(OfficeTable):
    number = LinkColumn("事件编号", to="watch:incident", by=["id"])
    card = Column("数据资产", sort=["card__name"])
    holder = Column("持有单位", of="card__holder", sort=["card__holder__name"], narrow=False)
    kind = Column("类别", of="kind__label", sort=["kind"])
    severity = ChoiceColumn("等级")
    loss = MoneyColumn("损失估计", narrow=False)
    is_drill = FlagColumn("演练", narrow=False)
    opened_at = MomentColumn("发现时间")
    report_due_at = MomentColumn("上报时限", narrow=False)
    state = ChoiceColumn("状态")


class IncidentFilters(OfficeFilters):
    search = SearchFilter(
        "number", "card__name", "card__number", "card__holder__name", hint="事件编号、资产、单位"
    )
    kind = ChoiceFilter(IncidentKind, "类别")
    severity = ChoiceFilter(Severity, "等级")
    state = ChoiceFilter(IncidentState, "状态")
    opened_at = DayRangeFilter("发现时间")

    class Meta:
        model = Incident
        fields = ("is_drill",)


class PlanTable(OfficeTable):
    title = LinkColumn("预案名称", to="watch:plan", by=["id"])
    kind = Column("类别", of="kind__label", sort=["kind"])
    severity = ChoiceColumn("等级")
    organization = Column("单位", sort=["organization__name"], default="通用")
    steps = MadeColumn("步骤数", lambda plan: len(plan.steps), narrow=False)
    version = NumberColumn("版本", narrow=False)
    set_at = MomentColumn("制定时间", narrow=False)


class PlanFilters(OfficeFilters):
    search = SearchFilter("title", "organization__name", hint="名称、单位")
    kind = ChoiceFilter(IncidentKind, "类别")
    severity = ChoiceFilter(Severity, "等级")

    class Meta:
        model = ResponsePlan
        fields: tuple[str, ...] = ()


class RuleTable(OfficeTable):
    code = LinkColumn("规则", to="watch:rule", by=["id"], of="code__label", sort=["code"])
    grade = ChoiceColumn("预警等级")
    thresholds = MadeColumn(
        "参数", lambda rule: [f"{ThresholdName(k).label} {v}" for k, v in rule.thresholds.items()]
    )
    due_hours = NumberColumn("处理时限（小时）", narrow=False)
    clause = Column("条款", of="clause__citation", sort=["clause"], narrow=False)
    basis = Column("依据", narrow=False)
    confidence = ChoiceColumn("依据核对", narrow=False)
    enabled = FlagColumn("启用")
    last_run_at = MomentColumn("最近运行")
    last_raised = NumberColumn("最近一次新预警", narrow=False)


class RuleFilters(OfficeFilters):
    search = SearchFilter("basis", hint="依据")
    grade = ChoiceFilter(AlertGrade, "预警等级")

    class Meta:
        model = WatchRule
        fields = ("enabled",)
