"""Read an OpenLineage event (openlineage.io/spec, version 2): what the standard requires is
required, and every facet that we do not use is let pass."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shuce.kernel.choices import Choice
from shuce.kernel.refusals import Obstacle, Refused

MOST_DATASETS = 1_000
MOST_FIELDS = 5_000


class EventKind(Choice):
    RUN = "RUN", "运行事件"
    JOB = "JOB", "任务事件"
    DATASET = "DATASET", "数据集事件"


class RunState(Choice):
    """The state that an event puts a run in; the codes are the standard's own."""

    START = "START", "已开始"
    RUNNING = "RUNNING", "运行中"
    COMPLETE = "COMPLETE", "已完成"
    ABORT = "ABORT", "已中止"
    FAIL = "FAIL", "失败"
    OTHER = "OTHER", "其他"

    @property
    def is_last(self) -> bool:
        return self in (RunState.COMPLETE, RunState.ABORT, RunState.FAIL)


@dataclass(frozen=True)
class Named:
    """A name in its namespace: of a dataset or a job."""

    namespace: str
    name: str


@dataclass(frozen=True)
class FieldLink:
    """A column of `source` that goes into `column` (none: bears on every row) of a dataset."""

    source: Named
    field: str
    column: str
    direct: bool


@dataclass(frozen=True)
class DatasetSeen:
    """A dataset as an event names it, with the facets that we use."""

    named: Named
    columns: tuple[str, ...] = ()
    links: tuple[FieldLink, ...] = ()
    aliases: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Event:
    """An event that was understood."""

    kind: EventKind
    at: datetime
    job: Named | None = None
    run_id: str = ""
    state: RunState | None = None
    fault: str = ""
    inputs: tuple[DatasetSeen, ...] = ()
    outputs: tuple[DatasetSeen, ...] = ()


def read_event(body: Any) -> Event:
    """Return the event, or raise Refused with every reason why it is none."""
    reading = _Reading()
    event = reading.event(body)
    if reading.wrong or event is None:
        raise Refused(*reading.wrong)
    return event


