"""When an asset may be disposed of, and what must be so before it is destroyed (N-6, G-11)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from shuce.engines.erasure import Medium, Method, methods_for
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.sources.rules import SourceKind


class DisposalKind(Choice):
    """处置方式: 财资〔2021〕127号 and 沪财资〔2023〕17号, article 3; destruction is data's own."""

    TRANSFER = "TRANSFER", "无偿划转"
    SALE = "SALE", "转让"
    EXCHANGE = "EXCHANGE", "置换"
    DONATION = "DONATION", "对外捐赠"
    SCRAP = "SCRAP", "报废"
    WRITE_OFF = "WRITE_OFF", "损失核销"
    DESTRUCTION = "DESTRUCTION", "彻底销毁"


class DisposalState(Choice):
    PROPOSED = "PROPOSED", "审批中"
    APPROVED = "APPROVED", "已批复"
    REFUSED = "REFUSED", "未批准"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    DESTROYING = "DESTROYING", "销毁中"
    UNPROVEN = "UNPROVEN", "销毁未通过验证"
    DONE = "DONE", "已办结"


class CopyKind(Choice):
    GRANT = "GRANT", "授权及节点快照"
    PRODUCT = "PRODUCT", "数据产品"
    EXTRACT = "EXTRACT", "已放行的查询结果"
    BACKUP = "BACKUP", "备份"
    OTHER = "OTHER", "其他副本"


class Treatment(Choice):
    WITHDRAWN = "WITHDRAWN", "收回"
    DESTROYED = "DESTROYED", "销毁"
    DEIDENTIFIED = "DEIDENTIFIED", "去标识化后保留"
    HANDED_OVER = "HANDED_OVER", "随资产移交"
    RETAINED = "RETAINED", "依法留存"


# Kinds in which somebody else takes over the data, and with it what stays of the copies.
PASSES_ON = frozenset(
    {DisposalKind.TRANSFER, DisposalKind.SALE, DisposalKind.EXCHANGE, DisposalKind.DONATION}
)
# Kinds for which the rights must be appraised first (条例 article 36).
NEEDS_APPRAISAL = frozenset({DisposalKind.SALE, DisposalKind.EXCHANGE})
# What ends a copy of each kind. A right is withdrawn; data itself is destroyed or handed over.
TREATMENTS: dict[CopyKind, frozenset[Treatment]] = {
    CopyKind.GRANT: frozenset({Treatment.WITHDRAWN}),
    CopyKind.PRODUCT: frozenset({Treatment.WITHDRAWN}),
    CopyKind.EXTRACT: frozenset(
        {Treatment.DESTROYED, Treatment.DEIDENTIFIED, Treatment.RETAINED, Treatment.HANDED_OVER}
    ),
    CopyKind.BACKUP: frozenset({Treatment.DESTROYED, Treatment.HANDED_OVER}),
    CopyKind.OTHER: frozenset({Treatment.DESTROYED, Treatment.DEIDENTIFIED, Treatment.HANDED_OVER}),
}
# What this system can destroy itself, by the kind of source.
METHODS: dict[SourceKind, Method] = {
    SourceKind.SQLITE: Method.DROP_TABLE,
    SourceKind.DUCKDB: Method.OVERWRITE,
    SourceKind.FILES: Method.OVERWRITE,
}


@dataclass(frozen=True)
class Worthlessness:
    """The recognition that comes before a destruction: no value left, and no duty to keep."""

    no_value: bool
    no_retention_duty: bool
    grounds: str


@dataclass(frozen=True)
class Standing:
    """What the rules need to know of the asset on the day."""

    state: CardState
    retain_until: date | None
    appraised: bool


@dataclass(frozen=True)
class Found:
    """A copy the register knows of, before anybody looked for others."""

    kind: CopyKind
    what: str
    where: str
    cause_id: str


@dataclass(frozen=True)
class Readiness:
    """How far a disposal is on the day somebody wants to carry it out."""

    kind: DisposalKind
    state: DisposalState
    reply_number: str
    copies_open: int
    copies_unlisted: int


