"""Take OpenLineage events from the programs of a body: the same event twice changes nothing.

What a run reads and writes is put together from all its events; it becomes lineage once the run
is RUNNING (streams never end) or COMPLETE. A run that failed or was stopped proves nothing.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from django.db import IntegrityError

from shuce.engines.lineage import DatasetSeen, Event, EventKind, How, Named, RunState, read_event
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import NotPermitted, Obstacle
from shuce.lifecycle.lineage import events
from shuce.lifecycle.lineage.commands import join
from shuce.lifecycle.lineage.models import Dataset, Process, Receipt, Run
from shuce.lifecycle.lineage.naming import dataset_of
from shuce.lifecycle.lineage.rules import FlowGiven, Origin

_PROVES = (RunState.RUNNING, RunState.COMPLETE)
_TRIES = 3


def receive(body: Mapping[str, Any], *, by: Signature) -> bool:
    """Take an event for the signer's own body; return whether it was new.

    Raises Refused with every reason why it is no event, and NotPermitted without the post.
    """
    organization = by.member.organization
    if organization is None:
        raise NotPermitted(Obstacle("该密钥的持有人不属于任何单位"))
    by.require(Permission.LINEAGE_ENTER, within=organization)
    event = read_event(body)
    digest = sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).hexdigest()
    for left in reversed(range(_TRIES)):
        if Receipt.objects.filter(organization=organization, digest=digest).exists():
            return False
        try:
            take_event(event, digest, organization, by=by)
            return True
        except IntegrityError:
            # Another event named the same dataset, job or run in the same moment.
            if not left:
                raise
    return False


@command
def take_event(event: Event, digest: str, organization: Organization, *, by: Signature) -> None:
    """Take one event that was not taken before."""
    by.require(Permission.LINEAGE_ENTER, within=organization)
    Receipt.objects.create(organization=organization, digest=digest, received_at=by.at)
    taking = _Taking(organization, by)
    match event.kind:
        case EventKind.DATASET:
            subject, made = taking.dataset(event)
        case EventKind.JOB:
            subject, made = taking.job(event)
        case EventKind.RUN:
            subject, made = taking.run(event)
    state = event.state.value if event.state else ""
    record(
        events.EventTaken(
            subject, event.kind.value, state, event.run_id, digest, made,
            organization_id=organization.id,
        ),
        by,
    )  # fmt: skip


class _Taking:
    def __init__(self, organization: Organization, by: Signature) -> None:
        self._body, self._by = organization, by
        self._known: dict[Named, Dataset] = {}

    def dataset(self, event: Event) -> tuple[str, int]:
        """What a dataset says of itself: its columns, and what they come from."""
        seen = event.outputs[0]
        target = self._dataset(seen)
        return target.id, self._join(self._seen((), event.outputs), None)

    def job(self, event: Event) -> tuple[str, int]:
        process = self._process(event, None)
        return process.id, self._join(self._seen(event.inputs, event.outputs), process)

    def run(self, event: Event) -> tuple[str, int]:
        process = self._process(event, event.state)
        state = event.state or RunState.OTHER
        run, new = Run.objects.get_or_create(
            process=process, run_id=event.run_id, defaults={"state": state}
        )
        if not new:
            run = Run.objects.select_for_update().get(id=run.id)
        # Events may come late: what has ended does not begin again.
        if not RunState(run.state).is_last or state.is_last:
            run.state = state if state is not RunState.OTHER else run.state
        if state is RunState.START:
            run.began_at = min(run.began_at, event.at) if run.began_at else event.at
        if state.is_last:
            run.ended_at = event.at
        run.fault = event.fault or run.fault
        run.seen = _together(run.seen, self._seen(event.inputs, event.outputs))
        run.save()
        made = self._join(run.seen, process) if RunState(run.state) in _PROVES else 0
        return run.id, made

    def _process(self, event: Event, state: RunState | None) -> Process:
        assert event.job is not None, "an event without its job is refused"
        process, _ = Process.objects.get_or_create(
            organization=self._body,
            namespace=event.job.namespace,
            name=event.job.name,
            defaults={"seen_at": self._by.at},
        )
        process.seen_at = self._by.at
        process.state = state or process.state
        process.save(update_fields=["seen_at", "state"])
        return process

    def _dataset(self, seen: DatasetSeen) -> Dataset:
        if seen.named not in self._known:
            self._known[seen.named] = dataset_of(
                seen.named,
                self._body,
                columns=seen.columns,
                aliases=seen.aliases,
                by=self._by,
            )
        return self._known[seen.named]

    def _seen(
        self, inputs: tuple[DatasetSeen, ...], outputs: tuple[DatasetSeen, ...]
    ) -> dict[str, list[Any]]:
        """Return what an event names, by our ids."""
        found: dict[str, list[Any]] = {
            "inputs": [self._dataset(one).id for one in inputs],
            "outputs": [self._dataset(one).id for one in outputs],
            "flows": [],
        }
        for output in outputs:
            target = self._dataset(output).id
            for link in output.links:
                source = self._dataset(DatasetSeen(link.source)).id
                how = How.DIRECT if link.direct else How.CONDITION
                found["flows"].append([source, link.field, target, link.column, how.value])
        return found

    def _join(self, seen: Mapping[str, list[Any]], process: Process | None) -> int:
        """Join every input to every output, and the columns where they are told."""
        flows: dict[tuple[str, str], list[FlowGiven]] = {}
        for source, field, target, column, how in seen["flows"]:
            flows.setdefault((source, target), []).append((field, column, How(how)))
        pairs = dict.fromkeys((one, other) for one in seen["inputs"] for other in seen["outputs"])
        pairs |= dict.fromkeys(flows)
        rows = Dataset.objects.select_related("organization").in_bulk(
            {end for pair in pairs for end in pair}
        )
        made = 0
        for upstream, downstream in pairs:
            made += bool(
                join(
                    rows[upstream],
                    rows[downstream],
                    flows.get((upstream, downstream), ()),
                    origin=Origin.OPENLINEAGE,
                    process=process,
                    by=self._by,
                )
            )
        return made


def _together(kept: Mapping[str, list[Any]], seen: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {key: list(_once([*kept.get(key, ()), *seen[key]])) for key in seen}


def _once(items: list[Any]) -> Iterator[Any]:
    done = set()
    for item in items:
        key = tuple(item) if isinstance(item, list) else item
        if key not in done:
            done.add(key)
            yield item
