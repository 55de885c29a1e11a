"""Carry out an erasure: what stood there is destroyed, and then looked for."""

from collections.abc import Callable

from shuce.engines.erasure import files, tables
from shuce.engines.erasure.methods import Medium, Method, suitability_of
from shuce.engines.erasure.proof import CannotErase, Proof, Step
from shuce.engines.erasure.target import Outcome, Target
from shuce.kernel.words import say

OnStep = Callable[[str], None]


def erase(target: Target, medium: Medium, method: Method, on_step: OnStep | None = None) -> Proof:
    """Destroy `target` and return the proof; `on_step` hears of each step as it is done.

    Raises CannotErase, before anything is touched, where the method does not suit.
    """
    way = suitability_of(medium, method)
    if way is None:
        raise CannotErase("“{method}”不适用于{medium}", method=method.label, medium=medium.label)
    steps: list[Step] = []

    def note(what: str, outcome: str) -> None:
        steps.append(Step(what, outcome))
        if on_step is not None:
            on_step(what)

    carried_out = _ways[method](target, note)
    return Proof(
        medium,
        method,
        way.level,
        say(way.limits) if way.limits else "",
        carried_out.before,
        carried_out.after,
        carried_out.samples,
        carried_out.found_again,
        tuple(steps),
    )


_ways: dict[Method, Callable[[Target, Callable[[str, str], None]], Outcome]] = {
    Method.OVERWRITE: files.overwrite,
    Method.CRYPTO_ERASE: files.destroy_key,
    Method.DROP_TABLE: tables.drop,
}