@dataclass(frozen=True)
class Hands:
    """Who destroys, who watches, and who was paid to help."""

    executor_id: str
    witness_id: str
    attending_id: str
    contractor: str
    confidentiality_contract: str


@dataclass(frozen=True)
class Place:
    """Where the data to be destroyed is. `tables` are those that the node finds there now."""

    source_kind: SourceKind
    table: str
    tables: Collection[str]


def obstacles_to_propose(
    kind: DisposalKind,
    reason: str,
    asset: Standing,
    worthless: Worthlessness | None,
    today: date,
) -> Iterator[Obstacle]:
    """Yield every reason an asset may not be put up for disposal in this way."""
    if asset.state is not CardState.IN_FORCE:
        yield Obstacle("只有在册的资产可以申请处置", Clause.N_6)
    if not reason.strip():
        yield Obstacle("请写明处置理由", Clause.N_6, field="reason")
    # A transfer hands the duty to keep over with the data; every other way would end it.
    kept = asset.retain_until is not None and asset.retain_until >= today
    if kept and kind is not DisposalKind.TRANSFER:
        yield Obstacle(
            "保存期限到{until}，期满前不能{kind}",
            Clause.G_11,
            field="kind",
            until=asset.retain_until,
            kind=kind.label,
        )
    if kind in NEEDS_APPRAISAL and not asset.appraised:
        yield Obstacle("{kind}前须对相关权益进行评估", Clause.N_6, field="kind", kind=kind.label)
    if kind is DisposalKind.DESTRUCTION:
        yield from _obstacles_to_call_worthless(worthless)


def _obstacles_to_call_worthless(worthless: Worthlessness | None) -> Iterator[Obstacle]:
    if worthless is None or not worthless.no_value:
        yield Obstacle("销毁前须经认定失去价值", Clause.G_11, field="no_value")
    if worthless is None or not worthless.no_retention_duty:
        yield Obstacle("销毁前须经认定没有保存要求", Clause.G_11, field="no_retention_duty")
    if worthless is None or not worthless.grounds.strip():
        yield Obstacle("请写明认定依据", Clause.G_11, field="grounds")


def obstacles_to_treat(
    disposal: DisposalKind,
    state: DisposalState,
    copy: CopyKind,
    dealt_with: bool,
    how: Treatment,
    note: str,
) -> Iterator[Obstacle]:
    """Yield every reason a copy may not be ticked off in this way."""
    if state is not DisposalState.APPROVED:
        yield Obstacle("取得批复后才能清理副本和授权", Clause.N_6)
    if dealt_with:
        yield Obstacle("该副本已经清理")
    if how not in TREATMENTS[copy]:
        yield Obstacle(
            "{copy}不能以“{how}”清理", Clause.N_6, field="how", copy=copy.label, how=how.label
        )
    elif how is Treatment.HANDED_OVER and disposal not in PASSES_ON:
        yield Obstacle(
            "{kind}没有接收方，副本不能移交", Clause.N_6, field="how", kind=disposal.label
        )
    if not note.strip():
        yield Obstacle("请写明清理情况", Clause.N_6, field="note")


def obstacles_to_drop_product(listed: bool, contracts_running: int) -> Iterator[Obstacle]:
    """Yield every reason a product made from the data still stands in the way."""
    if listed:
        yield Obstacle("产品尚未下架，请运营主体先下架", Clause.N_6)
    if contracts_running:
        yield Obstacle("产品还有{count}份履行中的合同", Clause.N_6, count=contracts_running)


def obstacles_to_list_copy(state: DisposalState, what: str, where: str) -> Iterator[Obstacle]:
    if state not in (DisposalState.PROPOSED, DisposalState.APPROVED):
        yield Obstacle("处置已经办结，不能再登记副本", Clause.N_6)
    if not what.strip():
        yield Obstacle("请写明是什么副本", Clause.N_6, field="what")
    if not where.strip():
        yield Obstacle("请写明副本在哪里", Clause.N_6, field="where")


