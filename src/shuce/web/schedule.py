"""The regular duties, each with how often it is due."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shuce.foundation.approvals.deadlines import watch_deadlines
from shuce.foundation.evidence.sequencer import number_entries
from shuce.foundation.exports.commands import drop_old_files
from shuce.foundation.notices.sending import send_due
from shuce.lifecycle.cleanroom.scheduling import run_due_reports
from shuce.lifecycle.register.texts import follow_log
from shuce.lifecycle.rights.commands import expire_due_grants
from shuce.lifecycle.rights.impact_commands import remind_of_impacts
from shuce.supervision.watch.commands import run_rules

log = logging.getLogger(__name__)


@dataclass
class Duty:
    """A function that is called with the moment, once every `every`."""

    name: str
    every: timedelta
    do: Callable[[datetime], object]
    next_at: datetime | None = None


DUTIES = [
    Duty("number the evidence", timedelta(seconds=1), number_entries),
    Duty("say anew what the log tells of", timedelta(seconds=1), follow_log),
    Duty("expire grants", timedelta(minutes=1), expire_due_grants),
    Duty("run scheduled reports", timedelta(minutes=1), run_due_reports),
    Duty("remind of impact assessments", timedelta(hours=1), remind_of_impacts),
    Duty("drop old files of exports", timedelta(hours=1), drop_old_files),
    Duty("watch deadlines", timedelta(minutes=10), watch_deadlines),
    Duty("send messages again", timedelta(minutes=1), send_due),
    Duty("run the watch rules", timedelta(minutes=10), run_rules),
]


def run_due(at: datetime) -> None:
    """Run every duty that is due at `at`. One that fails is logged and tried again when due."""
    for duty in DUTIES:
        if duty.next_at and at < duty.next_at:
            continue
        duty.next_at = at + duty.every
        try:
            duty.do(at)
        except Exception:
            # One broken duty must not stop the others; the log has the reason.
            log.exception("duty failed: %s", duty.name)
