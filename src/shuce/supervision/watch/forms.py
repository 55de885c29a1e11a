"""What people fill in about alerts, incidents, plans and rules."""

from typing import Any

from django import forms

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import (
    ChoiceField,
    MomentField,
    MoneyField,
    OfficeForm,
    RowField,
    TextField,
)
from shuce.foundation.organizations.models import Member, Organization
from shuce.kernel.money import Money
from shuce.lifecycle.register.choosing import CardField
from shuce.lifecycle.register.models import Card
from shuce.supervision.watch.models import Incident, WatchRule
from shuce.supervision.watch.queries import cards_for_incident, places_for_plans
from shuce.supervision.watch.words import AlertGrade, IncidentKind, Severity, ThresholdName


class HandleForm(OfficeForm):
    conclusion = TextField(label="处理结论", rows=4, max_length=1000)


class OpenForm(OfficeForm):
    fieldsets = (
        ("事件", ("card", "kind", "description")),
        ("影响", ("persons_affected", "loss", "critical", "is_drill")),
    )

    card = CardField(Card.objects.none(), label="数据资产")
    kind = ChoiceField(IncidentKind, label="类别")
    description = TextField(
        label="事件经过", rows=4, max_length=2000, help_text="不要写入个人信息和数据内容"
    )
    persons_affected = forms.IntegerField(label="影响人数（估计）", min_value=0, initial=0)
    loss = MoneyField(label="损失估计", initial=Money(0))
    critical = forms.BooleanField(
        label="涉及关键信息基础设施", required=False, help_text="上报时限为1小时"
    )
    is_drill = forms.BooleanField(label="演练", required=False, help_text="演练不暂停任何授权")

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["card"]
        assert isinstance(field, CardField)
        field.offer(cards_for_incident(member))


class ExtentForm(OfficeForm):
    persons_affected = forms.IntegerField(label="影响人数", min_value=0)
    loss = MoneyField(label="损失估计")

    def __init__(self, *args: Any, incident: Incident, **options: Any) -> None:
        known = {"persons_affected": incident.persons_affected, "loss": incident.loss}
        super().__init__(*args, initial=known, **options)


class NoteForm(OfficeForm):
    text = TextField(label="内容", rows=4, max_length=2000)


class ReportForm(OfficeForm):
    recipient = forms.CharField(label="报告对象", max_length=200)
    reported_at = MomentField(
        label="报告时间", required=False, help_text="不填为现在；先以电话报告的，填电话报告的时间"
    )
    reference = forms.CharField(label="文号或记录", max_length=100, required=False)

    def __init__(self, *args: Any, incident: Incident, **options: Any) -> None:
        super().__init__(*args, initial={"recipient": incident.report_to}, **options)


class CloseForm(OfficeForm):
    lessons = TextField(label="原因分析和改进措施", rows=5, max_length=2000)
    resume = forms.TypedChoiceField(
        label="暂停的授权",
        choices=[("yes", say_later("结案后恢复")), ("no", say_later("结案后收回"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )


class PlanForm(OfficeForm):
    organization = RowField(Organization.objects.none(), label="单位")
    kind = ChoiceField(IncidentKind, label="类别")
    severity = ChoiceField(Severity, label="等级")
    title = forms.CharField(label="预案名称", max_length=200)
    steps = TextField(label="处置步骤", rows=8, help_text="每行一步")

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places_for_plans(member)
        if field.queryset.count() == 1:
            field.initial = field.queryset.first()

    def clean_steps(self) -> list[str]:
        return str(self.cleaned_data["steps"]).splitlines()


class RuleForm(OfficeForm):
    """One input for each threshold that the rule has."""

    grade = ChoiceField(AlertGrade, label="预警等级", ask=False)
    due_hours = forms.IntegerField(label="处理时限（小时）", min_value=1)
    enabled = forms.BooleanField(label="启用", required=False)

    def __init__(self, *args: Any, rule: WatchRule, **options: Any) -> None:
        known = {"grade": rule.grade, "due_hours": rule.due_hours, "enabled": rule.enabled}
        super().__init__(*args, initial={**known, **rule.thresholds}, **options)
        self._names = list(rule.thresholds)
        for name in self._names:
            self.fields[name] = forms.IntegerField(
                label=say_later(ThresholdName(name).chinese), min_value=0
            )

    def thresholds(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in self._names}
