"""A person of another unit finds nothing: every page and every API of what is not theirs is 404."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from shuce.demo import bodies, lives
from shuce.demo.city import FOUNDED_AT
from shuce.demo.sources import write_sources
from shuce.foundation.approvals.models import Case
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.attachments.models import Attachment
from shuce.foundation.evidence.models import Entry
from shuce.foundation.exports.models import Export
from shuce.foundation.jobs.models import Job
from shuce.foundation.notices.models import Notice, Webhook
from shuce.foundation.organizations.models import Post
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.succession.models import Succession
from shuce.kernel.identifiers import new_id
from shuce.lifecycle.books.models import Account, LedgerCheck, LedgerDifference
from shuce.lifecycle.cleanroom import models as cleanroom
from shuce.lifecycle.cleanroom.models import Blend, Question, SavedQuery, Schedule
from shuce.lifecycle.directory.models import AssetSchedule
from shuce.lifecycle.disposal.models import Copy, Disposal
from shuce.lifecycle.inventory.models import Recognition, Resource, Stocktake, StocktakeLine
from shuce.lifecycle.lineage.models import Dataset, Link, Process, Script
from shuce.lifecycle.market.models import Edition, Price, ProductKey, Publication
from shuce.lifecycle.quality.models import Assessment, Issue
from shuce.lifecycle.register.models import Batch, Intake, Proposal
from shuce.lifecycle.revenue.models import Bill, BreachFinding, JournalEntry, Receipt, ShareLine
from shuce.lifecycle.rights.models import Encumbrance, Exit, Grant, ImpactAssessment
from shuce.lifecycle.sources.models import DataNode
from shuce.supervision.oversight.models import Finding, Inspection
from shuce.supervision.reporting.models import Report
from shuce.supervision.watch.commands import install_rules
from shuce.supervision.watch.models import Alert, Incident

# What everybody may see: procedures and rules in force, the market's public auctions, the
# portal, one's own account, and the names of bodies outside the tree.
PUBLIC = re.compile(
    r"^/(accounts|i18n|static|me|reporting/portal|reporting/catalog|api/v1/(docs|openapi))"
    r"|version_id|auction_id|rule_id|plan_id|token_id|disclosure_id|page_id|member_id"
)


@pytest.fixture
def whole(home, db, monkeypatch):
    return whole_life(home, monkeypatch)


def test_every_route_of_an_asset_is_404_for_a_stranger(whole, client):
    known = known_ids(whole)
    # A keeper of another department, and an analyst of another operator.
    strangers = [
        whole.city.sign("jtzx", Role.ASSET_KEEPER).member,
        whole.city.sign("pjyy", Role.OPERATOR_ANALYST).member,
    ]
    walked, leaks = 0, []
    client.raise_request_exception = False
    for route in _routes():
        names = re.findall(r"<(?:\w+:)?(\w+)>|\{(\w+)\}", route)
        names = [a or b for a, b in names]
        if not names or PUBLIC.search(route) or not set(names) & set(known):
            continue
        address = _fill(route, known, real=True)
        nowhere = _fill(route, known, real=False)
        for stranger in strangers:
            client.force_login(stranger)
            for method in (client.get, client.post):
                answer, other = method(address), method(nowhere)
                walked += 1
                lenient = route.startswith("/api/") or method == client.post
                allowed = (400, 404, 405, 422) if lenient else (404,)
                fair = answer.status_code == other.status_code and answer.status_code in allowed
                if not fair and answer.status_code != 405:
                    leaks.append((method.__name__, address, answer.status_code, other.status_code))
    assert walked > 150
    assert leaks == []


def test_every_parameter_of_a_route_is_walked(whole):
    known = known_ids(whole)
    unknown = {
        name
        for route in _routes()
        if not PUBLIC.search(route)
        for name in re.findall(r"<(?:\w+:)?(\w+)>", route)
        if name.endswith("_id") and name not in known
    }
    assert unknown == set()


def whole_life(home, monkeypatch):
    """Let one asset live its whole life in a city of its own, over small data."""
    monkeypatch.setattr("shuce.demo.sources.VISITS", 2_000)
    monkeypatch.setattr("shuce.demo.sources.RESIDENTS", 1_000)
    monkeypatch.setattr("shuce.demo.sources.put_into_postgresql", lambda *_: None)
    monkeypatch.setattr("shuce.demo.sources.put_into_mariadb", lambda *_: None)
    city = bodies.found(FOUNDED_AT)
    reviewer = city.sign("sfj", Role.BUREAU_REVIEWER)
    install_procedures(by=reviewer)
    install_rules(by=reviewer)
    stories = {
        story.key: story for story in lives.stories(write_sources(home / "sources"), FOUNDED_AT)
    }
    return lives.live(stories["visits"], city, tell=lambda text: None)


def known_ids(life):
    card = life.the_card
    holder = card.holder
    first = {
        "organization_id": holder.id,
        "card_id": card.id,
        "subject_id": card.id,
        "grant_id": life.grant.id,
        "left_id": life.grant.id,
        "right_id": life.grant.id,
        "source_id": life.source.id,
        "resource_id": life.resource.id,
        "recognition_id": life.recognition.id,
        "product_id": life.product.id,
        "contract_id": life.contract.id,
        "appraisal_id": life.appraisal.id,
    }
    rows = {
        "case_id": Case.objects.filter(asset_id=card.id),
        "post_id": Post.objects.filter(organization=holder),
        "entry_id": Entry.objects.filter(asset_id=card.id),
        "question_id": Question.objects,
        "disposal_id": Disposal.objects,
        "copy_id": Copy.objects,
        "bill_id": Bill.objects,
        "receipt_id": Receipt.objects,
        "line_id": ShareLine.objects.filter(party=holder),
        "journal_id": JournalEntry.objects,
        "price_id": Price.objects,
        "incident_id": Incident.objects,
        "alert_id": Alert.objects.filter(organization=holder),
        "report_id": Report.objects.filter(organization=holder),
    }
    for name, query in rows.items():
        found = query.order_by("id").values_list("id", flat=True).first()
        if found is not None:
            first[name] = found
    for name, model in {
        "job_id": Job,
        "notice_id": Notice,
        "webhook_id": Webhook,
        "stocktake_id": Stocktake,
        "finding_id": BreachFinding,
        "inspection_id": Inspection,
        "problem_id": Finding,
        "difference_id": StocktakeLine,
        "entering_id": Recognition,
        "table_id": Resource,
        "assessment_id": Assessment,
        "issue_id": Issue,
        "bid_id": Grant,
        "intake_id": Intake,
        "link_id": Link,
        "dataset_id": Dataset,
        "process_id": Process,
        "script_id": Script,
        "query_id": SavedQuery,
        "blend_id": Blend,
        "set_id": cleanroom.Dataset,
        "attachment_id": Attachment,
        "export_id": Export,
        "schedule_id": Schedule,
        "key_id": ProductKey,
        "edition_id": Edition,
        "node_id": DataNode,
        "publication_id": Publication,
        "batch_id": Batch,
        "succession_id": Succession,
        "account_id": Account,
        "directory_id": AssetSchedule,
        "check_id": LedgerCheck,
        "unlike_id": LedgerDifference,
        "proposal_id": Proposal,
        "exit_id": Exit,
        "impact_id": ImpactAssessment,
        "encumbrance_id": Encumbrance,
    }.items():
        # Nothing of this kind happened in the life: any id is nowhere, and must answer so.
        first.setdefault(name, model.objects.values_list("id", flat=True).first() or new_id())
    return first


def _routes():
    def walk(patterns, before):
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern):
                yield "/" + here.removeprefix("/")

    return sorted(set(walk(get_resolver().url_patterns, "")))


def _fill(route, known, *, real):
    def value(match):
        name = match.group(2)
        if name in known:
            nowhere = "999999999" if isinstance(known[name], int) else new_id()
            return str(known[name]) if real else nowhere
        return {
            "step": "security",
            "link": "USE",
            "verdict": "pass",
            "code": "T1",
            "kind": "card",
        }.get(name, "x")

    return re.sub(r"<(?:(\w+):)?(\w+)>", value, route)
