"""What the page of an incident shows and offers."""

from datetime import datetime

from django.urls import reverse

from shuce.foundation.office.parts import Action
from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.words import say
from shuce.supervision.watch import queries, rules
from shuce.supervision.watch.models import Alert, Incident
from shuce.supervision.watch.words import AlertState, IncidentState, RuleCode


def alert_facts(alert: Alert) -> list[tuple[object, ...]]:
    """The facts of an alert, with a link to its card."""
    card, facts = alert.card, alert.facts
    return [
        (say("规则"), RuleCode(alert.rule.code).label),
        (say("责任单位"), alert.organization),
        (say("数据资产"), str(card), f"/register/cards/{card.id}/") if card else ("", ""),
        (say("涉及金额") if "amount" in facts else "", facts.get("amount")),
        (say("凭据") if "records" in facts else "", facts.get("records")),
        (say("条款"), Clause(facts.get("clause", alert.rule.clause)).citation),
        (say("依据"), alert.rule.basis),
        (say("预警时间"), alert.raised_at),
        (say("处理时限"), alert.due_at),
        (say("处理人") if alert.handled_by else "", alert.handled_by),
        (say("处理时间") if alert.handled_at else "", alert.handled_at),
        (say("处理结论") if alert.conclusion else "", alert.conclusion),
    ]


def alert_actions(alert: Alert, member: Member) -> list[Action]:
    if alert.state != AlertState.OPEN or not member.may(
        Permission.ALERT_HANDLE, alert.organization
    ):
        return []
    return [
        Action(say("处理"), reverse("watch:handle", args=[alert.id]), icon="check", primary=True)
    ]


def incident_facts(incident: Incident) -> list[tuple[object, ...]]:
    """The facts of an incident, with links to its card, plan and approval."""
    case = queries.case_of(incident)
    plan = incident.plan
    return [
        (say("数据资产"), str(incident.card), f"/register/cards/{incident.card_id}/"),
        (say("持有单位"), incident.card.holder),
        (say("类别"), incident.kind.label),
        (say("等级"), incident.severity),
        (say("影响人数"), incident.persons_affected),
        (say("损失估计"), incident.loss),
        (say("演练") if incident.is_drill else "", incident.is_drill),
        (say("应急预案"), plan.title, reverse("watch:plan", args=[plan.id])) if plan else ("", ""),
        (say("发现时间"), incident.opened_at),
        (say("控制时间"), incident.contained_at),
        (say("报告对象"), incident.report_to),
        (say("报告依据"), incident.report_basis),
        (
            (say("结案审批"), case.number, reverse("approvals:case", args=[case.id]))
            if case
            else ("", "")
        ),
        (say("原因分析和改进措施") if incident.lessons else "", incident.lessons),
        (say("结案时间") if incident.closed_at else "", incident.closed_at),
    ]


def clock_of(incident: Incident, now: datetime) -> dict[str, object]:
    """The clock of reporting: how much is left, or by how much it was missed."""
    due = incident.report_due_at
    first = queries.reports_of(incident).first()
    if due is None:
        return {}
    left = int((due - (first.reported_at if first else now)).total_seconds() // 60)
    return {
        "due": due,
        "reported": first,
        "late": left < 0,
        "hours": abs(left) // 60,
        "minutes": abs(left) % 60,
    }


def incident_actions(incident: Incident, member: Member) -> list[Action]:
    """What this person may do now; a grey button says why not yet."""
    holder = incident.card.holder
    state = IncidentState(incident.state)
    found: list[Action] = []
    if member.may(Permission.INCIDENT_HANDLE, holder) and state is not IncidentState.CLOSED:
        if member.may(Permission.GRANT_SUSPEND, holder):
            found.append(
                Action(
                    say("立即控制：暂停全部授权"),
                    _to("contain", incident),
                    icon="snowflake",
                    danger=True,
                    post=True,
                    confirm=say("将立即暂停该资产的全部有效授权。确定吗？"),
                    obstacles=tuple(rules.obstacles_to_contain(state)),
                )
            )
        found += [
            Action(say("记录"), _to("note", incident), icon="pencil"),
            Action(say("上报"), _to("report", incident), icon="send"),
            Action(say("重新定级"), _to("reassess", incident), icon="adjustments"),
            Action(
                say("申请结案"),
                _to("close", incident),
                icon="check",
                # Lessons are asked for in the form, so they are no reason to grey the button.
                obstacles=queries.obstacles_to_close(incident),
            ),
        ]
    needed = Permission.GRANT_SUSPEND if incident.resume else Permission.GRANT_MANAGE
    if (
        state is IncidentState.CLOSED
        and queries.waiting_settlements(incident)
        and member.may(needed, holder)
    ):
        label = say("恢复授权") if incident.resume else say("收回授权")
        found.append(Action(label, _to("settle", incident), icon="key", primary=True, post=True))
    return found


def _to(name: str, incident: Incident) -> str:
    return reverse(f"watch:{name}", args=[incident.id])
