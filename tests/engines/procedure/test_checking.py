"""Each fault beside the sound procedure that it spoils."""

import pytest

from shuce.engines.procedure import BadProcedure, check
from shuce.engines.procedure.tables import load_table
from tests.engines.procedure.office import (
    PLACES,
    ROLES,
    faults,
    inside,
    parallel,
    procedure,
    reasons,
    review,
)

FEE = 'fee_fen = {type = "fen", title = "费用"}\nkind = {type = "text", values = ["A", "B"]}'
AUTHORITY = """
key = "authority"
title = "权限表"
clause = "N-4"
basis = "示例"
[inputs]
fee_fen = { type = "fen", title = "费用" }
[outputs]
who = { type = "text", values = ["UNIT", "BUREAU", "NOBODY"] }
[[rows]]
when = { fee_fen = { below = 100 } }
then = { who = "UNIT" }
basis = "示例"
confidence = "proposed"
[[rows]]
when = { fee_fen = { from = 100 } }
then = { who = "BUREAU" }
basis = "示例"
confidence = "proposed"
"""
TABLES = {"authority": load_table(AUTHORITY)}
ASK = '[[steps]]\nkey = "ask"\nkind = "table"\ntitle = "定权限"\ntable = "authority"\n'
BUREAU = review("bureau", 'when = {fact = "who", is = "==", value = "BUREAU"}')


def when(condition: str) -> str:
    return f"when = {{{condition}}}"


def test_a_sound_procedure_has_no_faults() -> None:
    found = procedure(
        parallel("both", inside("finance"), inside("security", 'may_return_to = ["both"]')),
        ASK,
        BUREAU,
        review("last", 'may_return_to = ["start", "both", "bureau"]'),
        facts=FEE,
        tables=TABLES,
    )
    assert faults(found) == []


def test_roles_and_places_must_be_known() -> None:
    found = procedure(review("first"))
    assert check(found, roles=ROLES, places=PLACES) == []
    said = [str(fault) for fault in check(found, roles=["ASSET_KEEPER"], places=["moon"])]
    assert "first: 没有角色“UNIT_HEAD”" in said
    assert "first: 没有办理层级“holder”" in said
    assert "makers: 没有办理层级“holder”" in said


@pytest.mark.clause("N-4", "N-6")
def test_a_step_that_only_the_makers_could_do_is_a_fault() -> None:
    said = reasons(procedure(review("first"), review("self", role="ASSET_KEEPER")))
    assert said == "self: 只有申请人一方可以办理这一环节，申请人将审批自己的申请"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("nowhere", "不存在"),
        ("last", "不在本环节之前"),
        ("second", "不在本环节之前"),
        ("finance", "退回到整个并行部分"),
        ("ask", "不由人办理"),
    ],
)
def test_a_return_leads_to_an_earlier_step_of_the_trunk(target: str, reason: str) -> None:
    found = procedure(
        parallel("both", inside("finance"), inside("security")),
        ASK,
        review("second", f'may_return_to = ["{target}"]'),
        review("last"),
        facts=FEE,
        tables=TABLES,
    )
    assert reason in reasons(found)


def test_a_branch_may_not_return_into_itself_nor_past_its_own_part() -> None:
    found = procedure(
        parallel(
            "both",
            inside("finance") + inside("more", 'may_return_to = ["finance"]'),
            inside("security", 'may_return_to = ["last"]'),
        ),
        review("last"),
    )
    assert [fault.step for fault in faults(found)] == ["more", "security"]


def test_keys_are_unique_and_not_reserved() -> None:
    assert "出现了2次" in reasons(procedure(review("first"), review("first")))
    assert "系统保留" in reasons(procedure(review("start")))
    # A step cannot stand in two branches, so a part cannot be joined by what it did not open.
    assert "出现了2次" in reasons(procedure(parallel("both", inside("a"), inside("a"))))


def test_a_parallel_part_has_two_branches_and_people_in_each() -> None:
    assert "至少有两个分支" in reasons(procedure(parallel("both", inside("a"))))
    table = ASK.replace("[[steps]]", "[[steps.branches.steps]]")
    found = procedure(parallel("both", inside("a"), table), facts=FEE, tables=TABLES)
    assert reasons(found) == "both: 分支“分支1”没有人办理"


@pytest.mark.parametrize(
    ("more", "sound"),
    [
        ('mode = "quorum"\nquorum = 3\nvoters = 3', True),
        ('mode = "quorum"\nquorum = 4\nvoters = 3', False),
        ('mode = "quorum"\nquorum = 0', False),
    ],
)
def test_a_quorum_can_be_reached(more: str, sound: bool) -> None:
    assert (faults(procedure(review("panel", more))) == []) is sound


