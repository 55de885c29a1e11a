"""Keep questions for use again: named, with parameters, in versions, alone or for one's body."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuce.engines.guard.binding import Parameter, bind, obstacles_to_declare
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotPermitted, Obstacle, refuse_if
from shuce.lifecycle.cleanroom import events, rules
from shuce.lifecycle.cleanroom.commands import Origin, ask_question
from shuce.lifecycle.cleanroom.models import QueryVersion, Question, SavedQuery
from shuce.lifecycle.cleanroom.rules import RepeatState, SavedState
from shuce.lifecycle.rights.models import Grant


@dataclass(frozen=True)
class Kept:
    """A query as it is to be saved."""

    name: str
    sql: str
    parameters: Sequence[Parameter] = ()
    description: str = ""
    shared: bool = False


@command
def save_query(grant: Grant, kept: Kept, *, by: Signature) -> SavedQuery:
    """Save a question under a grant of one's own body. The node judges it when it is asked."""
    if by.member.organization is None or grant.operator_id != by.organization_id:
        raise NotPermitted(Obstacle("只能使用本单位获得的授权", Clause.N_4))
    by.require(Permission.CLEANROOM_ASK, within=by.member.organization)
    refuse_if([*rules.obstacles_to_save(kept.name, SavedState.ACTIVE, True), *_in_text(kept)])
    query = SavedQuery.objects.create(
        number=next_number(f"CX-{by.today.year}-"),
        name=kept.name.strip(),
        description=kept.description,
        grant=grant,
        member=by.member,
        shared=kept.shared,
        saved_at=by.at,
    )
    _add_version(query, kept, 1, by)
    return query


@command
def change_query(query: SavedQuery, kept: Kept, *, by: Signature) -> SavedQuery:
    """Change a saved query: a new version where its text or parameters change."""
    query = _locked(query)
    own = query.member_id == by.member_id
    refuse_if([*rules.obstacles_to_save(kept.name, SavedState(query.state), own), *_in_text(kept)])
    query.name, query.description, query.shared = kept.name.strip(), kept.description, kept.shared
    query.save(update_fields=["name", "description", "shared"])
    _add_version(query, kept, query.latest.number + 1, by)
    return query


@command
def retire_query(query: SavedQuery, *, by: Signature) -> SavedQuery:
    """Take a saved query out of use, and stop what is scheduled of it."""
    query = _locked(query)
    own = query.member_id == by.member_id
    refuse_if(rules.obstacles_to_save(query.name, SavedState(query.state), own))
    query.state = SavedState.RETIRED
    query.save(update_fields=["state"])
    query.schedules.exclude(state=RepeatState.STOPPED).update(state=RepeatState.STOPPED)
    record(events.QueryRetired(query.id, query.grant_id, **about(query.grant)), by)
    return query


def ask_saved(
    query: SavedQuery, values: Mapping[str, str], *, cause_id: str = "", by: Signature
) -> Question:
    """Ask a saved query, as it is kept this moment, with values for its parameters."""
    query = SavedQuery.objects.select_related("grant").get(id=query.id)
    refuse_if(rules.obstacles_to_save(query.name, SavedState(query.state), True))
    version = query.latest
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    sql = bind(version.sql, version.declared, given)
    return ask_question(query.grant, sql, origin=Origin(version, given, cause_id), by=by)


def about(grant: Grant) -> dict[str, str]:
    return {"asset_id": grant.card_id, "organization_id": grant.card.holder_id}


def _in_text(kept: Kept) -> list[Obstacle]:
    return [
        *rules.obstacles_to_ask(kept.sql, operator_is_own=True),
        *(obstacles_to_declare(kept.sql, kept.parameters) if kept.sql.strip() else ()),
    ]


def _add_version(query: SavedQuery, kept: Kept, number: int, by: Signature) -> None:
    parameters = [parameter.as_json() for parameter in kept.parameters]
    before = query.versions.order_by("-number").first()
    if before and (before.sql, before.parameters) == (kept.sql, parameters):
        number = before.number
    else:
        QueryVersion.objects.create(
            query=query,
            number=number,
            sql=kept.sql,
            parameters=parameters,
            member=by.member,
            saved_at=by.at,
        )
    record(
        events.QuerySaved(
            query.id,
            query.grant_id,
            number,
            hashlib.sha256(kept.sql.encode("utf-8", "surrogatepass")).hexdigest(),
            query.shared,
            **about(query.grant),
        ),
        by,
    )


def _locked(query: SavedQuery) -> SavedQuery:
    return (
        SavedQuery.objects.select_for_update(of=("self",))
        .select_related("grant__card__holder", "grant__operator", "member")
        .get(id=query.id)
    )
