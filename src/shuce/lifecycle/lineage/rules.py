"""What may be said of where data came from, from plain values."""

from collections.abc import Iterable, Iterator, Sequence

from shuce.engines.lineage import How
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.words import CardState, Grade

# Namespaces of our own: an asset by its card, and what stands outside the register.
CARD = "shuce:card"
EXTERNAL = "shuce:external"
MOST_SQL = 200_000
FlowGiven = tuple[str, str, How]


class Origin(Choice):
    """How the register knows of a link."""

    HAND = "HAND", "手工登记"
    SQL = "SQL", "SQL 识别"
    OPENLINEAGE = "OPENLINEAGE", "OpenLineage 上报"


class Binding(Choice):
    """Whether it is known what a reported name is in the register."""

    BOUND = "DONE", "已对应"
    UNBOUND = "WAITING", "待绑定"


class NodeKind(Choice):
    """What stands in the picture."""

    SELF = "SELF", "本资产"
    CARD = "CARD", "数据资产"
    RESOURCE = "RESOURCE", "数据资源"
    DATASET = "DATASET", "未对应的数据集"
    EXTERNAL = "EXTERNAL", "外部来源"
    PRODUCT = "PRODUCT", "数据产品"
    HIDDEN = "HIDDEN", "无权查看"


def obstacles_to_link(
    state: CardState, upstream: str, downstream: str, note: str
) -> Iterator[Obstacle]:
    """Yield every reason a person may not enter that `upstream` goes into `downstream`.

    `upstream` and `downstream` say which things these are; the state is the downstream card's.
    """
    if state is CardState.CLOSED:
        yield Obstacle("已注销的资产不再登记血缘", Clause.G_12)
    if not upstream.strip():
        yield Obstacle("请选择上游资产，或写明外部来源", Clause.G_12, field="upstream")
    if upstream and upstream == downstream:
        yield Obstacle("资产不能以自身为来源", Clause.G_12, field="upstream")
    if not note.strip():
        yield Obstacle("请写明加工方式或依据", Clause.G_12, field="note")


def obstacles_to_flows(
    flows: Sequence[FlowGiven], upstream: Iterable[str], downstream: Iterable[str]
) -> Iterator[Obstacle]:
    """Yield every column named that its table does not have; tables of no known columns pass."""
    for place, known in ((0, set(upstream)), (1, set(downstream))):
        for name in dict.fromkeys(str(flow[place]) for flow in flows):
            if known and name and name not in known:
                yield Obstacle("没有字段“{name}”", Clause.G_12, field="flows", name=name)


def obstacles_to_end(is_ended: bool, reason: str) -> Iterator[Obstacle]:
    """Yield every reason a link may not be ended."""
    if is_ended:
        yield Obstacle("这条血缘关系已经终止", Clause.G_12)
    if not reason.strip():
        yield Obstacle("请写明终止原因", Clause.G_12, field="reason")


def obstacles_to_bind(is_outside: bool) -> Iterator[Obstacle]:
    """Yield every reason a name may not be bound to an asset."""
    if is_outside:
        yield Obstacle("手工登记的资产和外部来源不需要绑定", Clause.G_12)


def obstacles_to_name(namespace: str) -> Iterator[Obstacle]:
    """Yield why a program may not call a dataset so: some namespaces are the register's own."""
    if namespace in (CARD, EXTERNAL):
        yield Obstacle("命名空间 {namespace} 由登记簿保留", Clause.G_12, namespace=namespace)


def obstacles_to_read(title: str, text: str, already: bool) -> Iterator[Obstacle]:
    """Yield every reason a SQL text is not read."""
    if not title.strip():
        yield Obstacle("请填写名称", Clause.G_12, field="title")
    if not text.strip():
        yield Obstacle("请填写 SQL 文本", Clause.G_12, field="text")
    if len(text) > MOST_SQL:
        yield Obstacle("SQL 文本最多{most}个字符", Clause.G_12, field="text", most=MOST_SQL)
    if already:
        yield Obstacle("这段 SQL 已经识别过", Clause.G_12, field="text")


def flows_given(text: str) -> Iterator[FlowGiven | str]:
    """Yield the flows a person typed, one a line (`a -> b`); a line that is none, as text."""
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = line.replace("→", "->").replace("—>", "->").split("->")
        if len(parts) == 2 and parts[0].strip() and max(map(len, parts)) <= 200:
            yield parts[0].strip(), parts[1].strip(), How.DIRECT
        else:
            yield line.strip()


def grade_owed(grade: Grade | None, inputs: Iterable[Grade]) -> Grade | None:
    """Return the grade that derived data owes to its inputs, where it is graded below it.

    GB/T 43697-2024, annex I: derived data is graded anew, from the strictest of what it is
    made from; a person may decide on a lower one with a reason.
    """
    strictest = max(inputs, key=lambda one: one.strictness, default=None)
    if grade is None or strictest is None or grade.strictness >= strictest.strictness:
        return None
    return strictest


def last_part(name: str) -> str:
    """Return the table that a dataset's name ends in: after schema or folder, without ending."""
    tail = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    if tail.lower().endswith((".csv", ".tsv", ".txt", ".xlsx", ".xls", ".parquet", ".json")):
        tail = tail.rsplit(".", 1)[0]
    return tail.rsplit(".", 1)[-1].strip('"`[]')