def obstacles_to_carry_out(ready: Readiness) -> Iterator[Obstacle]:
    """Yield every reason an approved disposal other than destruction may not be carried out."""
    if ready.kind is DisposalKind.DESTRUCTION:
        yield Obstacle("销毁须由两人监销并出具证明，请按销毁办理", Clause.G_11)
    yield from _obstacles_before_the_act(ready)


def obstacles_to_destroy(ready: Readiness, hands: Hands) -> Iterator[Obstacle]:
    """Yield every reason the data may not be destroyed now, by these people."""
    if ready.kind is not DisposalKind.DESTRUCTION:
        yield Obstacle("只有批复为彻底销毁的处置可以销毁数据", Clause.G_11)
    yield from _obstacles_before_the_act(ready)
    if hands.witness_id == hands.executor_id:
        yield Obstacle("监销人与执行人须是两个人", Clause.G_11, field="witness")
    elif hands.attending_id != hands.witness_id:
        yield Obstacle("监销人尚未签到，请监销人先登录确认", Clause.G_11, field="witness")
    if hands.contractor.strip() and not hands.confidentiality_contract.strip():
        yield Obstacle(
            "委托他人销毁的，须签订安全保密合同并填写合同编号",
            Clause.G_11,
            field="confidentiality_contract",
        )


def _obstacles_before_the_act(ready: Readiness) -> Iterator[Obstacle]:
    if ready.state is not DisposalState.APPROVED or not ready.reply_number:
        yield Obstacle("没有批复，不得处置", Clause.N_6)
    if ready.copies_unlisted:
        yield Obstacle(
            "有{count}项新的副本或授权尚未列入清单，请重新清点",
            Clause.N_6,
            count=ready.copies_unlisted,
        )
    if ready.copies_open:
        yield Obstacle("还有{count}项副本或授权没有清理", Clause.N_6, count=ready.copies_open)


def obstacles_to_erase(place: Place, medium: Medium) -> Iterator[Obstacle]:
    """Yield every reason the node cannot destroy exactly this table, and prove it."""
    method = METHODS.get(place.source_kind)
    if method is None:
        yield Obstacle(
            "{kind}中的数据须由数据库管理者销毁，本系统不能证明其无法恢复",
            Clause.G_11,
            kind=place.source_kind.label,
        )
        return
    if medium not in media_for(place.source_kind):
        yield Obstacle(
            "“{method}”不适用于{medium}",
            Clause.G_11,
            field="medium",
            method=method.label,
            medium=medium.label,
        )
    if place.table not in place.tables:
        yield Obstacle(
            "节点上已没有数据表{table}，无法销毁并出具证明；请终止本次处置，按损失核销办理",
            Clause.G_11,
            table=place.table,
        )
    elif place.source_kind is SourceKind.DUCKDB and len(place.tables) > 1:
        # The file would be overwritten as a whole, and the other tables with it.
        yield Obstacle("该 DuckDB 文件中还有其他表，请先将其移出", Clause.G_11)


def media_for(kind: SourceKind) -> tuple[Medium, ...]:
    """The media on which the way we destroy data of such a source is known to work."""
    method = METHODS.get(kind)
    return tuple(
        medium for medium in Medium if any(way.method is method for way in methods_for(medium))
    )


def obstacles_to_attend(state: DisposalState, kind: DisposalKind) -> Iterator[Obstacle]:
    if kind is not DisposalKind.DESTRUCTION or state is not DisposalState.APPROVED:
        yield Obstacle("只有已批复的销毁需要监销", Clause.G_11)


def obstacles_to_abandon(state: DisposalState, reason: str) -> Iterator[Obstacle]:
    if state is not DisposalState.APPROVED:
        yield Obstacle("只有已批复、尚未执行的处置可以终止", Clause.N_6)
    if not reason.strip():
        yield Obstacle("请写明原因", Clause.N_6, field="reason")
