"""Two holders of the demo city have their patients counted together."""

import pytest

from shuce.demo import bodies, lives
from shuce.demo.city import FOUNDED_AT
from shuce.demo.sources import write_sources
from shuce.foundation.approvals.procedures import install_procedures
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.sources.nodes import node_here


@pytest.mark.clause("G-8")
def test_contracts_and_visits_are_counted_together(home, db, monkeypatch):
    monkeypatch.setattr("shuce.demo.sources.VISITS", 1_500)
    monkeypatch.setattr("shuce.demo.sources.RESIDENTS", 1_500)
    monkeypatch.setattr("shuce.demo.sources.put_into_postgresql", lambda *_: None)
    monkeypatch.setattr("shuce.demo.sources.put_into_mariadb", lambda *_: None)
    city = bodies.found(FOUNDED_AT)
    install_procedures(by=city.sign("sfj", Role.BUREAU_REVIEWER))
    stories = lives.stories(write_sources(home / "sources"), FOUNDED_AT)
    for story in (one for one in stories if one.key in ("pd_health", "doctors")):
        life = story.begin(city)
        for step in story.steps:
            step(life)
    question = life.seen["blend"].question
    assert question.verdict == "released", question.reason
    assert question.columns == ["qy_lb", "gender", "persons"]
    assert len(question.rows) == 6
    assert 200 < sum(row[2] for row in question.rows) < 450
    node_here().close()
