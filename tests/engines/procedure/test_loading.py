import pytest

from shuce.engines.procedure import BadProcedure, in_words, load
from tests.engines.procedure.office import HEAD, procedure, review


def places(text: str) -> set[str]:
    with pytest.raises(BadProcedure) as error:
        load(text)
    return {fault.step for fault in error.value.faults}


def test_every_place_that_cannot_be_read_is_named_at_once() -> None:
    found = places(
        HEAD
        + review("first", 'mode = "somehow"\ndeadline_days = "soon"\ncolour = "red"')
        + review("second", 'when = {fact = "a", is = "~", value = 1}')
        + review("third", 'mode = "quorum"').replace('title = "third审查"', "title = 3")
    )
    assert found >= {
        "steps[0].mode",
        "steps[0].deadline_days",
        "steps[0].colour",
        "steps[1].when.is",
        "steps[2].quorum",
        "steps[2].title",
    }


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ("all = [], any = []", "steps[0].when"),
        ('fact = "a", is = "in", value = 1', "steps[0].when.value"),
        ('fact = "a", is = "==", value = [1]', "steps[0].when.value"),
        ('fact = "a", is = "==", value = 1.5', "steps[0].when.value"),
        ('fact = "a", is = "=="', "steps[0].when.value"),
        (
            'not = {all = [{fact = "a", is = "__import__", value = 1}]}',
            "steps[0].when.not.all[0].is",
        ),
    ],
)
def test_a_condition_is_data_of_a_known_form(condition: str, place: str) -> None:
    assert place in places(HEAD + review("first", f"when = {{{condition}}}"))


def test_shares_are_fractions() -> None:
    text = """
[[steps]]
key = "decision"
kind = "collective"
title = "集体决策"
role = "DECISION_MEMBER"
place = "holder"
attendance = { at_least = "most" }
majority = { over = "1/0", of = "everybody" }
"""
    assert places(HEAD + text) == {
        "steps[0].attendance",
        "steps[0].majority",
        "steps[0].majority.of",
    }


def test_what_is_no_procedure_at_all_is_said_so() -> None:
    assert places("steps = ") == {""}
    assert {"key", "title", "clause", "makers", "steps"} <= places("")


def test_a_condition_can_be_said_in_words() -> None:
    found = procedure(
        review(
            "first",
            """when = { all = [
              { fact = "fee_fen", is = ">=", value = 50000000 },
              { any = [
                { fact = "kind", is = "in", value = ["A", "B"] },
                { not = { fact = "urgent", is = "==", value = true } },
                { fact = "urgent", is = "==", value = false },
              ] },
            ] }""",
        ),
        facts="""
fee_fen = { type = "fen", title = "费用" }
kind = { type = "text", title = "类型", values = { A = "甲类", B = "乙类" } }
urgent = { type = "bool", title = "紧急" }
""",
    )
    (step,) = found.steps
    assert step.when
    assert in_words(step.when, found.facts) == (
        "费用不低于50万元，且（类型为甲类或乙类，或并非（紧急），或并非紧急）"
    )
