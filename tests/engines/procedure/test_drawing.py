from xml.etree import ElementTree

import pytest

from shuce.engines.procedure import Verdict, decide, draw, start
from tests.engines.procedure.office import (
    MONDAY,
    SHIPPED,
    approve,
    inside,
    parallel,
    procedure,
    review,
    send_back,
    shipped,
)

SVG = "{http://www.w3.org/2000/svg}"
FOUND = procedure(
    parallel("both", inside("a"), inside("b")),
    review("odd", 'when = {fact = "big", is = "==", value = true}'),
    review("last", 'may_return_to = ["start", "both"]'),
    facts='big = {type = "bool", title = "<重大>"}',
)


def standings(svg: str) -> dict[str, str]:
    return {
        group.get("data-step", ""): group.get("class", "").removeprefix("step ")
        for group in ElementTree.fromstring(svg).iter(f"{SVG}g")
        if group.get("data-step")
    }


def test_every_step_shows_where_the_case_stands() -> None:
    state = start(FOUND, {"big": False}, maker="m", at=MONDAY)
    state = approve(FOUND, state, "a")
    assert standings(draw(FOUND, state)) == {
        "a": "done",
        "b": "current",
        "odd": "todo",
        "last": "todo",
    }
    state = approve(FOUND, state, "b")
    assert standings(draw(FOUND, state))["odd"] == "skipped"
    back = send_back(FOUND, state, "last", "both")
    assert standings(draw(FOUND, back))["last"] == "returned"
    rejected = decide(
        FOUND,
        state,
        step="last",
        actor="x",
        verdict=Verdict.REJECT,
        at=MONDAY,
        opinion_given=True,
    )
    assert standings(draw(FOUND, rejected))["last"] == "rejected"
    assert set(standings(draw(FOUND)).values()) == {"todo"}


def test_the_drawing_can_be_read_without_seeing_colours_or_the_drawing() -> None:
    svg = ElementTree.fromstring(draw(FOUND, start(FOUND, {"big": True}, maker="m", at=MONDAY)))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "示例审批"
    assert svg.findtext(f"{SVG}title") == "示例审批"
    assert "a审查 ● 办理中" in (svg.findtext(f"{SVG}desc") or "")
    words = "".join(text.text or "" for text in svg.iter(f"{SVG}text"))
    assert "● 办理中" in words
    assert "<重大>" in words


def test_no_style_sheet_and_no_script_is_inside() -> None:
    svg = draw(FOUND)
    assert "<style" not in svg
    assert "style=" not in svg
    assert "<script" not in svg


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.toml")), ids=lambda file: file.stem)
def test_everything_drawn_lies_inside_the_picture_and_no_two_steps_cover_each_other(
    file: object,
) -> None:
    svg = ElementTree.fromstring(draw(shipped(file.stem)))
    _, _, width, height = map(int, svg.get("viewBox", "").split())
    boxes = [
        tuple(int(rect.get(name, "")) for name in ("x", "y", "width", "height"))
        for rect in svg.iter(f"{SVG}rect")
    ]
    for x, y, w, h in boxes:
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    for number, (x, y, w, h) in enumerate(boxes):
        for x2, y2, w2, h2 in boxes[:number]:
            assert x2 + w2 <= x or x + w <= x2 or y2 + h2 <= y or y + h <= y2


def test_the_words_go_through_the_readers_language() -> None:
    svg = draw(FOUND, language_say=lambda sentence: f"~{sentence}")
    assert "~a审查" in svg
    assert "~示例审批" in svg
