import pytest

from shuce.foundation.organizations.rules import Kind
from shuce.foundation.succession.rules import Body, Manner, obstacles_to_succession

GROUND = "沪编〔2026〕7号"


def body(name: str, kind: Kind = Kind.INSTITUTION, path: str = "", **facts: object) -> Body:
    told = {"is_closed": False, "is_root": False} | facts
    return Body(name, name, kind, path or f"/bureau/{name}/", **told)  # type: ignore[arg-type]


def refusals(manner, formers, heirs, *, continues=False, ground=GROUND) -> str:
    return "；".join(map(str, obstacles_to_succession(manner, formers, heirs, continues, ground)))


@pytest.mark.clause("G-12")
@pytest.mark.parametrize(
    ("manner", "formers", "heirs", "continues"),
    [
        (Manner.MERGER, "ab", "c", False),
        (Manner.TAKEOVER, "a", "b", False),
        (Manner.SPLIT, "a", "bc", False),
        (Manner.SPLIT, "a", "b", True),
    ],
)
def test_bodies_may_be_merged_taken_over_and_divided(manner, formers, heirs, continues):
    parties = [body(name) for name in formers], [body(name) for name in heirs]
    assert refusals(manner, *parties, continues=continues) == ""


@pytest.mark.clause("G-12")
@pytest.mark.parametrize(
    ("manner", "formers", "heirs", "continues", "why"),
    [
        (Manner.MERGER, "a", "c", False, "两个以上原主体"),
        (Manner.MERGER, "ab", "cd", False, "只有分立可以有多个承继主体"),
        (Manner.TAKEOVER, "a", "b", True, "只有分立可以保留原主体"),
        (Manner.TAKEOVER, "a", "a", False, "不能承继自己"),
        (Manner.SPLIT, "ab", "cd", False, "分立只能有一个原主体"),
        (Manner.SPLIT, "a", "b", False, "两个以上承继主体"),
        (Manner.SPLIT, "", "bc", False, "请选择原主体"),
        (Manner.TAKEOVER, "a", "", False, "请选择承继主体"),
    ],
)
def test_each_manner_has_its_own_numbers_of_bodies(manner, formers, heirs, continues, why):
    parties = [body(name) for name in formers], [body(name) for name in heirs]
    assert why in refusals(manner, *parties, continues=continues)


@pytest.mark.clause("G-12")
@pytest.mark.parametrize(
    ("former", "heir", "why"),
    [
        (body("a", is_closed=True), body("b"), "已经撤销"),
        (body("a"), body("b", is_closed=True), "已经撤销"),
        (body("a", Kind.FINANCE, is_root=True), body("b"), "最上级财政部门"),
        (body("a", path="/r/a/"), body("b", path="/r/a/b/"), "请先调整隶属关系"),
        (body("a"), body("b", Kind.OPERATOR), "不能承继"),
        (body("a", Kind.OPERATOR), body("b"), "不能承继"),
        (
            body("a", Kind.DEPARTMENT, kinds_below=frozenset({Kind.ADMINISTRATIVE})),
            body("b"),
            "不能设在事业单位之下",
        ),
    ],
)
def test_who_cannot_follow_whom_is_told_by_name(former, heir, why):
    assert why in refusals(Manner.TAKEOVER, [former], [heir])


def test_no_succession_without_the_document_that_approved_it():
    assert "文号" in refusals(Manner.TAKEOVER, [body("a")], [body("b")], ground=" ")


def test_an_operator_may_take_over_another():
    assert refusals(Manner.TAKEOVER, [body("a", Kind.OPERATOR)], [body("b", Kind.OPERATOR)]) == ""
