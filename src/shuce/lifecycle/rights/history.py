"""Who may do what on any day, past or future, told from the evidence log (G-5).

The log is only ever added to, so what it tells of a day that has passed stays as it was, whatever
is suspended, withdrawn or graded anew later. A day to come is told from what holds now.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localtime

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations.models import Member, Organization
from shuce.kernel.clauses import Clause
from shuce.kernel.periods import Period
from shuce.kernel.refusals import Obstacle
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade
from shuce.lifecycle.rights import rules
from shuce.lifecycle.rights.models import Grant
from shuce.lifecycle.rights.queries import as_renewed, grants_seen_by
from shuce.lifecycle.rights.rules import GrantState, Right

# What each event makes of a card or a grant; where the event itself tells the state, nothing.
_CARD_TURNS = {
    "register.card_entered": CardState.IN_FORCE,
    "register.disposal_begun": CardState.IN_DISPOSAL,
    "register.disposal_abandoned": CardState.IN_FORCE,
    "register.card_closed": CardState.CLOSED,
}
_GRADED = "register.grade_confirmed"
_PASSED_ON = "register.holder_changed"
_OPERATORS_CHANGED, _GRANTS = "succession.passed", "rights.grants"
_GRANT_TURNS = {
    "rights.grant_concluded": None,
    "rights.grant_suspended": GrantState.SUSPENDED,
    "rights.grant_resumed": GrantState.IN_FORCE,
    "rights.grant_withdrawn": GrantState.WITHDRAWN,
    "rights.grant_relinquished": GrantState.WITHDRAWN,
    "rights.grant_expired": GrantState.EXPIRED,
}
_LIVE = (GrantState.IN_FORCE, GrantState.SUSPENDED)


@dataclass(frozen=True)
class Held:
    """One right over one card as it stood on the day; `source` is the key of what it came from.

    `obstacles` say why it could not be used that day. Of a right the reader may not see, only
    that it is there.
    """

    key: str
    card_id: str
    card: str
    right: Right | None
    body: str
    body_id: str = ""
    period: Period | None = None
    ground: str = ""
    purpose: str = ""
    columns: tuple[str, ...] = ()
    region_code: str = ""
    exclusive: bool = False
    sub_granting: bool = False
    source: str = ""
    layer: int = 0
    grant_id: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def is_usable(self) -> bool:
        return not self.obstacles

    @property
    def is_hidden(self) -> bool:
        return self.right is None


def rights_on(cards: Iterable[Card], day: date, member: Member) -> list[Held]:
    """Return each right over `cards` as it stood at the end of `day`, the holder's own first.

    What the reader may not see is left out; where something seen came out of it, it is shown
    without its name.
    """
    shown = {card.id: card for card in cards}
    turns = _turns(shown, day)
    holders = Organization.objects.in_bulk({turn.organization_id for turn in turns.cards.values()})
    grants = list(
        Grant.objects.filter(card_id__in=shown, number__isnull=False, ends_on__gt=day)
        .filter(starts_on__lte=day)
        .select_related("operator")
        .order_by("id")
    )
    _give_back(grants, day)
    seen = set(
        grants_seen_by(member)
        .filter(id__in=[grant.id for grant in grants])
        .values_list("id", flat=True)
    )
    found: list[Held] = []
    for card in shown.values():
        if card.id not in turns.cards:
            continue
        turn = turns.cards[card.id]
        found.append(_holding(card, holders[turn.organization_id], turn))
        of_card = [grant for grant in grants if grant.card_id == card.id]
        live = {one.id: one for one in of_card if turns.grants.get(one.id) in _LIVE}
        told = {one.id: one for one in live.values() if one.id in seen}
        above = {one.source_grant_id for one in told.values() if one.source_grant_id}
        for grant in live.values():
            if grant.id in told or grant.id in above:
                chain = _chain(grant, {one.id: one for one in of_card})
                found.append(_granted(grant, chain, card, turns, day, hidden=grant.id not in told))
    return found


def obstacles_on(grant: Grant, day: date) -> list[Obstacle]:
    """Why nothing could be done under `grant` at the end of a past `day`, as the log tells it."""
    turns = _turns([grant.card_id], day)
    turn = turns.cards.get(grant.card_id)
    if turn is None:
        return [Obstacle("资产卡片不在册，授权不能使用", Clause.N_4)]
    return list(_obstacles(_chain(grant, {}), turn, turns, day))


def rights_of(body: Organization, day: date, member: Member, *, most: int = 40) -> list[Held]:
    """Return what a body holds, was given and gave on `day`, over at most so many cards."""
    seen = grants_seen_by(member)
    granted = seen.filter(operator=body) | seen.filter(card__holder=body)
    ids = granted.filter(number__isnull=False, starts_on__lte=day, ends_on__gt=day).values("card")
    cards = Card.objects.filter(id__in=ids).select_related("holder").order_by("name", "id")[:most]
    rights = rights_on(cards, day, member)
    own = {one.key for one in rights if one.body_id == body.id}
    near = own | {one.key for one in rights if one.source in own}
    # What leads to a right is shown with it.
    by_key = {one.key: one for one in rights}
    for key in list(near):
        above = by_key.get(by_key[key].source)
        while above:
            near.add(above.key)
            above = by_key.get(above.source)
    return [one for one in rights if one.key in near]


def _give_back(grants: list[Grant], day: date) -> None:
    """Show each grant with the body that had it on `day`: what passed to an heir later is undone.

    The rows are only shown, never saved.
    """
    by_id = {grant.id: grant for grant in grants}
    for entry in Entry.objects.filter(kind=_OPERATORS_CHANGED).order_by("-id") if by_id else ():
        told = json.loads(bytes(entry.body))
        if told["estate"] == _GRANTS and _day(entry.at) > day:
            for grant_id in by_id.keys() & set(told["thing_ids"]):
                by_id[grant_id].operator = Organization.objects.get(id=told["former_id"])


@dataclass(frozen=True)
class _CardTurn:
    state: CardState
    grade: Grade | None
    organization_id: str


@dataclass(frozen=True)
class _Turns:
    """How cards and grants stood at the end of a day."""

    cards: dict[str, _CardTurn]
    grants: dict[str, GrantState]


def _turns(card_ids: Collection[str], day: date) -> _Turns:
    """Read from the log how each card and each grant over it stood at the end of `day`."""
    kinds = [*_CARD_TURNS, _GRADED, _PASSED_ON, *_GRANT_TURNS]
    states: dict[str, CardState] = {}
    grades: dict[str, Grade] = {}
    holders: dict[str, str] = {}
    grants: dict[str, GrantState] = {}
    entries = Entry.objects.filter(asset_id__in=card_ids, kind__in=kinds).order_by("id")
    for entry in entries:
        if _day(entry.at) > day:
            continue
        if entry.kind in _GRANT_TURNS:
            state = _GRANT_TURNS[entry.kind]
            grants[entry.subject_id] = state or GrantState(_fact(entry, "state"))
            continue
        # Whose matter a card's event is, is who held it then.
        holders[entry.subject_id] = entry.organization_id
        if entry.kind == _GRADED:
            grades[entry.subject_id] = Grade(_fact(entry, "grade"))
        elif entry.kind in _CARD_TURNS:
            states[entry.subject_id] = _CARD_TURNS[entry.kind]
    return _Turns(
        {
            card_id: _CardTurn(state, grades.get(card_id), holders[card_id])
            for card_id, state in states.items()
            if state is not CardState.CLOSED
        },
        grants,
    )


def _holding(card: Card, holder: Organization, turn: _CardTurn) -> Held:
    entered = Period(card.entered_on) if card.entered_on else None
    return Held(
        f"card:{card.id}",
        card.id,
        card.name,
        Right.HOLDING,
        holder.name,
        holder.id,
        entered,
        card.lawful_basis,
        obstacles=()
        if turn.state is CardState.IN_FORCE
        else (Obstacle("资产{state}，权利不能行使", state=turn.state.label),),
    )


def _granted(
    grant: Grant, chain: list[Grant], card: Card, turns: _Turns, day: date, *, hidden: bool
) -> Held:
    source = f"grant:{grant.source_grant_id}" if grant.source_grant_id else f"card:{card.id}"
    key, layer = f"grant:{grant.id}", len(chain)
    if hidden:
        return Held(key, card.id, card.name, None, "", source=source, layer=layer)
    return Held(
        key,
        card.id,
        card.name,
        Right(grant.right),
        grant.operator.name,
        grant.operator_id,
        grant.period,
        grant.number or "",
        grant.purpose,
        tuple(grant.columns),
        grant.region_code,
        grant.exclusive,
        grant.sub_granting,
        source,
        layer,
        grant.id,
        tuple(_obstacles(chain, turns.cards[card.id], turns, day)),
    )


def _obstacles(
    chain: list[Grant], turn: _CardTurn, turns: _Turns, day: date
) -> dict[Obstacle, None]:
    found: dict[Obstacle, None] = {}
    for one in reversed([as_renewed(link, day) for link in chain]):
        # A grant that is given out of one no longer live that day cannot be used either.
        state = turns.grants.get(one.id, GrantState.REFUSED)
        found |= dict.fromkeys(
            rules.obstacles_to_act_under(state, one.period, day, turn.state, turn.grade)
        )
    return found


def _chain(grant: Grant, of_card: dict[str, Grant]) -> list[Grant]:
    chain = [grant]
    while source_id := chain[0].source_grant_id:
        above = of_card.get(source_id) or Grant.objects.select_related("operator").get(id=source_id)
        chain.insert(0, above)
    return chain


def _fact(entry: Entry, name: str) -> str:
    return str(json.loads(bytes(entry.body))[name])


def _day(moment: datetime) -> date:
    return localtime(moment).date()
