import json
from pathlib import Path
from typing import Any

import pytest

from shuce.engines.breaches import Code
from shuce.engines.breaches.cases import run
from tests.engines.breaches.scenarios import SCENARIOS, books, contract

SAMPLE = Path(__file__).parents[2] / "data" / "breaches_sample.json"


def answers(given: object, folder: Path) -> Any:
    source, out = folder / "in.json", folder / "out.json"
    source.write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    assert run(source, out) == 0
    return json.loads(out.read_text(encoding="utf-8"))


def test_the_published_file_is_answered_scenario_by_scenario(tmp_path: Path) -> None:
    out = tmp_path / "findings.json"
    assert run(SAMPLE, out) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert list(found) == [c["id"] for c in json.loads(SAMPLE.read_text("utf-8"))["scenarios"]]
    (gap,) = found["V04a"]
    assert (gap["code"], gap["amount_fen"], gap["label"]) == ("V04", 2_400_000, "少缴")
    assert {"r1", "m1"} <= set(gap["refs"])
    assert "¥24,000.00" in gap["why"]


def test_a_bad_scenario_answers_with_its_error_and_stops_no_other(tmp_path: Path) -> None:
    good = {"id": "good", "as_of": "2026-06-30", "data": books(contract())}
    bad = [
        {"id": "no data", "as_of": "2026-06-30"},
        {"id": "no day", "data": {}},
        {"id": "bad day", "as_of": "someday", "data": {}},
        7,
        {
            "id": "bad row",
            "as_of": "2026-06-30",
            "data": books(contract(), receipts=[{"id": "r1"}]),
        },
    ]
    found = answers({"scenarios": [*bad, good]}, tmp_path)
    assert [row["code"] for row in found["good"]] == ["V03"]
    assert all("error" in found[name] for name in ("no data", "no day", "bad day", "#4", "bad row"))
    assert "receipts[0] r1" in found["bad row"]["error"]
    assert [row["code"] for row in found["bad row"]["findings"]] == ["V03"]


def test_the_day_and_the_thresholds_come_from_the_files_defaults(tmp_path: Path) -> None:
    case = {"id": "c", "data": books(contract())}
    early = {"defaults": {"as_of": "2026-04-10"}, "scenarios": [case]}
    assert answers(early, tmp_path)["c"] == []
    strict = {"defaults": {"as_of": "2026-04-10", "grace_days": 5}, "scenarios": [case]}
    assert [row["code"] for row in answers(strict, tmp_path)["c"]] == ["V03"]


@pytest.mark.parametrize("content", ["", "{", "7", "{}", '{"scenarios": {}}', "[" * 100_000])
def test_an_unreadable_file_is_status_2_with_one_line(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in.json"
    source.write_text(content)
    assert run(source, tmp_path / "out.json") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert not (tmp_path / "out.json").exists()


def test_a_missing_file_is_status_2(tmp_path: Path) -> None:
    assert run(tmp_path / "none.json", tmp_path / "out.json") == 2


def test_red_lines_never_appear_among_the_answers(tmp_path: Path) -> None:
    cases = [{"id": n, "as_of": s.as_of, "data": s.data} for n, s in SCENARIOS.items()]
    found = answers({"scenarios": cases}, tmp_path)
    codes = {row["code"] for rows in found.values() for row in rows}
    assert not {code for code in codes if code.startswith("R")}
    assert codes == {code.value for code in Code if not code.value.startswith("R")}
