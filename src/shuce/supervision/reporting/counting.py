"""The figures of one body's year as a snapshot, and the digest that fixes them in the evidence."""

import hashlib
from collections.abc import Mapping
from datetime import date

from django.utils.timezone import localtime

from shuce.engines.transparency import canonical
from shuce.foundation.organizations.models import Organization
from shuce.supervision.reporting.figures import Scope, compute
from shuce.supervision.reporting.models import Report


def scope_of(report: Report) -> Scope:
    """Return what a report is about: its body and all below, to the day it was counted."""
    return Scope(report.organization.path, report.year, localtime(report.counted_at).date())


def counted(organization: Organization, year: int, until: date) -> dict[str, int]:
    """Count every figure of a body's year; a year that is not over, to the day `until`."""
    return compute(Scope(organization.path, year, until))


def digest_of(figures: Mapping[str, int]) -> str:
    """Return the SHA-256 of the figures in canonical JSON, in hex."""
    return hashlib.sha256(canonical(dict(figures))).hexdigest()
