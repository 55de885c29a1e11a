"""Resources, the memorandum register and stocktakes for programs."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.inventory import commands, queries, stocktaking
from shuce.lifecycle.inventory.rules import (
    Criterion,
    Difference,
    MemoStanding,
    ProposedGrade,
    RecognitionAnswers,
    RecognitionOutcome,
    ResourceState,
    StocktakeState,
)
from shuce.lifecycle.sources.queries import source_seen

router = Router(tags=["inventory"])


class ResourceOut(Schema):
    id: str
    source_id: str
    organization_id: str
    table_name: str
    comment: str
    rows: int
    proposed_grade: ProposedGrade
    state: ResourceState
    card_id: str
    first_seen_at: datetime
    last_seen_at: datetime
    missing_since: datetime | None


class ResourceWhole(ResourceOut):
    """`references`: foreign keys; `share` is null where the source declares them."""

    columns: list[dict[str, Any]]
    is_view: bool
    keys: list[str]
    references: list[dict[str, Any]]


class SnapshotOut(Schema):
    """What one scan saw; `drifts`: how that differs from the scan before."""

    id: str
    scan_id: str
    taken_at: datetime
    rows: int
    sampled: bool
    newest_on: date | None
    newest_in: str
    drifts: list[dict[str, Any]]
    columns: list[dict[str, Any]]


class ScanOut(Schema):
    id: str
    source_id: str
    tables: int
    rows: int
    sampled: bool
    unread: list[str]
    scanned_at: datetime


class ScanJobOut(Schema):
    id: str
    title: str
    state: str


class CriterionIn(Schema):
    met: bool
    evidence: str

    def criterion(self) -> Criterion:
        return Criterion(self.met, self.evidence)


class AnswersIn(Schema):
    lawful_source: CriterionIn
    held_or_controlled: CriterionIn
    expected_benefit: CriterionIn
    measurable: CriterionIn
    not_barred_by_secrecy: CriterionIn

    def answers(self) -> RecognitionAnswers:
        return RecognitionAnswers(
            self.lawful_source.criterion(),
            self.held_or_controlled.criterion(),
            self.expected_benefit.criterion(),
            self.measurable.criterion(),
            self.not_barred_by_secrecy.criterion(),
        )


class RecognitionOut(Schema):
    id: str
    resource_id: str
    outcome: RecognitionOutcome
    answers: dict[str, Any]
    judged_at: datetime


class MemoOut(Schema):
    id: str
    resource_id: str
    organization_id: str
    reasons: str
    entered_on: date
    next_review_on: date
    standing: MemoStanding


class StocktakeIn(Schema):
    organization_id: str
    name: str
    due_on: date


class StocktakeOut(Schema):
    id: str
    organization_id: str
    name: str
    due_on: date
    state: StocktakeState
    opened_at: datetime
    signed_off_at: datetime | None


class StocktakeLineOut(Schema):
    id: str
    stocktake_id: str
    resource_id: str
    difference: Difference
    note: str
    conclusion: str


class DifferenceConclusionIn(Schema):
    conclusion: str


@router.get("/sources/{source_id}/scans", response=list[ScanOut])
def scans(request: SignedRequest, source_id: str, window: Query[Window]) -> object:
    """The scans of a source, newest first."""
    return window.of(queries.scans_of(source_seen(source_id, request.user)))


@router.post("/sources/{source_id}/scan", response={202: ScanJobOut})
def scan(request: SignedRequest, source_id: str) -> object:
    """Ask for a scan; follow it under /jobs."""
    return 202, commands.ask_scan(source_seen(source_id, request.user), by=request.signature)


@router.get("/resources", response=list[ResourceOut])
def resources(
    request: SignedRequest,
    window: Query[Window],
    state: ResourceState | None = None,
    source_id: str = "",
) -> object:
    """The tables found that the signer may see, newest first."""
    rows = queries.resources_seen_by(request.user)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(source_id=source_id) if source_id else rows
    return window.of(rows)


@router.get("/resources/{resource_id}/snapshots", response=list[SnapshotOut])
def snapshots(request: SignedRequest, resource_id: str, window: Query[Window]) -> object:
    """What each scan saw of a resource, newest first."""
    return window.of(queries.snapshots_of(queries.resource_seen(resource_id, request.user)))


@router.get("/resources/{resource_id}", response=ResourceWhole)
def resource(request: SignedRequest, resource_id: str) -> object:
    """One table with its columns: types, grades, evidence and masked profiles."""
    return queries.resource_seen(resource_id, request.user)


@router.post("/resources/{resource_id}/recognition", response={201: RecognitionOut})
def recognize(request: SignedRequest, resource_id: str, body: AnswersIn) -> object:
    """Judge whether a table is a data asset; every answer needs its evidence."""
    found = queries.resource_seen(resource_id, request.user)
    return 201, commands.recognize(found, body.answers(), by=request.signature)


@router.get("/memo", response=list[MemoOut])
def memo(request: SignedRequest, window: Query[Window]) -> object:
    """The memorandum register, overdue entries first."""
    today = request.signature.today
    return window.of(queries.memo_entries_standing(request.user, today))


@router.get("/stocktakes", response=list[StocktakeOut])
def stocktakes(request: SignedRequest, window: Query[Window]) -> object:
    return window.of(queries.stocktakes_seen_by(request.user))


@router.post("/stocktakes", response={201: StocktakeOut})
def open_stocktake(request: SignedRequest, body: StocktakeIn) -> object:
    """Open a stocktake of a body."""
    organization = organization_seen(body.organization_id, request.user)
    return 201, stocktaking.open_stocktake(
        organization, body.name, body.due_on, by=request.signature
    )


@router.get("/stocktakes/{stocktake_id}", response=StocktakeOut)
def stocktake(request: SignedRequest, stocktake_id: str) -> object:
    return queries.stocktake_seen(stocktake_id, request.user)


@router.get("/stocktakes/{stocktake_id}/lines", response=list[StocktakeLineOut])
def lines(request: SignedRequest, stocktake_id: str) -> object:
    """Every difference of a stocktake."""
    return queries.lines_of(queries.stocktake_seen(stocktake_id, request.user))


@router.post("/stocktakes/{stocktake_id}/compare", response=StocktakeOut)
def compare(request: SignedRequest, stocktake_id: str) -> object:
    """Compare the register with what the last scans found."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    return stocktaking.compare(found, by=request.signature)


@router.post("/lines/{line_id}/conclusion", response=StocktakeLineOut)
def conclude(request: SignedRequest, line_id: str, body: DifferenceConclusionIn) -> object:
    """Write down how a difference was handled."""
    line = queries.line_seen(line_id, request.user)
    return stocktaking.conclude_difference(line, body.conclusion, by=request.signature)


@router.post("/stocktakes/{stocktake_id}/sign-off", response=StocktakeOut)
def sign_off(request: SignedRequest, stocktake_id: str) -> object:
    """Sign a stocktake off; refused while a difference has no conclusion."""
    found = queries.stocktake_seen(stocktake_id, request.user)
    return stocktaking.sign_off(found, by=request.signature)
