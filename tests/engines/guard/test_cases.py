"""Statements from a file, as anyone may try them."""

import json
from pathlib import Path
from typing import Any

import pytest

from shuce.engines.guard import cases


@pytest.fixture
def paths(tmp_path: Path, policy: dict[str, Any]) -> tuple[Path, Path, Path]:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(policy), encoding="utf-8")
    return file, tmp_path / "statements.jsonl", tmp_path / "verdicts.jsonl"


def test_every_line_is_answered_and_a_bad_one_stops_no_other(
    paths: tuple[Path, Path, Path], city: Path
) -> None:
    policy, statements, out = paths
    lines = [
        {"id": "1", "sql": "SELECT gender, count(*) FROM persons GROUP BY gender"},
        {"id": "2", "sql": "SELECT name FROM persons"},
        {"id": "3"},
        {"id": "4", "sql": "SELECT count(*) AS 人数 FROM persons", "fresh": True},
    ]
    text = "\n".join([*(json.dumps(line) for line in lines), "not json"])
    statements.write_text(text, encoding="utf-8")
    assert cases.run(policy, city, statements, out) == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4", "#5"]
    assert answers[0]["verdict"] == "released"
    assert len(answers[0]["rows"]) == 2
    assert answers[1]["verdict"] == "refused"
    assert "rows" not in answers[1]
    assert answers[3]["columns"] == ["人数"]
    assert {"error"} <= answers[2].keys()
    assert {"error"} <= answers[4].keys()


def test_unreadable_input_ends_with_status_2_and_one_line(
    paths: tuple[Path, Path, Path], city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, statements, out = paths
    assert cases.run(policy, city, statements, out) == 2
    statements.write_text("", encoding="utf-8")
    assert cases.run(policy, city / "nowhere", statements, out) == 2
    policy.write_text("{}", encoding="utf-8")
    assert cases.run(policy, city, statements, out) == 2
    assert len(capsys.readouterr().err.splitlines()) == 3
