"""Every scenario, the published ones and ours, is answered exactly."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shuce.engines.breaches import Finding, find, read_ledger
from tests.engines.breaches.scenarios import SCENARIOS, Scenario

PUBLISHED = json.loads(
    (Path(__file__).parents[2] / "data" / "breaches_sample.json").read_text(encoding="utf-8")
)["scenarios"]


def breaches(found: Iterable[Finding]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for finding in found:
        if finding.code.is_breach:
            totals[finding.code.value] += finding.amount_fen
    return dict(totals)


def warnings(found: Iterable[Finding]) -> set[str]:
    return {finding.code.value for finding in found if finding.code.is_warning}


@pytest.mark.clause("N-7")
@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["id"])
def test_a_published_scenario_gives_its_codes_amounts_and_records(case: dict[str, Any]) -> None:
    found = find(case["data"], as_of=date.fromisoformat(case["as_of"]))
    assert breaches(found) == {e["code"]: e["amount_fen"] for e in case["expected"]}
    assert warnings(found) == set(case["expected_warnings"])
    for expected in case["expected"]:
        refs = next(f.refs for f in found if f.code.value == expected["code"])
        assert set(expected["refs"]) <= set(refs)


@pytest.mark.clause("N-7")
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_of_ours_gives_its_codes_amounts_and_records(scenario: Scenario) -> None:
    assert read_ledger(scenario.data).problems == ()
    found = find(scenario.data, as_of=date.fromisoformat(scenario.as_of))
    assert breaches(found) == dict(scenario.breaches), [f.why for f in found]
    assert warnings(found) == scenario.warnings
    if scenario.ref:
        assert scenario.ref in {ref for finding in found for ref in finding.refs}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_finding_says_why_in_chinese_with_its_amount_or_record(scenario: Scenario) -> None:
    for finding in find(scenario.data, as_of=date.fromisoformat(scenario.as_of)):
        assert finding.why.endswith("。")
        assert "{" not in finding.why
        assert "None" not in finding.why
        assert finding.refs
        assert finding.amount_fen > 0


def test_each_of_the_twelve_has_a_breach_and_a_lawful_twin() -> None:
    for number in range(1, 13):
        code = f"V{number:02}"
        own = [s for name, s in SCENARIOS.items() if name.startswith(code)]
        assert any(code in scenario.breaches for scenario in own), code
        assert any(code not in scenario.breaches for scenario in own), code
