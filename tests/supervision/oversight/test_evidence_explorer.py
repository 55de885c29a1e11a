"""The evidence within sight, its proofs, and what carries out each clause."""

import json

import pytest
from django.urls import reverse

from shuce.engines.transparency import (
    ProofWrong,
    leaf_hash,
    open_checkpoint,
    verifier_of,
    verify_inclusion,
)
from shuce.foundation.evidence.models import Entry
from shuce.foundation.evidence.recording import EVENTS
from shuce.foundation.evidence.sequencer import number_entries
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import NotFound
from shuce.supervision.oversight import queries
from tests.make import NOON


def test_an_auditor_sees_all_below_and_a_unit_its_own(city):
    auditor = city.sign(Role.AUDITOR, city.bureau).member
    head = city.sign(Role.UNIT_HEAD, city.unit).member
    other = city.sign(Role.UNIT_HEAD, city.other_unit).member
    units = Entry.objects.filter(organization_id=city.unit.id)
    assert units.exists()
    assert set(units) <= set(queries.entries_seen_by(auditor))
    assert set(units) <= set(queries.entries_seen_by(head))
    assert not set(units) & set(queries.entries_seen_by(other))
    keeper = city.sign(Role.ASSET_KEEPER, city.unit).member
    assert not queries.entries_seen_by(keeper).exists()


def test_an_entry_out_of_sight_is_not_there(city, client):
    entry = Entry.objects.filter(organization_id=city.unit.id).first()
    stranger = city.sign(Role.UNIT_HEAD, city.other_unit).member
    with pytest.raises(NotFound):
        queries.entry_seen(entry.id, stranger)
    client.force_login(stranger)
    for name in ("entry", "proof"):
        assert client.get(reverse(f"oversight:{name}", args=[entry.id])).status_code == 404
    assert client.get(f"/api/v1/oversight/evidence/{entry.id}/proof").status_code == 404


@pytest.mark.clause("N-10", "G-5")
def test_a_proof_is_shown_downloaded_and_checks_out(city, client, home):
    number_entries(NOON)
    entry = Entry.objects.filter(organization_id=city.unit.id).first()
    client.force_login(city.sign(Role.AUDITOR, city.bureau).member)
    page = client.get(reverse("oversight:entry", args=[entry.id]))
    assert page.status_code == 200
    answer = client.get(reverse("oversight:proof", args=[entry.id]))
    assert "attachment" in answer["Content-Disposition"]
    proof = json.loads(answer.content)
    assert proof["index"] == entry.index
    assert proof["leaf_hash"] in page.content.decode()
    # Checked as a stranger would: from the download and the public key alone.
    head = open_checkpoint(proof["checkpoint"], [verifier_of(proof["verifier_key"])])
    path = [bytes.fromhex(node) for node in proof["path"]]
    leaf = leaf_hash(proof["body"].encode())
    verify_inclusion(leaf, proof["index"], head.size, path, head.root)
    other = leaf_hash(proof["body"].replace("2026", "2025").encode())
    with pytest.raises(ProofWrong):
        verify_inclusion(other, proof["index"], head.size, path, head.root)
    told = client.get(f"/api/v1/oversight/evidence/{entry.id}/proof").json()
    assert told == proof


@pytest.mark.clause("N-10")
def test_the_explorer_lists_searches_and_exports(city, client):
    client.force_login(city.sign(Role.AUDITOR, city.bureau).member)
    page = client.get(reverse("oversight:evidence"))
    assert page.status_code == 200
    found = client.get(reverse("oversight:evidence"), {"search": "duty"}).content.decode()
    assert "organizations.duty" in found
    assert "approvals." not in found.split('id="list"')[1]
    assert client.get(reverse("oversight:evidence"), {"export": "xlsx"}).status_code == 200


@pytest.mark.clause("N-10")
def test_coverage_tells_for_every_clause_what_carries_it_out(city, client):
    auditor = city.sign(Role.AUDITOR, city.bureau).member
    covered = {one.clause: one for one in queries.coverage(auditor)}
    assert set(covered) == set(Clause)
    told = {kind for one in covered.values() for kind, _, _ in one.events}
    assert told == set(EVENTS)
    seen = queries.entries_seen_by(auditor)
    assert sum(one.happened for one in covered.values()) == seen.count()
    client.force_login(auditor)
    page = client.get(reverse("oversight:coverage")).content.decode()
    assert Clause.N_10.citation in page
