"""Count, write, send, confirm a report; make an asset known, or take that back."""

from typing import Any

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.foundation.organizations.rules import Kind
from shuce.kernel.refusals import refuse_if
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import CardState, Grade, Opening
from shuce.supervision.reporting import events, rules
from shuce.supervision.reporting.counting import counted, digest_of
from shuce.supervision.reporting.models import Disclosure, Report
from shuce.supervision.reporting.words import ReportState


@command
def prepare_report(organization: Organization, year: int, *, by: Signature) -> Report:
    """Begin a body's report of a year: count every figure over the body and all below it."""
    by.require(Permission.REPORT_PREPARE, within=organization)
    known = Report.objects.filter(organization=organization, year=year).exists()
    holds = Kind(organization.kind).holds_assets
    refuse_if(rules.obstacles_to_prepare(year, by.today.year, holds, known))
    figures = counted(organization, year, by.today)
    report = Report.objects.create(
        number=next_number(f"BG-{year}-"),
        organization=organization,
        year=year,
        figures=figures,
        digest=digest_of(figures),
        counted_at=by.at,
        prepared_by=by.member,
        prepared_at=by.at,
    )
    record(
        events.ReportPrepared(report.id, report.number, year, report.digest, **_about(report)), by
    )
    return report


@command
def refresh_report(report: Report, *, by: Signature) -> Report:
    """Count the figures of a report again, while it is not yet sent."""
    report = _locked(report)
    by.require(Permission.REPORT_PREPARE, within=report.organization)
    refuse_if(rules.obstacles_to_change(ReportState(report.state)))
    report.figures = counted(report.organization, report.year, by.today)
    report.digest, report.counted_at = digest_of(report.figures), by.at
    report.save(update_fields=["figures", "digest", "counted_at"])
    record(events.ReportCounted(report.id, report.digest, **_about(report)), by)
    return report


@command
def write_report(report: Report, text: str, *, by: Signature) -> Report:
    """Write the notes of a report, while it is not yet sent."""
    report = _locked(report)
    by.require(Permission.REPORT_PREPARE, within=report.organization)
    refuse_if(rules.obstacles_to_change(ReportState(report.state)))
    report.text = text
    report.save(update_fields=["text"])
    record(events.ReportWritten(report.id, len(text), **_about(report)), by)
    return report


@command
def submit_report(report: Report, *, by: Signature) -> Report:
    """Send a report up, if its figures agree with each other."""
    report = _locked(report)
    by.require(Permission.REPORT_PREPARE, within=report.organization)
    refuse_if(rules.obstacles_to_submit(ReportState(report.state), report.figures))
    report.state, report.returned_because = ReportState.SUBMITTED, ""
    report.submitted_by, report.submitted_at = by.member, by.at
    report.save(update_fields=["state", "returned_because", "submitted_by", "submitted_at"])
    record(events.ReportSubmitted(report.id, report.digest, **_about(report)), by)
    return report


@command
def confirm_report(report: Report, *, by: Signature) -> Report:
    """Confirm a report that was sent; it is final, and the people's congress may read it."""
    report = _locked(report)
    _require_reviewer(report, by)
    refuse_if(rules.obstacles_to_decide(ReportState(report.state), _is_maker(report, by)))
    report.state = ReportState.CONFIRMED
    report.confirmed_by, report.confirmed_at = by.member, by.at
    report.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    record(events.ReportConfirmed(report.id, report.digest, **_about(report)), by)
    return report


@command
def return_report(report: Report, reason: str, *, by: Signature) -> Report:
    """Send a report back to be put right."""
    report = _locked(report)
    _require_reviewer(report, by)
    refuse_if(rules.obstacles_to_return(ReportState(report.state), _is_maker(report, by), reason))
    report.state, report.returned_because = ReportState.DRAFT, reason
    report.save(update_fields=["state", "returned_because"])
    record(events.ReportReturned(report.id, reason, **_about(report)), by)
    return report


@command
def publish_disclosure(
    card: Card, title: str, summary: str, terms: str, contact: str, *, by: Signature
) -> Disclosure:
    """Make known to the public that an asset exists, on what terms, and how to ask (G-14)."""
    card = Card.objects.select_for_update(of=("self",)).select_related("holder").get(id=card.id)
    _require_publisher(card.holder, by)
    known = Disclosure.objects.filter(card=card, withdrawn_at=None).exists()
    refuse_if(
        [
            *rules.obstacles_to_tell(
                CardState(card.state),
                Grade(card.grade) if card.grade else None,
                Opening(card.opening),
            ),
            *rules.obstacles_to_publish(title, terms, contact, known),
        ]
    )
    disclosure = Disclosure.objects.create(
        card=card,
        title=title,
        summary=summary,
        terms=terms,
        contact=contact,
        published_by=by.member,
        published_at=by.at,
    )
    record(events.DisclosurePublished(disclosure.id, title, **_about_card(card)), by)
    return disclosure


@command
def withdraw_disclosure(disclosure: Disclosure, reason: str, *, by: Signature) -> Disclosure:
    """Take a disclosure back; at once the portal no longer shows it."""
    disclosure = (
        Disclosure.objects.select_for_update(of=("self",))
        .select_related("card__holder")
        .get(id=disclosure.id)
    )
    _require_publisher(disclosure.card.holder, by)
    refuse_if(rules.obstacles_to_withdraw(disclosure.withdrawn_at is not None, reason))
    disclosure.withdrawn_at, disclosure.withdrawn_because = by.at, reason
    disclosure.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record(events.DisclosureWithdrawn(disclosure.id, reason, **_about_card(disclosure.card)), by)
    return disclosure


def _require_reviewer(report: Report, by: Signature) -> None:
    """Refuse unless the signer makes reports and supervises at the level above."""
    above = report.organization.parent or report.organization
    by.require(Permission.REPORT_PREPARE, within=above)
    by.require(Permission.INSPECTION_RUN, within=above)


def _require_publisher(holder: Organization, by: Signature) -> None:
    """Refuse unless the signer publishes for the holder, or manages what it opens."""
    if not by.member.may(Permission.OPENING_MANAGE, holder):
        by.require(Permission.DISCLOSURE_PUBLISH, within=holder)


def _is_maker(report: Report, by: Signature) -> bool:
    return by.member.pk in (report.prepared_by_id, report.submitted_by_id)


def _locked(report: Report) -> Report:
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("organization__parent")
        .get(id=report.id)
    )


def _about(report: Report) -> dict[str, Any]:
    return {"organization_id": report.organization_id}


def _about_card(card: Card) -> dict[str, Any]:
    return {"asset_id": card.id, "organization_id": card.holder_id}
