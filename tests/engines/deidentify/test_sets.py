"""De-identified sets: whoever reads one finds nobody alone, whatever the table and the recipe."""

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuce.engines.deidentify import (
    Part,
    PartRole,
    Recipe,
    RecipeFault,
    Refusal,
    Technique,
    faults_in,
    make_set,
)

pytestmark = pytest.mark.clause("G-8")
COLUMNS = "who BIGINT, age BIGINT, district VARCHAR, seen DATE, illness VARCHAR, fee DOUBLE"
AGE = Part("age", Technique.BAND, width=10)
ILLNESS = Part("illness", Technique.KEEP, PartRole.SENSITIVE)
NAMES = Part("who", Technique.PSEUDONYM, PartRole.SUBJECT)


def table(folder: Path, rows: list[tuple[Any, ...]]) -> Path:
    file = folder / "held.parquet"
    engine = duckdb.connect()
    engine.execute(f"CREATE TABLE held ({COLUMNS})")
    if rows:
        engine.executemany("INSERT INTO held VALUES (?, ?, ?, ?, ?, ?)", rows)
    engine.execute(f"COPY held TO '{file}' (FORMAT parquet)")
    engine.close()
    return file


def person(number: int, age: int = 30, illness: str = "感冒", district: str = "310101") -> tuple:
    return (number, age, district, "2026-01-05", illness, 12.5)


def made(folder: Path, rows: list[tuple[Any, ...]], recipe: Recipe, row_filter: str = ""):
    target = folder / "made.parquet"
    report = make_set(table(folder, rows), target, recipe, "who", row_filter)
    return report, duckdb.execute("SELECT * FROM read_parquet(?)", [str(target)]).fetchall()


def test_small_groups_are_left_out_and_the_share_of_rows_is_told(tmp_path):
    rows = [person(n, 30 + n % 10, "感冒" if n % 2 else "骨折") for n in range(20)]
    rows += [person(100 + n, 90) for n in range(4)]
    report, left = made(tmp_path, rows, Recipe((AGE, ILLNESS)))
    assert {row[0] for row in left} == {"30–39"}
    assert len(left) == 20
    assert (report.groups, report.smallest_group, report.rows_lost) == (1, 20, 17)
    assert report.prosecutor == 0.05


def test_a_group_whose_people_share_one_illness_is_left_out(tmp_path):
    rows = [person(n, 30, "感冒") for n in range(30)]
    rows += [person(100 + n, 40, "感冒" if n % 2 else "骨折") for n in range(30)]
    _, left = made(tmp_path, rows, Recipe((AGE, ILLNESS)))
    assert {row[0] for row in left} == {"40–49"}


def test_an_illness_of_few_people_is_blanked(tmp_path):
    rows = [person(n, 30, "感冒" if n % 2 else "骨折") for n in range(30)] + [
        person(99, 30, "罕见")
    ]
    report, left = made(tmp_path, rows, Recipe((AGE, ILLNESS)))
    assert {row[1] for row in left} == {"感冒", "骨折", None}
    assert report.sensitive[0].blanked == 4


def test_people_are_counted_and_not_their_rows(tmp_path):
    rows = [person(7, 30, illness) for illness in ("感冒", "骨折") * 20]
    with pytest.raises(Refusal):
        made(tmp_path, rows, Recipe((AGE, ILLNESS)))


def test_where_rows_are_linked_a_group_is_what_all_of_a_persons_rows_say(tmp_path):
    """Each row alone stands among many; the pair of both ages is one person's."""
    rows = [person(n, age) for n in range(20) for age in (30, 40)]
    rows += [person(50, 30), person(50, 50), *(person(60 + n, 50) for n in range(20))]
    kept = Recipe((NAMES, AGE))
    _, left = made(tmp_path, rows, kept)
    by_name = defaultdict(list)
    for name, age in left:
        by_name[name].append(age)
    assert len(by_name) == 40
    assert {tuple(sorted(ages)) for ages in by_name.values()} == {("30–39", "40–49"), ("50–59",)}
    unlinked = made(tmp_path, rows, Recipe((AGE,)))[1]
    assert len(unlinked) == len(left) + 2


def test_pseudonyms_are_fresh_in_every_set(tmp_path):
    rows = [person(n) for n in range(10)]
    first, second = (
        {row[0] for row in made(tmp_path, rows, Recipe((NAMES, AGE)))[1]} for _ in range(2)
    )
    assert len(first) == len(second) == 10
    assert not first & second


def test_each_way_treats_a_column_as_it_says(tmp_path):
    rows = [person(n, 15 if n < 10 else 85) for n in range(20)]
    parts = (
        Part("age", Technique.BAND, width=20, low=18, high=80),
        Part("district", Technique.MASK, keep=4),
        Part("seen", Technique.MONTH),
        Part("fee", Technique.CLIP, low=20),
    )
    _, left = made(tmp_path, rows, Recipe(parts))
    assert set(left) == {("<18", "3101**", "2026-01", 20.0), ("≥80", "3101**", "2026-01", 20.0)}
    _, years = made(tmp_path, rows, Recipe((Part("seen", Technique.YEAR),)))
    assert set(years) == {("2026",)}
    _, bands = made(tmp_path, rows, Recipe((Part("fee", Technique.BAND, width=5),)))
    assert set(bands) == {("[10.0, 15.0)",)}


