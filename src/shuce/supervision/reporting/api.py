"""Reports, the cards behind their figures, and disclosures, for programs."""

from datetime import datetime

from ninja import Query, Router, Schema

from shuce.foundation.office.windows import Window
from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.supervision.reporting import commands, queries
from shuce.supervision.reporting.figures import figure_coded
from shuce.supervision.reporting.words import ReportState, Unit

router = Router(tags=["reporting"])


class StateReportOut(Schema):
    id: str
    number: str
    organization_id: str
    year: int
    state: ReportState
    digest: str
    counted_at: datetime
    submitted_at: datetime | None
    confirmed_at: datetime | None


class WholeReportOut(StateReportOut):
    figures: dict[str, int]
    text: str


class StateReportIn(Schema):
    organization_id: str
    year: int


class TextIn(Schema):
    text: str


class ReturnReasonIn(Schema):
    reason: str


class CheckOut(Schema):
    title: str
    left: int
    right: int
    holds: bool


class CardBehindOut(Schema):
    id: str
    number: str | None
    name: str
    holder_id: str


class FigureOut(Schema):
    code: str
    unit: Unit
    reported: int | None
    today: int
    hidden: int
    cards: list[CardBehindOut]


class DisclosureOut(Schema):
    id: str
    title: str
    summary: str
    terms: str
    contact: str
    holder: str
    published_at: datetime

    @staticmethod
    def resolve_holder(row: object) -> str:
        card = getattr(row, "card", None)
        return card.holder.name if card else ""


class DisclosureIn(Schema):
    card_id: str
    title: str
    summary: str = ""
    terms: str
    contact: str


@router.get("/reports", response=list[StateReportOut])
def reports(request: SignedRequest, window: Query[Window]) -> object:
    """The reports the signer may see, newest year first."""
    return window.of(queries.reports_seen_by(request.user))


@router.post("/reports", response={201: WholeReportOut})
def prepare(request: SignedRequest, body: StateReportIn) -> object:
    """Count a body's year and begin its report."""
    organization = organization_seen(body.organization_id, request.user)
    return 201, commands.prepare_report(organization, body.year, by=request.signature)


@router.get("/reports/{report_id}", response=WholeReportOut)
def report(request: SignedRequest, report_id: str) -> object:
    """One report; its figures by code, money in fen."""
    return queries.report_seen(report_id, request.user)


@router.get("/reports/{report_id}/checks", response=list[CheckOut])
def checks(request: SignedRequest, report_id: str) -> object:
    """Whether the report's figures agree with each other."""
    return queries.checks_of(queries.report_seen(report_id, request.user))


@router.get("/reports/{report_id}/figures/{code}", response=FigureOut)
def figure(request: SignedRequest, report_id: str, code: str, window: Query[Window]) -> object:
    """One figure as reported and as it counts today, and the cards behind it."""
    found = queries.report_seen(report_id, request.user)
    return queries.figure_told(found, figure_coded(code), request.user, window.offset, window.limit)


@router.post("/reports/{report_id}/refresh", response=WholeReportOut)
def refresh(request: SignedRequest, report_id: str) -> object:
    found = queries.report_seen(report_id, request.user)
    return commands.refresh_report(found, by=request.signature)


@router.put("/reports/{report_id}/text", response=WholeReportOut)
def write(request: SignedRequest, report_id: str, body: TextIn) -> object:
    found = queries.report_seen(report_id, request.user)
    return commands.write_report(found, body.text, by=request.signature)


@router.post("/reports/{report_id}/submit", response=StateReportOut)
def submit(request: SignedRequest, report_id: str) -> object:
    found = queries.report_seen(report_id, request.user)
    return commands.submit_report(found, by=request.signature)


@router.post("/reports/{report_id}/confirm", response=StateReportOut)
def confirm(request: SignedRequest, report_id: str) -> object:
    found = queries.report_seen(report_id, request.user)
    return commands.confirm_report(found, by=request.signature)


@router.post("/reports/{report_id}/return", response=StateReportOut)
def send_back(request: SignedRequest, report_id: str, body: ReturnReasonIn) -> object:
    found = queries.report_seen(report_id, request.user)
    return commands.return_report(found, body.reason, by=request.signature)


@router.get("/disclosures", response=list[DisclosureOut], auth=None)
def disclosures(request: SignedRequest, window: Query[Window]) -> object:
    """What the public may know. No sign-in."""
    return window.of(queries.disclosures_open())


@router.get("/disclosures/{disclosure_id}", response=DisclosureOut, auth=None)
def disclosure(request: SignedRequest, disclosure_id: str) -> object:
    """One asset as the public may know it. No sign-in."""
    return queries.disclosure_open(disclosure_id)


@router.post("/disclosures", response={201: DisclosureOut})
def publish(request: SignedRequest, body: DisclosureIn) -> object:
    """Make an asset known to the public."""
    card = queries.card_to_disclose(body.card_id, request.user)
    facts = body.dict(exclude={"card_id"})
    return 201, commands.publish_disclosure(card, **facts, by=request.signature)


@router.post("/disclosures/{disclosure_id}/withdraw", response=DisclosureOut)
def withdraw(request: SignedRequest, disclosure_id: str, body: ReturnReasonIn) -> object:
    """Take a disclosure back."""
    found = queries.disclosure_managed(disclosure_id, request.user)
    return commands.withdraw_disclosure(found, body.reason, by=request.signature)
