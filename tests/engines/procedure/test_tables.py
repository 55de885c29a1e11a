import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.procedure.tables import (
    BadTable,
    Confidence,
    DecisionTable,
    NoAnswer,
    check_table,
    load_table,
)

HEAD = """
key = "authority"
title = "权限表"
clause = "N-4"
basis = "示例"
hit = "{hit}"
[inputs]
kind = {{ type = "text", title = "类型", values = ["A", "B"] }}
fee_fen = {{ type = "fen", title = "费用" }}
urgent = {{ type = "bool", title = "紧急" }}
[outputs]
who = {{ type = "text", values = ["UNIT", "BUREAU"] }}
"""


def row(when: str, who: str = "UNIT") -> str:
    return (
        f'[[rows]]\nwhen = {{ {when} }}\nthen = {{ who = "{who}" }}\n'
        'basis = "未经核实"\nconfidence = "proposed"\n'
    )


def table(*rows: str, hit: str = "unique") -> DecisionTable:
    return load_table(HEAD.format(hit=hit) + "".join(rows))


def said(found: DecisionTable) -> list[str]:
    return [str(fault) for fault in check_table(found)]


WHOLE = table(
    row('kind = "A"'),
    row('kind = ["B"], fee_fen = { below = 100 }'),
    row('kind = "B", fee_fen = { from = 100 }', "BUREAU"),
)


def facts(kind: str = "A", fee_fen: object = 1, urgent: bool = False) -> dict[str, object]:
    return {"kind": kind, "fee_fen": fee_fen, "urgent": urgent}


def test_the_one_row_that_holds_answers_and_shows_what_it_rests_on() -> None:
    assert said(WHOLE) == []
    assert WHOLE.decide(facts("A")) == {"who": "UNIT"}
    assert WHOLE.decide(facts("B", 99)) == {"who": "UNIT"}
    assert WHOLE.decide(facts("B", 100)) == {"who": "BUREAU"}
    assert WHOLE.row_for(facts("B", 100)).confidence is Confidence.PROPOSED


@pytest.mark.parametrize("wrong", [facts("C"), facts("A", "1"), facts("A", True), {"kind": "A"}])
def test_facts_that_the_table_does_not_know_get_no_answer(wrong: dict[str, object]) -> None:
    with pytest.raises(NoAnswer):
        WHOLE.decide(wrong)


def test_overlaps_are_found_where_only_one_row_may_hold() -> None:
    rows = row("fee_fen = { below = 101 }"), row("fee_fen = { from = 100 }", "BUREAU")
    assert said(table(*rows)) == ["rows[2]: 第1行与第2行重叠"]
    with pytest.raises(NoAnswer):
        table(*rows).decide(facts("A", 100))
    first = table(*rows, hit="first")
    assert said(first) == []
    assert first.decide(facts("A", 100)) == {"who": "UNIT"}


def test_gaps_are_found_with_an_example() -> None:
    found = table(row("fee_fen = { below = 100 }"), row("fee_fen = { from = 101 }"))
    assert said(found) == ["没有一行适用于：类型=A，费用=1元", "没有一行适用于：类型=B，费用=1元"]
    rows = row('kind = "A"'), row("urgent = true"), row("fee_fen = { from = 100 }")
    assert said(table(*rows, hit="first")) == [
        "没有一行适用于：类型=B，费用=-0.01元，紧急=否",
        "没有一行适用于：类型=B，费用=0元，紧急=否",
    ]


def test_a_row_that_is_never_first_is_a_fault() -> None:
    found = table(row(""), row('kind = "A"', "BUREAU"), hit="first")
    assert said(found) == ["rows[2]: 前面的行已经包括这一行，永远用不到"]


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("colour = 1", "没有输入“colour”"),
        ('kind = "C"', "“kind”不能取值“C”"),
        ("kind = { from = 1 }", "“kind”不是数值"),
        ('fee_fen = "much"', "“fee_fen”不能取值“much”"),
        ("fee_fen = { from = 5, below = 5 }", "“fee_fen”的区间是空的"),
        ("urgent = 1", "“urgent”不能取值“1”"),
    ],
)
def test_cells_are_of_the_type_of_their_input(when: str, reason: str) -> None:
    (fault,) = said(table(row(when)))
    assert reason in fault


def test_answers_are_declared_and_complete() -> None:
    assert "“who”不能取值“NOBODY”" in said(table(row("", "NOBODY")))[0]
    assert "没有输出“what”" in said(table(row("").replace('who = "', 'what = "')))[0]


def test_a_text_that_is_no_table_names_every_place() -> None:
    with pytest.raises(BadTable) as error:
        load_table('key = 1\n[[rows]]\nwhen = { a = [[1]] }\nconfidence = "sure"\ncolour = 1')
    places = {fault.step for fault in error.value.faults}
    assert places >= {"key", "title", "clause", "basis", "rows[0].when.a", "rows[0].confidence"}
    assert "rows[0].colour" in places
    with pytest.raises(BadTable, match="不是有效的 TOML"):
        load_table("key = ")


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    def cell() -> str:
        cells = []
        if draw(st.booleans()):
            kinds = draw(st.sampled_from(['"A"', '"B"', '["A", "B"]']))
            cells.append(f"kind = {kinds}")
        if draw(st.booleans()):
            low = draw(st.integers(-3, 3))
            high = low + draw(st.integers(1, 4))
            ranges = [f"from = {low}", f"below = {high}", f"from = {low}, below = {high}"]
            cells.append(f"fee_fen = {{ {draw(st.sampled_from(ranges))} }}")
        if draw(st.booleans()):
            cells.append(f"urgent = {draw(st.sampled_from(['true', 'false']))}")
        return ", ".join(cells)

    rows = [row(cell()) for _ in range(draw(st.integers(1, 5)))]
    return table(*rows, hit=draw(st.sampled_from(["unique", "first"])))


@given(tables())
def test_the_checker_finds_a_gap_or_overlap_exactly_when_trying_everything_does(
    found: DecisionTable,
) -> None:
    everything = [
        facts(kind, fee, urgent)
        for kind in "AB"
        for fee in range(-10, 11)
        for urgent in (True, False)
    ]
    unanswered = False
    for world in everything:
        try:
            found.decide(world)
        except NoAnswer:
            unanswered = True
    complaints = [fault for fault in said(found) if "永远用不到" not in fault]
    assert bool(complaints) is unanswered
