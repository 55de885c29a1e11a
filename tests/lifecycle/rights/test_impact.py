"""What handling personal data does to people: assessed, reminded of, and kept three years."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from shuce.foundation.evidence.models import Entry
from shuce.foundation.notices.models import Notice
from shuce.foundation.organizations import requests
from shuce.foundation.organizations.permissions import Role
from shuce.kernel.refusals import NotPermitted, Refused
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.rights import impact_commands
from shuce.lifecycle.rights.impact import Ground
from shuce.lifecycle.rights.models import ImpactAssessment
from tests import make
from tests.lifecycle import granted
from tests.lifecycle.granted import IMPACT

pytestmark = pytest.mark.clause("G-4", "N-2")


def assess(world, **changes):
    return impact_commands.assess_impact(world.card, replace(IMPACT, **changes), by=world.officer)


def test_a_grant_over_personal_data_waits_for_the_assessment(world):
    granted.rights.assess_security(world.card, granted.answers(), by=world.officer)
    with pytest.raises(Refused, match="个人信息保护影响评估"):
        granted.requested(world)
    assess(world, acceptable=False)
    with pytest.raises(Refused, match="个人信息保护影响评估"):
        granted.requested(world)
    assess(world)
    assert granted.requested(world)


@pytest.mark.parametrize("missing", ["reference", "necessity", "risks", "measures"])
def test_every_part_is_told(world, missing):
    with pytest.raises(Refused) as refusal:
        assess(world, **{missing: " "})
    assert [one.field for one in refusal.value.obstacles] == [missing]
    assert not ImpactAssessment.objects.exists()


def test_consent_over_sensitive_information_is_given_separately(world):
    with pytest.raises(Refused, match="单独同意"):
        assess(world, ground=Ground.CONSENT)
    made = assess(world, ground=Ground.CONSENT, separate_consent="同意书〔2026〕1号")
    assert made.sensitive
    # A duty by law asks for no consent.
    assert assess(world).ground == Ground.STATUTORY


def test_only_the_security_officer_assesses_and_only_personal_data(world):
    with pytest.raises(NotPermitted):
        impact_commands.assess_impact(world.card, IMPACT, by=world.keeper)
    Card.objects.filter(id=world.card_id).update(personal_data=False)
    with pytest.raises(Refused, match="无须影响评估"):
        assess(world)


def test_it_is_kept_three_years_and_may_go_after(world):
    made = assess(world)
    with pytest.raises(Refused, match="至少保存三年"):
        impact_commands.discard_impact(
            made, "清理", by=world.sign(Role.SECURITY_OFFICER, days=1095)
        )
    assert ImpactAssessment.objects.get() == made
    late = world.sign(Role.SECURITY_OFFICER, days=1097)
    with pytest.raises(Refused, match="原因"):
        impact_commands.discard_impact(made, " ", by=late)
    impact_commands.discard_impact(made, "保存期满", by=late)
    assert not ImpactAssessment.objects.exists()
    assert Entry.objects.filter(kind="rights.impact_discarded").count() == 1


def test_the_officers_are_reminded_once_before_it_runs_out(world):
    assess(world)
    assert impact_commands.remind_of_impacts(make.NOON + timedelta(days=330)) == 0
    assert impact_commands.remind_of_impacts(make.NOON + timedelta(days=340)) == 1
    assert impact_commands.remind_of_impacts(make.NOON + timedelta(days=341)) == 0
    [notice] = Notice.objects.filter(kind="assessment")
    assert world.card.name in notice.title
    # One that was made anew meanwhile is nobody's concern.
    ImpactAssessment.objects.update(reminded_at=None)
    assess(world)
    assert impact_commands.remind_of_impacts(make.NOON + timedelta(days=340)) == 1


def test_on_its_pages_and_only_for_those_concerned(world, client, monkeypatch):
    monkeypatch.setattr(requests, "now", lambda: make.NOON)
    made = assess(world)
    discard = reverse("rights:discard_impact", args=[made.id])
    client.force_login(world.officer.member)
    assert "至少保存三年" in client.get(discard).content.decode()
    assert client.post(discard, {"reason": "清理"}).status_code == 422
    api = f"/api/v1/rights/impacts/{made.id}/discard"
    answer = client.post(api, {"reason": "清理"}, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["obstacles"][0]["clause"] == "G-4"
    client.force_login(world.sign(Role.ASSET_KEEPER, world.city.other_unit).member)
    assert client.get(discard).status_code == 404
    assert client.get(reverse("rights:impact", args=[world.card_id])).status_code == 404
    assert client.get(f"/api/v1/rights/cards/{world.card_id}/impacts").status_code == 404
