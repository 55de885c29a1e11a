"""Run the rules and handle alerts. Incidents: `incidents.py`; rules and plans: `tuning.py`."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.utils.timezone import localdate

from shuce.foundation.evidence.recording import command, record, record_all
from shuce.foundation.notices.commands import no_longer
from shuce.foundation.organizations.commands import clockwork
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.refusals import refuse_if
from shuce.supervision.watch import events, rules
from shuce.supervision.watch.detectors import DETECTORS
from shuce.supervision.watch.incidents import (
    add_note,
    close_incident,
    contain,
    open_incident,
    reassess,
    report_incident,
    settle_grants,
)
from shuce.supervision.watch.models import Alert, WatchRule
from shuce.supervision.watch.rules import Sighting
from shuce.supervision.watch.telling import tell_of_alerts
from shuce.supervision.watch.tuning import install_rules, set_plan, tune_rule
from shuce.supervision.watch.words import AlertState, RuleCode

__all__ = [
    "add_note",
    "close_incident",
    "contain",
    "handle_alert",
    "install_rules",
    "open_incident",
    "raise_alerts",
    "reassess",
    "report_incident",
    "run_rules",
    "set_plan",
    "settle_grants",
    "tune_rule",
]

log = logging.getLogger(__name__)
_AT_A_TIME = 500


def run_rules(at: datetime) -> int:
    """Run every rule that is switched on; return how many new alerts were raised.

    One rule that fails does not keep the others from watching: it is named in the evidence. A
    run that saw nothing new is told once a day; when each rule last ran is kept beside it.
    """
    watching = list(WatchRule.objects.filter(enabled=True))
    if not watching:
        return 0
    by = clockwork(at)
    raised: dict[str, int] = {}
    failed: list[str] = []
    for rule in watching:
        try:
            raised[rule.id] = sum(
                len(raise_alerts(rule, some, by=by)) for some in _in_parts(_new(rule, by))
            )
        except (OSError, ValueError) as fault:
            log.error("rule %s failed: %s", rule.code, type(fault).__name__)
            failed.append(str(rule.code))
    last = max((rule.last_run_at for rule in watching if rule.last_run_at), default=None)
    if failed or any(raised.values()) or last is None or localdate(last) != by.today:
        _note_run(raised, tuple(failed), by=by)
    for rule_id, count in raised.items():
        WatchRule.objects.filter(id=rule_id).update(last_run_at=at, last_raised=count)
    return sum(raised.values())


@command
def raise_alerts(rule: WatchRule, sightings: Sequence[Sighting], *, by: Signature) -> list[Alert]:
    """Raise an alert about each thing a rule saw: as many as a rule sees in thousands of cards."""
    alerts = [
        Alert(
            rule=rule,
            subject_id=sighting.subject_id,
            card_id=sighting.card_id,
            organization_id=sighting.organization_id,
            grade=rule.grade,
            facts=dict(sighting.facts),
            raised_at=by.at,
            due_at=by.at + timedelta(hours=rule.due_hours),
        )
        for sighting in sightings
    ]
    Alert.objects.bulk_create(alerts)
    record_all(
        (
            events.AlertRaised(
                alert.id,
                rule.code,
                rule.grade,
                alert.subject_id,
                alert.due_at.isoformat(),
                asset_id=alert.card_id or "",
                organization_id=alert.organization_id,
            )
            for alert in alerts
        ),
        by,
    )
    tell_of_alerts(rule, alerts, by)
    return alerts


@command
def handle_alert(alert: Alert, conclusion: str, *, by: Signature) -> Alert:
    """Handle an alert: say what it was and what was done."""
    alert = (
        Alert.objects.select_for_update(of=("self",))
        .select_related("organization", "rule", "card")
        .get(id=alert.id)
    )
    by.require(Permission.ALERT_HANDLE, within=alert.organization)
    refuse_if(rules.obstacles_to_handle(AlertState(alert.state), conclusion))
    alert.state = AlertState.HANDLED
    alert.conclusion = conclusion
    alert.handled_by, alert.handled_at = by.member, by.at
    alert.save(update_fields=["state", "conclusion", "handled_by", "handled_at"])
    record(
        events.AlertHandled(
            alert.id,
            alert.rule.code,
            conclusion,
            by.at > alert.due_at,
            asset_id=alert.card_id or "",
            organization_id=alert.organization_id,
        ),
        by,
    )
    no_longer(alert.id, still=(), by=by)
    return alert


@command
def _note_run(raised: dict[str, int], failed: tuple[str, ...], *, by: Signature) -> None:
    body = by.organization_id
    record(events.RulesRun(body, len(raised), sum(raised.values()), failed), by)


def _new(rule: WatchRule, by: Signature) -> Iterator[Sighting]:
    """Yield what the rule sees and has not told: neither open, nor handled a moment ago."""
    thresholds = rule.thresholds
    quiet_since = by.at - timedelta(days=thresholds["quiet_days"])
    told = set(
        Alert.objects.filter(rule=rule, state=AlertState.OPEN).values_list("subject_id", flat=True)
    ) | set(
        Alert.objects.filter(rule=rule, handled_at__gt=quiet_since).values_list(
            "subject_id", flat=True
        )
    )
    for sighting in DETECTORS[RuleCode(rule.code)](thresholds, by):
        if sighting.subject_id not in told:
            told.add(sighting.subject_id)
            yield sighting


def _in_parts(sightings: Iterable[Sighting]) -> Iterator[list[Sighting]]:
    left = iter(sightings)
    while some := list(islice(left, _AT_A_TIME)):
        yield some
