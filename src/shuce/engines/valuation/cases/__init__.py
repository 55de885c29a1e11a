"""Worked cases as anyone may write them: `{"id", "kind", "inputs"}` in, named outputs out.

`KINDS` answers the inputs of each kind of valuation case and raises `Refused` for a case at fault;
the engines of price and shares have tables of the same shape.
"""

from collections.abc import Callable, Iterable, Mapping

from shuce.engines.valuation.cases.appraisal import APPRAISAL
from shuce.engines.valuation.cases.contribution import CONTRIBUTION
from shuce.engines.valuation.cases.finance import FINANCE
from shuce.engines.valuation.cases.reader import Answer, Inputs
from shuce.engines.valuation.cases.uncertainty import UNCERTAINTY
from shuce.kernel.refusals import Refused
from shuce.kernel.words import say

Kind = Callable[[Mapping[str, object]], Answer]


def _kind(answer: Callable[[Inputs], Answer]) -> Kind:
    return lambda inputs: answer(Inputs(inputs))


KINDS: dict[str, Kind] = {
    name: _kind(answer)
    for name, answer in {**FINANCE, **APPRAISAL, **CONTRIBUTION, **UNCERTAINTY}.items()
}


def answer(cases: Iterable[object], kinds: Mapping[str, Kind] | None = None) -> dict[str, Answer]:
    """Answer every case by its id; a case at fault gets its error and stops no other.

    A case without an id is filed under `#` and its place (from 0), a repeated id under the id, `#`
    and its place, so that nothing is lost.
    """
    answers: dict[str, Answer] = {}
    for place, case in enumerate(cases):
        number = case.get("id") if isinstance(case, Mapping) else None
        name = str(number) if isinstance(number, str | int) else f"#{place}"
        if name in answers:
            name = f"{name}#{place}"
            answers[name] = _failed(name, say("算例编号重复"))
        else:
            answers[name] = _answered(name, case, KINDS if kinds is None else kinds)
    return answers


def _answered(name: str, case: object, kinds: Mapping[str, Kind]) -> Answer:
    if not isinstance(case, Mapping) or case.get("id") is None:
        return _failed(name, say("算例应当有 id、kind 与 inputs"))
    kind, inputs = case.get("kind"), case.get("inputs")
    if not isinstance(kind, str) or kind not in kinds:
        return _failed(name, say("没有“{kind}”这种算例", kind=kind))
    if not isinstance(inputs, Mapping):
        return _failed(name, say("算例应当有 id、kind 与 inputs"))
    try:
        return kinds[kind](inputs)
    except Refused as refusal:
        return _failed(name, str(refusal))
    except (ArithmeticError, LookupError, TypeError, ValueError) as fault:
        # Inputs of a shape that no reader foresaw, or another engine's own refusal: the case
        # fails, the others must not.
        return _failed(name, say("算例无法计算：{fault}", fault=str(fault) or type(fault).__name__))


def _failed(name: str, error: str) -> Answer:
    return {"id": name, "error": error}
