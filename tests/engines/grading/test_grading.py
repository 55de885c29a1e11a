from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuce.engines.grading import (
    Context,
    Impact,
    ImpactDegree,
    ImpactObject,
    Level,
    Proposal,
    default_rules,
    highest,
    level_of_impact,
    propose,
)


@dataclass(frozen=True)
class Column:
    name: str
    type: str


@dataclass(frozen=True)
class Table:
    name: str
    rows: int
    columns: tuple[Column, ...]


def graded(*types: str, rows: int = 100, context: Context | None = None) -> Proposal:
    columns = tuple(Column(f"c{i}", type_) for i, type_ in enumerate(types))
    return propose(Table("t", rows, columns), context)


@pytest.mark.clause("G-2")
@pytest.mark.parametrize(
    ("about", "levels"),
    [
        (ImpactObject.NATIONAL_SECURITY, "L1 L5 L6 L6"),
        (ImpactObject.ECONOMY, "L1 L4 L5 L6"),
        (ImpactObject.SOCIAL_ORDER, "L1 L4 L5 L6"),
        (ImpactObject.PUBLIC_INTEREST, "L1 L4 L5 L6"),
        (ImpactObject.ORGANIZATION, "L1 L2 L3 L4"),
        (ImpactObject.PERSON, "L1 L2 L3 L4"),
    ],
)
def test_the_matrix_gives_a_level_for_every_object_and_degree(about, levels):
    assert " ".join(level_of_impact(Impact(about, degree)) for degree in ImpactDegree) == levels


@pytest.mark.parametrize(
    ("types", "level"),
    [
        (("none", "uscc"), "L1"),
        (("gender", "none"), "L2"),
        (("person_name", "gender"), "L3"),
        (("person_name", "id_card"), "L4"),
        ((), "L1"),
    ],
)
def test_the_strictest_column_decides(types, level):
    proposal = graded(*types)
    assert proposal.level == level
    assert not proposal.must_confirm


def test_every_semantic_type_has_a_floor():
    from shuce.engines.scan import SemanticType

    assert {t.value for t in SemanticType} == set(default_rules().floors)


def test_many_people_raise_general_data_by_one_level_but_never_to_important():
    assert graded("person_name", rows=99_999).level == "L3"
    raised = graded("person_name", rows=100_000)
    assert raised.level == "L4"
    assert "100000 人" in raised.reasons[0].sentence
    assert graded("id_card", rows=50_000_000).level == "L4"
    assert graded("none", rows=50_000_000).level == "L1"


@pytest.mark.clause("N-9")
def test_ten_million_people_bring_duties_and_fewer_do_not():
    assert graded("mobile", context=Context(persons=10_000_000)).duties
    assert not graded("mobile", context=Context(persons=9_999_999)).duties


def test_data_of_children_is_l4():
    assert graded("person_name", context=Context(has_minors=True)).level == "L4"


@pytest.mark.clause("G-2")
def test_important_and_core_data_come_from_people_and_must_be_confirmed():
    judged = graded(
        "none",
        context=Context(impacts=(Impact(ImpactObject.NATIONAL_SECURITY, ImpactDegree.GENERAL),)),
    )
    assert (judged.level, judged.must_confirm) == ("L5", True)
    listed = graded("none", context=Context(catalogued=Level.L6))
    assert (listed.level, listed.must_confirm) == ("L6", True)


def test_a_scan_never_lowers_important_data():
    assert graded("none", context=Context(confirmed=Level.L5)).level == "L5"


def test_a_lower_proposal_than_was_confirmed_needs_a_person():
    proposal = graded("none", context=Context(confirmed=Level.L3))
    assert (proposal.level, proposal.must_confirm) == ("L1", True)


def test_derived_data_is_graded_anew_and_confirmed_by_a_person():
    statistics = graded("region_code", "none", context=Context(derived_from=(Level.L4,)))
    assert (statistics.level, statistics.must_confirm) == ("L1", True)
    blended = graded("none", context=Context(derived_from=(Level.L2, Level.L5)))
    assert blended.level == "L5"


TYPES = st.lists(st.sampled_from(sorted(default_rules().floors)), max_size=12)
IMPACTS = st.lists(
    st.builds(Impact, st.sampled_from(list(ImpactObject)), st.sampled_from(list(ImpactDegree))),
    max_size=3,
).map(tuple)


@given(TYPES, st.integers(0, 10**8))
def test_without_a_person_no_machine_proposes_important_data(types, rows):
    assert graded(*types, rows=rows).level.rank <= 4


@given(TYPES, IMPACTS, st.integers(0, 10**8))
def test_a_proposal_is_its_strictest_reason_and_never_under_a_floor(types, impacts, rows):
    proposal = graded(*types, rows=rows, context=Context(impacts=impacts))
    assert proposal.level is highest(*(reason.level for reason in proposal.reasons))
    assert all(default_rules().floor_of(t).rank <= proposal.level.rank for t in types)
    assert all(reason.sentence and reason.basis for reason in proposal.reasons)


@given(TYPES, TYPES)
def test_more_columns_never_lower_a_level(types, more):
    assert graded(*types).level.rank <= graded(*types, *more).level.rank