def test_only_the_rows_of_the_grant_leave(tmp_path):
    rows = [person(n, 30 if n < 20 else 50) for n in range(40)]
    report, left = made(tmp_path, rows, Recipe((AGE,)), "age < 50")
    assert set(left) == {("30–39",)}
    assert report.people == 20


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(()),
        Recipe((AGE,), k=4),
        Recipe((AGE, ILLNESS), diversity=1),
        Recipe((AGE, AGE)),
        Recipe((NAMES,)),
        Recipe((NAMES, Part("age", Technique.PSEUDONYM, PartRole.SUBJECT))),
        Recipe((Part("who", Technique.PSEUDONYM),)),
        Recipe((Part("who", Technique.KEEP, PartRole.SUBJECT), AGE)),
        Recipe((Part("age", Technique.BAND),)),
        Recipe((Part("age", Technique.MASK),)),
        Recipe((Part("age", Technique.CLIP),)),
        Recipe((Part("age", Technique.CLIP, low=9, high=8),)),
        Recipe(
            tuple(Part(c, Technique.KEEP, PartRole.SENSITIVE) for c in ("age", "illness", "fee"))
        ),
    ],
)
def test_what_is_wrong_with_a_recipe_is_said(recipe):
    assert list(faults_in(recipe))


@pytest.mark.parametrize(
    "part",
    [
        Part("district", Technique.BAND, width=5),
        Part("district", Technique.MONTH),
        Part("illness", Technique.CLIP, low=1),
        Part("none", Technique.KEEP),
    ],
)
def test_a_way_that_does_not_fit_the_column_is_refused(tmp_path, part):
    with pytest.raises(Refusal):
        made(tmp_path, [person(n) for n in range(20)], Recipe((part,)))


@pytest.mark.parametrize("value", [None, {}, {"parts": [], "k": "5", "diversity": 2}, {"parts": 3}])
def test_what_is_no_recipe_is_not_read_as_one(value):
    with pytest.raises(RecipeFault):
        Recipe.from_json(value)


_rows = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.one_of(st.none(), st.integers(-5, 95)),
        st.one_of(st.none(), st.sampled_from(["a", "a, b", "b", "310101", "(a"])),
        st.sampled_from([None, "2025-12-31", "2026-01-05"]),
        st.one_of(st.none(), st.sampled_from("甲乙丙")),
        st.sampled_from([None, 1.5, 40.0]),
    ),
    min_size=30,
    max_size=250,
)
_ages = st.sampled_from(
    [
        Part("age", Technique.BAND, width=50),
        Part("age", Technique.BAND, width=20, low=18),
        Part("age", Technique.CLIP, low=20, high=22),
        Part("age", Technique.KEEP),
    ]
)
_places = st.sampled_from(
    [Part("district", Technique.KEEP), Part("district", Technique.MASK, keep=1)]
)
_days = st.sampled_from(
    [Part("seen", Technique.MONTH), Part("seen", Technique.YEAR), Part("seen", Technique.KEEP)]
)


@st.composite
def _recipes(draw):
    quasi = draw(st.lists(st.one_of(_ages, _places, _days), min_size=1, max_size=3))
    parts = list({part.column: part for part in quasi}.values())
    if draw(st.booleans()):
        parts.append(ILLNESS)
    if draw(st.booleans()):
        parts.insert(0, NAMES)
    return Recipe(tuple(parts), draw(st.integers(5, 8)), draw(st.integers(2, 3)))


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=_rows, recipe=_recipes())
def test_every_released_combination_holds_k_people(tmp_path, rows, recipe):
    """Counted in plain Python, without the engine that chose what to leave out."""
    try:
        report, left = made(tmp_path, rows, recipe)
    except Refusal:
        return
    names = [part.column for part in recipe.parts]
    quasi = [names.index(part.column) for part in recipe.of_role(PartRole.QUASI)]
    linked = bool(recipe.of_role(PartRole.SUBJECT))
    if linked:
        said = defaultdict(list)
        kinds = defaultdict(list)
        for row in left:
            said[row[0]].append(tuple(row[place] for place in quasi))
            if ILLNESS in recipe.parts:
                kinds[row[0]].append(row[names.index("illness")])
        groups = Counter(tuple(sorted(map(repr, rows))) for rows in said.values())
        assert min(groups.values()) >= recipe.k
        if ILLNESS in recipe.parts:
            values = defaultdict(set)
            for name, rows_said in said.items():
                shown = tuple(sorted(one for one in kinds[name] if one is not None))
                values[tuple(sorted(map(repr, rows_said)))] |= {shown} - {()}
            assert min(map(len, values.values())) >= recipe.diversity
    else:
        people = _people_of(tmp_path, rows, recipe, {tuple(row[p] for p in quasi) for row in left})
        assert min(map(len, people.values())) >= recipe.k
        if ILLNESS in recipe.parts:
            values = defaultdict(set)
            for row in left:
                values[tuple(row[p] for p in quasi)] |= {row[names.index("illness")]} - {None}
            assert min(map(len, values.values())) >= recipe.diversity
    assert report.smallest_group >= recipe.k
    assert report.rows <= len(left) < report.rows + recipe.k


def _people_of(folder, rows, recipe, combinations) -> dict[tuple, set]:
    """Work the same treatment out in plain Python, to count people without the engine."""
    found: dict[tuple, set] = {combination: set() for combination in combinations}
    for who, *values in rows:
        held = dict(zip(("age", "district", "seen"), values, strict=False))
        says = tuple(_plainly(part, held[part.column]) for part in recipe.of_role(PartRole.QUASI))
        if says in found:
            found[says].add(who)
    return found


def _plainly(part: Part, value: Any) -> Any:
    if value is None:
        return None
    match part.way:
        case Technique.BAND:
            if part.low is not None and value < part.low:
                return f"<{part.low}"
            width = int(part.width)
            return f"{value // width * width}–{value // width * width + width - 1}"
        case Technique.CLIP:
            return min(max(value, part.low), part.high)
        case Technique.MASK:
            return value[: part.keep] + "*" * max(0, len(value) - part.keep)
        case Technique.MONTH:
            return value[:7]
        case Technique.YEAR:
            return value[:4]
    return value