@pytest.mark.parametrize(
    ("majority", "sound"),
    [
        ('over = "1/2"', True),
        ('at_least = "1"', True),
        ('over = "1"', False),
        ('over = "3/2"', False),
    ],
)
def test_a_majority_can_be_reached(majority: str, sound: bool) -> None:
    found = procedure(f"""
[[steps]]
key = "decision"
kind = "collective"
title = "集体决策"
role = "DECISION_MEMBER"
place = "holder"
attendance = {{ at_least = "2/3" }}
majority = {{ {majority} }}
""")
    assert (faults(found) == []) is sound


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ('fact = "unheard_of", is = "==", value = 1', "还没有事实“unheard_of”"),
        ('fact = "fee_fen", is = "==", value = "1"', "类型不符"),
        ('fact = "kind", is = "==", value = "C"', "不会取值“C”"),
        ('fact = "kind", is = ">=", value = "A"', "不能比较大小"),
        (
            'all = [{fact = "fee_fen", is = "<", value = 5},'
            '{fact = "fee_fen", is = ">", value = 4}]',
            "走不到这一环节",
        ),
        ('not = {fact = "kind", is = "in", value = ["A", "B"]}', "走不到这一环节"),
    ],
)
def test_conditions_are_about_known_facts_and_may_hold(condition: str, reason: str) -> None:
    found = procedure(review("first"), review("odd", when(condition)), facts=FEE)
    (fault,) = faults(found)
    assert fault.step == "odd"
    assert reason in fault.reason


def test_an_answer_that_no_row_gives_makes_a_step_unreachable() -> None:
    never = BUREAU.replace('"BUREAU"', '"NOBODY"')
    found = procedure(review("first"), ASK, never, facts=FEE, tables=TABLES)
    assert "“who”不会取值“NOBODY”" in reasons(found)


def test_an_answer_is_not_used_before_the_table_is_asked_nor_if_it_may_be_skipped() -> None:
    early = procedure(BUREAU, ASK, review("last"), facts=FEE, tables=TABLES)
    assert "bureau: 到这一环节时还没有事实“who”" in reasons(early)
    perhaps = ASK + when('fact = "kind", is = "==", value = "A"')
    skipped = procedure(perhaps, BUREAU, review("last"), facts=FEE, tables=TABLES)
    assert "bureau: 到这一环节时还没有事实“who”" in reasons(skipped)


def test_what_a_sibling_finds_may_not_decide_a_branch() -> None:
    table = ASK.replace("[[steps]]", "[[steps.branches.steps]]")
    odd = inside("odd", 'when = {fact = "who", is = "==", value = "UNIT"}')
    found = procedure(
        parallel("both", inside("a") + table, odd), review("last"), facts=FEE, tables=TABLES
    )
    assert "odd: 到这一环节时还没有事实“who”" in reasons(found)
    after = procedure(
        parallel("both", inside("a") + table, inside("b")),
        BUREAU,
        facts=FEE,
        tables=TABLES,
    )
    assert faults(after) == []


def test_a_fact_that_may_still_change_decides_nothing_yet() -> None:
    setter = review("setter", 'sets = ["fee_fen"]')
    assert "不能据以判断" in reasons(procedure(ASK, setter, facts=FEE, tables=TABLES))
    assert faults(procedure(setter, ASK, BUREAU, facts=FEE, tables=TABLES)) == []
    unknown = procedure(review("setter", 'sets = ["unheard_of"]'))
    assert "没有事实“unheard_of”" in reasons(unknown)


def test_a_table_must_be_there_be_sound_and_get_what_it_asks() -> None:
    with pytest.raises(BadProcedure, match="没有决策表“authority”"):
        procedure(ASK, review("last"), facts=FEE)
    assert "还没有事实“fee_fen”" in reasons(procedure(ASK, review("last"), tables=TABLES))
    wrong = FEE.replace('type = "fen"', 'type = "text"')
    assert "类型与决策表不符" in reasons(procedure(ASK, review("last"), facts=wrong, tables=TABLES))
    owned = FEE + '\nwho = {type = "text"}'
    assert "已另有来源" in reasons(procedure(ASK, review("last"), facts=owned, tables=TABLES))
    hole = {"authority": load_table(AUTHORITY.replace("from = 100", "from = 101"))}
    said = reasons(procedure(ASK, review("last"), facts=FEE, tables=hole))
    assert "没有一行适用于：费用=1元" in said


def test_a_procedure_that_could_pass_with_nobody_asked_is_a_fault() -> None:
    a = review("a", when('fact = "kind", is = "==", value = "A"'))
    b = review("b", when('fact = "kind", is = "==", value = "B"'))
    assert "未经任何人审批就通过" in reasons(procedure(a, facts=FEE))
    assert faults(procedure(a, b, facts=FEE)) == []
    only_tables = procedure(ASK, facts=FEE, tables=TABLES)
    assert "未经任何人审批就通过" in reasons(only_tables)
