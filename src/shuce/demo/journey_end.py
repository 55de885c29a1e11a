"""The last part of an asset's life: a warning, an incident, disposal, destruction."""

from shuce.demo.approving import approve
from shuce.demo.journey import Life, ask
from shuce.foundation.approvals.models import Matter
from shuce.foundation.approvals.queries import last_case_about
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.money import Money
from shuce.lifecycle.disposal import commands as disposal
from shuce.lifecycle.disposal.models import Disposal
from shuce.lifecycle.disposal.rules import CopyKind, DisposalKind, Treatment, Worthlessness
from shuce.lifecycle.market import commands as market
from shuce.supervision.reporting import commands as reporting
from shuce.supervision.reporting.models import Report
from shuce.supervision.watch import commands as watch
from shuce.supervision.watch.models import Alert, Incident
from shuce.supervision.watch.words import AlertState, IncidentKind

ROWS = "SELECT id_card, disease FROM mz_jzjl LIMIT 10"


def pry(life: Life, times: int = 24) -> None:
    """Somebody at the operator keeps asking for rows; every time the node refuses and remembers."""
    for number in range(times):
        life.seen.setdefault("pried", []).append(ask(life, f"{ROWS} OFFSET {number}"))
        life.later(minutes=-55)


def warn(life: Life) -> Alert:
    """The watch rules run, and one fires on the unusual access."""
    life.later(hours=1)
    watch.run_rules(life.at)
    alert = Alert.objects.filter(card=life.card, state=AlertState.OPEN).order_by("id").first()
    assert alert is not None, "the unusual access was not seen"
    life.seen["alert"] = alert
    return alert


def contain_incident(life: Life) -> Incident:
    """Open an incident; one act freezes every grant of the card."""
    life.later(hours=1)
    guard = life.sign(Role.SECURITY_OFFICER)
    incident = watch.open_incident(
        life.the_card,
        IncidentKind.LEAK,
        "运营方账号短时间内多次尝试导出明细数据，均被净室拒绝，怀疑账号被盗用",
        persons_affected=0,
        loss=Money(0),
        by=guard,
    )
    watch.contain(incident, by=guard)
    life.seen["incident"] = incident
    return incident


def close_incident(life: Life) -> None:
    """Handle the warning, report, close the incident after approval, and resume the grant."""
    incident = Incident.objects.get(id=life.seen["incident"].id)
    guard = life.sign(Role.SECURITY_OFFICER)
    watch.handle_alert(life.seen["alert"], "已转安全事件处置，账号已停用并更换", by=guard)
    life.later(hours=1)
    guard = life.sign(Role.SECURITY_OFFICER)
    watch.report_incident(incident, "主管部门网信工作机构", by=guard)
    watch.add_note(incident, "核查节点日志，确认没有明细数据流出", by=guard)
    life.later(days=1)
    watch.close_incident(
        incident,
        "运营方应启用两步验证，并按人开立账号",
        True,
        by=life.sign(Role.SECURITY_OFFICER),
    )
    life.pass_approval(Matter.INCIDENT_CLOSURE, incident.id)


def report(life: Life) -> Report:
    """The unit reports its year so far; the department confirms it, and is confirmed in turn."""
    life.later(days=2)
    department = life.the_card.holder.parent
    assert department is not None
    mine = life.city.key_of(department)
    keeper, above = life.sign(Role.ASSET_KEEPER), life.sign(Role.DEPARTMENT_REVIEWER, mine)
    made = sent_up(life.the_card.holder, keeper)
    life.later(days=1)
    reporting.confirm_report(made, by=life.sign(Role.DEPARTMENT_REVIEWER, mine))
    whole = sent_up(department, above)
    return reporting.confirm_report(whole, by=life.sign(Role.BUREAU_REVIEWER, "sfj"))


def sent_up(body: Organization, by: Signature) -> Report:
    """Prepare a body's report of the year, and send it up."""
    made = reporting.prepare_report(body, by.today.year, by=by)
    reporting.write_report(made, "数据资产账实相符，授权运营规范，收益按规定上缴。", by=by)
    return reporting.submit_report(made, by=by)


def dispose(life: Life) -> Disposal:
    """Propose destruction of what has lost its worth; let it be decided and replied to."""
    assert life.product is not None
    assert life.contract is not None
    life.later(days=20)
    agent = life.sign(Role.OPERATOR_AGENT, life.operator)
    market.end_contract(life.contract, "原始数据将按批复销毁，双方协商终止", by=agent)
    market.withdraw_product(life.product, "原始数据将按批复销毁", by=agent)
    life.later(days=5)
    proposed = disposal.propose_disposal(
        life.the_card,
        DisposalKind.DESTRUCTION,
        "业务系统已升级，新平台另行采集，本数据集已失去价值",
        worthless=Worthlessness(True, True, "经业务、技术和保密部门共同认定，无继续保存的价值"),
        by=life.sign(Role.ASSET_KEEPER),
    )
    case = last_case_about(Matter.DISPOSAL, proposed.id)
    assert case is not None
    life.at = approve(case, life.at)
    life.seen["disposal"] = proposed
    return Disposal.objects.get(id=proposed.id)


def destroy(life: Life) -> None:
    """Deal with every copy, then destroy before a witness, with proof and certificate."""
    approved = Disposal.objects.get(id=life.seen["disposal"].id)
    life.later(days=2)
    keeper = life.sign(Role.ASSET_KEEPER)
    disposal.count_copies(approved, by=keeper)
    for copy in approved.copies.filter(dealt_with_at=None):
        how = (
            Treatment.WITHDRAWN
            if copy.kind in (CopyKind.GRANT, CopyKind.PRODUCT)
            else Treatment.DESTROYED
        )
        disposal.deal_with_copy(copy, how, "按处置批复办理", by=keeper)
    life.later(days=1)
    witness = life.sign(Role.SECURITY_OFFICER)
    disposal.attend_destruction(approved, by=witness)
    life.seen["destruction"] = disposal.destroy(
        Disposal.objects.get(id=approved.id),
        witness=witness.member,
        by=life.sign(Role.DATA_STEWARD),
    )