class _Reading:
    def __init__(self) -> None:
        self.wrong: list[Obstacle] = []

    def event(self, body: Any) -> Event | None:
        if not isinstance(body, dict):
            self.wrong.append(Obstacle("事件应为一个 JSON 对象"))
            return None
        at = self.moment(body)
        for name in ("producer", "schemaURL"):
            self.text(body, name, name)
        if "dataset" in body and "job" not in body and "run" not in body:
            seen = self.dataset(body["dataset"], "dataset")
            return Event(EventKind.DATASET, at, outputs=(seen,)) if at and seen else None
        job = self.named(body.get("job"), "job")
        inputs = tuple(self.datasets(body, "inputs"))
        outputs = tuple(self.datasets(body, "outputs"))
        if "run" not in body:
            return Event(EventKind.JOB, at, job, "", None, "", inputs, outputs) if at else None
        run_id, fault = self.run(body["run"])
        state = self.state(body.get("eventType"))
        if at is None:
            return None
        return Event(EventKind.RUN, at, job, run_id, state, fault, inputs, outputs)

    def moment(self, body: Mapping[str, Any]) -> datetime | None:
        text = self.text(body, "eventTime", "eventTime")
        try:
            at = datetime.fromisoformat(text) if text else None
        except ValueError:
            at = None
        if text and (at is None or at.tzinfo is None):
            self.wrong.append(Obstacle("eventTime 应为带时区的时间（RFC 3339）", field="eventTime"))
            return None
        return at

    def run(self, run: Any) -> tuple[str, str]:
        run = run if isinstance(run, dict) else {}
        text = self.text(run, "runId", "run.runId")
        try:
            run_id = str(UUID(text)) if text else ""
        except ValueError:
            self.wrong.append(Obstacle("run.runId 应为 UUID", field="run.runId"))
            run_id = ""
        failed = _mapping(_mapping(run.get("facets")).get("errorMessage"))
        return run_id, str(failed.get("message") or "")[:1000]

    def state(self, code: Any) -> RunState:
        if code is None:
            return RunState.OTHER
        try:
            return RunState(code)
        except ValueError:
            self.wrong.append(
                Obstacle(
                    "eventType 应为 {states} 之一",
                    field="eventType",
                    states="、".join(RunState),
                )
            )
            return RunState.OTHER

    def datasets(self, body: Mapping[str, Any], name: str) -> Iterator[DatasetSeen]:
        listed = body.get(name)
        if listed is None:
            return
        if not isinstance(listed, list) or len(listed) > MOST_DATASETS:
            self.wrong.append(
                Obstacle("{name} 应为最多{most}个数据集的列表", field=name, name=name,
                         most=MOST_DATASETS)
            )  # fmt: skip
            return
        for place, one in enumerate(listed):
            if seen := self.dataset(one, f"{name}[{place}]"):
                yield seen

    def dataset(self, given: Any, path: str) -> DatasetSeen | None:
        named = self.named(given, path)
        if named is None:
            return None
        facets = _mapping(given.get("facets"))
        return DatasetSeen(
            named,
            tuple(_columns(facets)),
            tuple(_links(facets)),
            tuple(_aliases(facets)),
        )

    def named(self, given: Any, path: str) -> Named | None:
        if not isinstance(given, dict):
            self.wrong.append(Obstacle("缺少 {path}", field=path, path=path))
            return None
        namespace = self.text(given, "namespace", f"{path}.namespace")
        name = self.text(given, "name", f"{path}.name")
        return Named(namespace, name) if namespace and name else None

    def text(self, given: Mapping[str, Any], name: str, path: str) -> str:
        value = given.get(name)
        if not isinstance(value, str) or not value.strip():
            self.wrong.append(Obstacle("缺少 {path}", field=path, path=path))
            return ""
        if len(value) > 500:
            self.wrong.append(Obstacle("{path} 最多500个字符", field=path, path=path))
            return ""
        return value


def _columns(facets: Mapping[str, Any]) -> Iterator[str]:
    fields = _mapping(facets.get("schema")).get("fields")
    for one in fields[:MOST_FIELDS] if isinstance(fields, list) else ():
        name = _mapping(one).get("name")
        if isinstance(name, str) and name:
            yield name[:200]


def _links(facets: Mapping[str, Any]) -> Iterator[FieldLink]:
    facet = _mapping(facets.get("columnLineage"))
    for column, made in list(_mapping(facet.get("fields")).items())[:MOST_FIELDS]:
        inputs = _mapping(made).get("inputFields")
        for one in inputs if isinstance(inputs, list) else ():
            yield from _link(one, str(column))
    whole = facet.get("dataset")
    for one in whole if isinstance(whole, list) else ():
        yield from _link(one, "")


def _link(given: Any, column: str) -> Iterator[FieldLink]:
    one = _mapping(given)
    namespace, name, field = one.get("namespace"), one.get("name"), one.get("field")
    if not (isinstance(namespace, str) and isinstance(name, str) and isinstance(field, str)):
        return
    listed = one.get("transformations")
    kinds = {_mapping(way).get("type") for way in listed} if isinstance(listed, list) else set()
    # Without a word on how, the values themselves are meant.
    direct = bool(column) and (not kinds or "DIRECT" in kinds)
    if max(len(namespace), len(name)) <= 500:
        yield FieldLink(Named(namespace, name), field[:200], column[:200], direct)


def _aliases(facets: Mapping[str, Any]) -> Iterator[Named]:
    listed = _mapping(facets.get("symlinks")).get("identifiers")
    for given in listed[:20] if isinstance(listed, list) else ():
        one = _mapping(given)
        namespace, name = one.get("namespace"), one.get("name")
        if isinstance(namespace, str) and isinstance(name, str):
            yield Named(namespace[:500], name[:500])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
