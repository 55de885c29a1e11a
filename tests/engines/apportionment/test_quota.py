import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuce.engines.apportionment import (
    BadCase,
    Piece,
    RunningShares,
    Schedule,
    largest_remainder,
    share_known_events,
)

pytestmark = pytest.mark.clause("G-10", "N-7")

amounts = st.one_of(st.integers(0, 3), st.integers(0, 40), st.integers(0, 10**9))
weights = st.one_of(st.integers(0, 6), st.fractions(0, 5, max_denominator=30))


@st.composite
def mixes(draw, least=1, most=8):
    width = draw(st.integers(least, most))
    return draw(st.lists(weights, min_size=width, max_size=width).filter(any))


@st.composite
def changing_events(draw, least=1, most=8):
    width = draw(st.integers(least, most))
    mix = st.lists(st.integers(0, 5), min_size=width, max_size=width).filter(any)
    return draw(st.lists(st.tuples(amounts, mix), min_size=1, max_size=30))


def assert_the_quota_holds(events, lines):
    """Check from first principles: sums, no negative line, under one fen at every moment."""
    width = len(events[0][1])
    held, exact = [0] * width, [Fraction(0)] * width
    for (amount, mix), line in zip(events, lines, strict=True):
        assert sum(line) == amount
        assert min(line) >= 0
        for i in range(width):
            held[i] += line[i]
            exact[i] += Fraction(amount) * mix[i] / sum(mix)
        assert all(abs(h - x) < 1 for h, x in zip(held, exact, strict=True))


def by_the_book(events, mix):
    """Balinski and Young's rank, event by event, in fractions: the slow and plain way."""
    whole, total, held, lines = Fraction(sum(mix)), 0, [0] * len(mix), []
    for amount in events:
        total += amount
        exact = [total * weight / whole for weight in mix]
        now = [max(h, x // 1) for h, x in zip(held, exact, strict=True)]
        while sum(now) < total:
            begun = [i for i in range(len(mix)) if now[i] < exact[i]]
            now[max(begun, key=lambda i: (Fraction(mix[i]) / (now[i] + 1), -i))] += 1
        lines.append(tuple(n - h for n, h in zip(now, held, strict=True)))
        held = now
    return lines


@given(st.lists(amounts, min_size=1, max_size=60), mixes())
def test_one_mix_stays_under_one_fen_at_every_moment(events, mix):
    _, lines = RunningShares.opened(Schedule.constant(mix)).after_all(events)
    assert_the_quota_holds([(amount, mix) for amount in events], lines)


@given(st.lists(amounts, max_size=40), mixes(most=5))
def test_the_lines_are_those_of_the_quota_method(events, mix):
    _, lines = RunningShares.opened(Schedule.constant(mix)).after_all(events)
    assert lines == by_the_book(events, mix)


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.integers(0, 9), st.integers(10, 5000)), min_size=70, max_size=200),
    mixes(most=6),
)
def test_many_at_once_give_the_lines_of_one_by_one(events, mix):
    opened = RunningShares.opened(Schedule.constant(mix))
    at_once, lines = opened.after_all(events)
    running, singly = opened, []
    for amount in events:
        running, line = running.after(amount)
        singly.append(line)
    assert lines == singly
    assert at_once.to_json() == running.to_json()


@given(changing_events())
def test_known_events_of_changing_mixes_stay_under_one_fen(events):
    assert_the_quota_holds(events, share_known_events(events))


@given(changing_events(least=1, most=3))
def test_up_to_three_parties_stay_under_one_fen_whatever_is_amended(events):
    running, lines = RunningShares.opened(Schedule.constant(events[0][1])), []
    for amount, mix in events:
        running, line = running.amended(mix).after(amount)
        lines.append(line)
    assert_the_quota_holds(events, lines)


@given(changing_events(least=4, most=8))
def test_after_any_amendment_lines_still_sum_and_none_is_negative(events):
    running = RunningShares.opened(Schedule.constant(events[0][1]))
    for amount, mix in events:
        running, line = running.amended(mix).after(amount)
        assert sum(line) == amount
        assert min(line) >= 0


def test_no_rule_can_promise_a_fen_to_four_parties_whose_mix_is_amended_unseen():
    """By symmetry every rule does the same here, up to names: the promise has to end somewhere."""
    running = RunningShares.opened(Schedule.constant([1, 1, 1, 1]))
    for mix in ([1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 1]):
        running, _ = running.amended(mix).after(1)
    assert running.worst_deviation() == Fraction(13, 12)
    known = share_known_events([(1, [1, 1, 1, 1]), (1, [0, 1, 1, 1]), (1, [0, 0, 1, 1])])
    assert_the_quota_holds([(1, [1, 1, 1, 1]), (1, [0, 1, 1, 1]), (1, [0, 0, 1, 1])], known)


def test_per_event_rounding_drifts_where_the_quota_rule_does_not():
    mix, events = [1, 1, 1], [1] * 300
    drifted = [sum(line) for line in zip(*(largest_remainder(1, mix) for _ in events), strict=True)]
    held, _ = RunningShares.opened(Schedule.constant(mix)).after_all(events)
    assert drifted == [300, 0, 0]
    assert held.given == (100, 100, 100)


@given(st.lists(amounts, min_size=1, max_size=20), mixes(), st.integers(0, 20))
def test_an_account_kept_as_json_goes_on_as_if_it_had_never_stopped(events, mix, stop):
    opened = RunningShares.opened(Schedule([Piece(0, tuple(mix)), Piece(7, tuple(mix[::-1]))]))
    whole, lines = opened.after_all(events)
    half, first = opened.after_all(events[:stop])
    resumed = RunningShares.from_json(json.loads(json.dumps(half.to_json())))
    end, rest = resumed.after_all(events[stop:])
    assert first + rest == lines
    assert end.to_json() == whole.to_json()


@given(st.lists(st.integers(0, 60), max_size=30), st.lists(mixes(4, 4), min_size=2, max_size=4))
def test_a_schedule_of_tiers_stays_under_one_fen(events, tiers):
    starts = [Fraction(0), Fraction(50, 3), Fraction(40), Fraction(121, 2)]
    schedule = Schedule([Piece(s, tuple(t)) for s, t in zip(starts, tiers, strict=False)])
    running = RunningShares.opened(schedule)
    for amount in events:
        running, line = running.after(amount)
        assert sum(line) == amount
        assert min(line) >= 0
        assert running.worst_deviation() < 1


def test_a_fen_is_due_when_the_share_reaches_it_though_it_then_stands_still():
    schedule = Schedule([Piece(0, (1, 0)), Piece(5, (0, 1)), Piece(9, (1, 1))])
    assert [schedule.due(0, fen) for fen in (0, 5, 6)] == [0, 5, 11]
    assert [schedule.due(1, fen) for fen in (1, 4, 5)] == [6, 9, 11]
    assert Schedule.constant([1, 0]).due(1, 1) is None


def test_a_refund_is_refused_since_no_line_may_be_negative():
    running = RunningShares.opened(Schedule.constant([1, 2]))
    with pytest.raises(BadCase, match="第 2 笔金额为负"):
        running.after_all([5, -1])
    assert running.after(5)[1] == (2, 3)


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [Piece(1, (1,))],
        [Piece(0, (0, 0))],
        [Piece(0, (1, -1))],
        [Piece(0, (1, 1)), Piece(0, (1, 1))],
        [Piece(0, (1, 1)), Piece(5, (1,))],
    ],
)
def test_a_schedule_that_is_no_function_is_refused(pieces):
    with pytest.raises(ValueError, match=r"schedule|weight|pieces"):
        Schedule(pieces)
