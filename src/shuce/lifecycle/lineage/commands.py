"""Every change to what is known of where data came from. OpenLineage: `receiving.py`."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from shuce.engines.lineage import Dialect, How, Named, Statement, StatementKind, read_sql
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import Conflict, Obstacle, refuse_if
from shuce.lifecycle.inventory.models import Resource
from shuce.lifecycle.lineage import events, rules
from shuce.lifecycle.lineage.models import (
    ColumnLink,
    Dataset,
    Link,
    Process,
    Script,
)
from shuce.lifecycle.lineage.naming import columns_known, dataset_of
from shuce.lifecycle.lineage.rules import CARD, EXTERNAL, FlowGiven, Origin
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.queries import columns_of
from shuce.lifecycle.register.words import CardState
from shuce.lifecycle.sources.models import Source


@command
def enter_link(
    card: Card,
    upstream: Card | None,
    *,
    outside: str = "",
    note: str,
    flows: Sequence[FlowGiven] = (),
    by: Signature,
) -> Link:
    """Enter that `card` is made from `upstream`, or from a source outside the register (G-12)."""
    by.require(Permission.LINEAGE_ENTER, within=card.holder)
    above = upstream.id if upstream else outside.strip()
    refuse_if(rules.obstacles_to_link(CardState(card.state), above, card.id, note))
    refuse_if(
        rules.obstacles_to_flows(
            flows,
            [one["name"] for one in columns_of(upstream)] if upstream else (),
            [one["name"] for one in columns_of(card)],
        )
    )
    named = Named(CARD, upstream.id) if upstream else Named(EXTERNAL, above)
    ends = [
        _of_card(named, upstream, card.holder, by),
        _of_card(Named(CARD, card.id), card, card.holder, by),
    ]
    if Link.objects.filter(
        upstream=ends[0], downstream=ends[1], cause_id="", ended_at=None
    ).exists():
        raise Conflict(Obstacle("这条血缘关系已经登记，请先终止再重新登记"))
    link = join(ends[0], ends[1], flows, origin=Origin.HAND, note=note, by=by)
    assert link is not None, "a link of that kind was looked for just now"
    record(
        events.LinkEntered(
            link.id, above if upstream else "", card.id, len(flows), note,
            asset_id=card.id, organization_id=card.holder_id,
        ),
        by,
    )  # fmt: skip
    return link


@command
def end_link(link: Link, reason: str, *, by: Signature) -> Link:
    """End a link that is no longer so; a job that reports it again makes a new one."""
    link = (
        Link.objects.select_for_update(of=("self",)).select_related("organization").get(id=link.id)
    )
    by.require(Permission.LINEAGE_ENTER, within=link.organization)
    refuse_if(rules.obstacles_to_end(link.ended_at is not None, reason))
    link.ended_at, link.end_reason = by.at, reason
    link.save(update_fields=["ended_at", "end_reason"])
    asset_id = link.downstream.card_id or ""
    record(
        events.LinkEnded(link.id, reason, asset_id=asset_id, organization_id=link.organization_id),
        by,
    )
    return link


@command
def read_script(
    organization: Organization,
    title: str,
    text: str,
    dialect: Dialect,
    source: Source | None = None,
    *,
    by: Signature,
) -> Script:
    """Read the lineage that a SQL text of a body tells, and keep what it leaves untold."""
    by.require(Permission.LINEAGE_ENTER, within=organization)
    digest = sha256(f"{dialect.value}\n{text}".encode()).hexdigest()
    already = Script.objects.filter(organization=organization, digest=digest).exists()
    refuse_if(rules.obstacles_to_read(title, text, already))
    found = read_sql(text, dialect, lambda table: columns_known(table, by.member, source))
    script = Script.objects.create(
        organization=organization,
        source=source,
        title=title,
        dialect=dialect,
        text=text,
        digest=digest,
        statements=[_kept(one) for one in found],
        member=by.member,
        read_at=by.at,
    )
    links = sum(_follow(one, script, by) for one in found if not one.temporary)
    record(
        events.ScriptRead(
            script.id,
            digest,
            links,
            sum(one.kind is StatementKind.UNREAD for one in found),
            sum(bool(flow.gaps) for one in found for flow in one.columns),
            organization_id=organization.id,
        ),
        by,
    )
    return script


@command
def bind_dataset(dataset: Dataset, to: Card | Resource, *, by: Signature) -> Dataset:
    """Say which card or resource a reported name stands for; all its links move with it."""
    dataset = _locked(dataset)
    by.require(Permission.LINEAGE_ENTER, within=dataset.organization)
    refuse_if(rules.obstacles_to_bind(dataset.is_outside))
    dataset.card = to if isinstance(to, Card) else None
    dataset.resource = to if isinstance(to, Resource) else None
    dataset.bound_by_hand = True
    dataset.save(update_fields=["card", "resource", "bound_by_hand"])
    record(
        events.DatasetBound(
            dataset.id,
            dataset.card_id or "",
            dataset.resource_id or "",
            asset_id=dataset.card_id or "",
            organization_id=dataset.organization_id,
        ),
        by,
    )
    return dataset


@command
def unbind_dataset(dataset: Dataset, reason: str, *, by: Signature) -> Dataset:
    """Take back which card or resource a reported name stands for."""
    dataset = _locked(dataset)
    by.require(Permission.LINEAGE_ENTER, within=dataset.organization)
    refuse_if(rules.obstacles_to_bind(dataset.is_outside))
    refuse_if(rules.obstacles_to_end(not dataset.is_bound, reason))
    about = {"asset_id": dataset.card_id or "", "organization_id": dataset.organization_id}
    dataset.card = dataset.resource = None
    dataset.bound_by_hand = True
    dataset.save(update_fields=["card", "resource", "bound_by_hand"])
    record(events.DatasetUnbound(dataset.id, reason, **about), by)
    return dataset


def join(
    upstream: Dataset,
    downstream: Dataset,
    flows: Iterable[FlowGiven],
    *,
    origin: Origin,
    process: Process | None = None,
    script: Script | None = None,
    note: str = "",
    by: Signature,
) -> Link | None:
    """Join two datasets unless this cause has; add the columns not joined yet.

    For use inside a command, whose own event is the evidence. Returns the link if it is new.
    """
    cause = process or script
    told_by = "" if origin is Origin.HAND else origin.value
    link, new = Link.objects.get_or_create(
        upstream=upstream,
        downstream=downstream,
        cause_id=cause.id if cause else told_by,
        ended_at=None,
        defaults={
            "organization": downstream.organization,
            "origin": origin,
            "process": process,
            "script": script,
            "note": note,
            "member": by.member,
            "recorded_at": by.at,
        },
    )
    known = set() if new else set(link.columns.values_list("from_column", "to_column", "how"))
    fresh = [flow for flow in dict.fromkeys(flows) if flow not in known]
    ColumnLink.objects.bulk_create(
        ColumnLink(link=link, from_column=one[:200], to_column=other[:200], how=how)
        for one, other, how in fresh
    )
    return link if new else None


def _of_card(named: Named, card: Card | None, body: Organization, by: Signature) -> Dataset:
    dataset, _ = Dataset.objects.get_or_create(
        organization=body,
        namespace=named.namespace,
        name=named.name[:500],
        defaults={"card": card, "seen_at": by.at},
    )
    return dataset


def _follow(statement: Statement, script: Script, by: Signature) -> int:
    """Join what a statement joins; return how many links are new."""
    if not statement.target or not statement.inputs:
        return 0
    namespace = f"source:{script.source_id}" if script.source_id else f"sql:{script.dialect}"

    def named(table: str, columns: Sequence[str] = ()) -> Dataset:
        return dataset_of(
            Named(namespace, table[:500]),
            script.organization,
            columns=columns,
            source=script.source,
            by=by,
        )

    target = named(statement.target, [one.column for one in statement.columns if one.column])
    new = 0
    for table in statement.inputs:
        flows: list[FlowGiven] = [
            (column, flow.column, How.DIRECT)
            for flow in statement.columns
            if flow.column
            for from_table, column in flow.inputs
            if from_table == table
        ]
        # A condition says something only where the columns were told at all.
        if any(flow.column for flow in statement.columns):
            flows += [(c, "", How.CONDITION) for t, c in statement.conditions if t == table]
        new += bool(join(named(table), target, flows, origin=Origin.SQL, script=script, by=by))
    return new


def _kept(statement: Statement) -> dict[str, object]:
    """Return a statement as JSON holds it; conditions and inputs as lists."""
    return {
        "line": statement.line,
        "kind": statement.kind.value,
        "target": statement.target,
        "temporary": statement.temporary,
        "inputs": list(statement.inputs),
        "conditions": [list(pair) for pair in statement.conditions],
        "columns": [
            {
                "column": one.column,
                "inputs": [list(pair) for pair in one.inputs],
                "gaps": [gap.value for gap in one.gaps],
            }
            for one in statement.columns
        ],
    }


def _locked(dataset: Dataset) -> Dataset:
    return (
        Dataset.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(id=dataset.id)
    )
