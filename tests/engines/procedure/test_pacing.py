"""How long each step took, found from what happened."""

from shuce.engines.procedure import Verdict, decide, resubmit, start
from shuce.engines.procedure.pacing import Pace, pace_of_steps
from tests.engines.procedure.office import MONDAY, later, shipped


def act(found, state, step, days, verdict=Verdict.APPROVE, actor="somebody", back=None):
    return decide(
        found,
        state,
        step=step,
        actor=actor,
        verdict=verdict,
        at=later(days),
        opinion_given=True,
        return_to=back,
    )


def test_a_step_is_timed_from_the_end_of_what_came_before_it_in_every_round():
    found = shipped("card_entry")
    state = start(found, {}, maker="keeper", at=MONDAY)
    state = act(found, state, "finance", 2)
    state = act(found, state, "security", 5)
    state = act(found, state, "head", 6, Verdict.RETURN, back="start")
    assert pace_of_steps([(found, state)]) == {
        "finance": Pace(1, 2, 2),  # its sibling took five days, which are not finance's
        "security": Pace(1, 5, 5),
        "head": Pace(1, 1, 1),
    }
    state = resubmit(found, state, actor="keeper", at=later(10))
    assert pace_of_steps([(found, state)])["head"] == Pace(1, 1, 1)  # not yet asked again
    state = act(found, state, "finance", 11)
    state = act(found, state, "security", 12)
    state = act(found, state, "head", 15)
    assert pace_of_steps([(found, state)]) == {
        "finance": Pace(2, 1.5, 2),
        "security": Pace(2, 3.5, 5),
        "head": Pace(2, 2, 3),
    }


def test_the_slow_tenth_shows_in_the_90th_percentile_and_not_in_the_median():
    found = shipped("card_entry")
    runs = []
    for days in (1, 1, 1, 1, 1, 1, 1, 1, 9, 20):
        state = start(found, {}, maker="keeper", at=MONDAY)
        runs.append((found, act(found, state, "finance", days)))
    assert pace_of_steps(runs) == {"finance": Pace(10, 1, 9)}
    assert pace_of_steps([]) == {}
