import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation

from shuce.foundation.office import showing
from shuce.foundation.office.showing import badge, day, icon, moment, plain, show, tone
from shuce.kernel.choices import Choice
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money
from shuce.kernel.refusals import Obstacle


class State(Choice):
    IN_FORCE = "IN_FORCE", "有效"
    REVOKED = "REVOKED", "已撤销"


@pytest.mark.parametrize(
    ("code", "colour"),
    [
        ("IN_FORCE", "green"),
        ("APPROVED", "green"),
        ("PENDING", "yellow"),
        ("UNDER_REVIEW", "yellow"),
        ("REVOKED", "red"),
        ("REFUSED", "red"),
        ("EXPIRED", "secondary"),
        ("NOT_APPROVED", "secondary"),
        ("SOMETHING", "blue"),
    ],
)
def test_the_colour_of_a_state_follows_from_its_code(code, colour):
    assert tone(code) == colour


def test_a_badge_shows_the_label_and_escapes_what_is_not_ours():
    assert "有效" in badge(State.IN_FORCE)
    assert "&lt;script&gt;" in badge("<script>")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 3, 5), "2026年3月5日"),
        (datetime(2026, 3, 5, 16, 30, tzinfo=UTC), "2026年3月6日 00:30"),
        (1234567, "1,234,567"),
        (True, "是"),
        (["甲", State.REVOKED], "甲、已撤销"),
    ],
)
def test_values_are_shown_as_offices_write_them(value, shown):
    with translation.override("zh-hans"):
        assert show(value) == shown


def test_an_english_reader_sees_english_days():
    with translation.override("en"):
        assert day(date(2026, 3, 5)) == "5 March 2026"
        assert moment(datetime(2026, 3, 5, 1, tzinfo=UTC)) == "5 March 2026 09:00"


def test_nothing_is_a_dash():
    assert plain(None) == "—"
    assert "—" in show("")


def test_plain_holds_no_mark_up():
    assert plain(Money(-5)) == "-¥0.05"
    assert plain(State.REVOKED) == "已撤销"


def test_an_unknown_icon_is_a_bug_seen_at_once():
    assert "<svg" in icon("search")
    with pytest.raises(KeyError):
        icon("no-such-icon")


def rendered(text: str, **context: object) -> str:
    return Template("{% load office %}" + text).render(Context(context))


def test_every_icon_named_anywhere_is_there():
    source = Path(showing.__file__).parents[2]
    named = set()
    for file in [*source.rglob("*.html"), *source.rglob("*.py")]:
        text = file.read_text("utf-8")
        named |= set(re.findall(r"""\{% icon ['"]([\w-]+)|icon=['"]([\w-]+)""", text))
    missing = {one or other for one, other in named} - set(showing._icons())
    assert missing == set()


def test_obstacles_are_listed_with_their_clauses():
    shown = rendered(
        "{% obstacles found %}",
        found=[Obstacle("未评估", Clause.G_8), Obstacle("未决策")],
    )
    assert "财资〔2023〕141号（八）" in shown
    assert "未决策" in shown
    assert rendered("{% obstacles found %}", found=[]).strip() == ""


def test_a_chart_is_data_and_never_script():
    shown = rendered("{% chart option title='图' %}", option={"title": "</script><b>"})
    assert 'type="application/json"' in shown
    assert "</script><b>" not in shown


def test_facts_and_timeline_escape_what_people_typed():
    shown = rendered(
        "{% facts pairs %}{% timeline moments %}",
        pairs=[("备注", "<b>")],
        moments=[(date(2026, 3, 5), "<i>", "<u>", "王敏")],
    )
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "<u>" not in shown
