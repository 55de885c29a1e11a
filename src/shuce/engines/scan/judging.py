"""Weigh a column's name, values and table against each other, and say how sure one can be."""

from collections.abc import Mapping, Sequence
from datetime import date

from shuce.engines.scan.detectors import Detector, Finding, detectors
from shuce.engines.scan.detectors.figures import axis_of, day_of
from shuce.engines.scan.judgement import ColumnSample, Judgement
from shuce.engines.scan.names import NameEvidence, read_name
from shuce.engines.scan.neighbours import by_neighbours
from shuce.engines.scan.rulebook import settings
from shuce.engines.scan.types import Outcome, SemanticType
from shuce.kernel.words import say

# A remark column says nothing of what people wrote into it: only values can show personal data.
_NEVER_BY_NAME = (SemanticType.FREE_TEXT_PII,)
_ENOUGH_VALUES = 3  # fewer cannot rule a type out
_PLAIN_NAME = 0.85  # a name that leaves no doubt, so that a failed check digit is not enough
# "Telephone" is either kind of number; which one, the values say.
_NAMED_ALIKE = {SemanticType.LANDLINE: SemanticType.MOBILE}
_AGAINST_WORTH = 0.7

# In a table about people, their attributes need less to be believed.
_TELL_OF_PEOPLE = (SemanticType.ID_CARD, SemanticType.PERSON_NAME, SemanticType.INSURANCE_NO)
_OF_PEOPLE = (
    SemanticType.BANK_CARD,
    SemanticType.PASSPORT,
    SemanticType.TRAVEL_PERMIT,
    SemanticType.MILITARY_ID,
    SemanticType.MEDICAL,
    SemanticType.BIOMETRIC,
    SemanticType.INSURANCE_NO,
    SemanticType.RELIGION,
    SemanticType.INCOME,
    SemanticType.BIRTH_DATE,
    SemanticType.GENDER,
    SemanticType.ETHNICITY,
)
_BESIDE_PEOPLE, _MEDICAL_BESIDE_PEOPLE = 0.36, 0.5

# Where two types fit equally well, the narrower one is meant.
_NARROWER_FIRST = tuple(SemanticType)


def judge_table(columns: Sequence[ColumnSample], today: date) -> list[Judgement]:
    """Judge every column by itself, then again by what stands beside it."""
    tests = detectors(today)
    judged = [judge_column(column, tests) for column in columns]
    return [_by_context(place, columns, judged) for place in range(len(columns))]


def judge_column(column: ColumnSample, tests: Mapping[SemanticType, Detector]) -> Judgement:
    """Judge a column by its name, comment and values."""
    named = read_name(column.name, column.comment)
    values = column.values
    if not len(values):
        return _by_name_alone(named, (say("没有可检验的值"),))
    scores: list[tuple[float, SemanticType, Finding]] = []
    ruled_out: dict[SemanticType, Finding] = {}
    for of, test in tests.items():
        finding = test(values)
        doubted = finding.named and named.strength(of) >= _PLAIN_NAME
        if finding.against and not doubted and len(values) >= _ENOUGH_VALUES:
            ruled_out[of] = finding
            continue
        scores.append((_confidence(finding, of, named, len(values)), of, finding))
    scores.sort(key=lambda entry: (-round(entry[0], 2), _NARROWER_FIRST.index(entry[1])))
    candidates = tuple((of, score) for score, of, _ in scores if score >= settings().undecidable_at)
    if scores and scores[0][0] >= settings().decide_at:
        score, of, finding = scores[0]
        evidence = (*finding.evidence, *_said_by_name(named, of))
        return Judgement(
            of, min(score, 0.99), Outcome.DECIDED, evidence, candidates[1:4], finding.against
        )
    likeliest = max(named.strengths.values(), default=0.0)
    possible = {
        of: s
        for of, s in named.strengths.items()
        if of not in ruled_out and of not in _NEVER_BY_NAME and s >= likeliest - 0.1
    }
    if possible and max(possible.values()) >= settings().name_only_at:
        weak = NameEvidence(possible, named.against, named.word)
        return _by_name_alone(weak, (say("值不足以判定"),))
    contrary = tuple(
        say("列名像{type}，但{why}", type=of.label, why=finding.evidence[0])
        for of, finding in ruled_out.items()
        if named.strength(of) >= 0.5 and finding.evidence
    )
    if candidates:
        best = scores[0]
        return Judgement(
            SemanticType.NONE,
            1 - best[0],
            Outcome.UNDECIDABLE,
            (say("可能是{type}，证据不足", type=best[1].label), *best[2].evidence, *contrary),
            candidates[:4],
        )
    return Judgement(
        SemanticType.NONE,
        max(0.5, 1 - (scores[0][0] if scores else 0.0)),
        Outcome.DECIDED,
        contrary or (say("没有识别出敏感或标识性内容"),),
    )


def _confidence(finding: Finding, of: SemanticType, named: NameEvidence, count: int) -> float:
    """Return how sure values and name together make us, less where there are few values."""
    alike = _NAMED_ALIKE.get(of)
    name = max(named.strength(of), named.strength(alike) if alike else 0.0)
    others = max((s for t, s in named.strengths.items() if t not in (of, alike)), default=0.0)
    score = finding.alone
    if name:
        score += max(0.0, finding.named - score) * name
    elif not finding.firm:
        score *= 1 - _AGAINST_WORTH * max(named.against, 0.5 * others)
    if name and named.against and not finding.firm:
        score *= 1 - 0.3 * named.against
    return score * count / (count + 0.6)


def _by_name_alone(named: NameEvidence, why: tuple[str, ...]) -> Judgement:
    strengths = {of: s for of, s in named.strengths.items() if of not in _NEVER_BY_NAME}
    of = max(strengths, key=lambda t: strengths[t], default=SemanticType.NONE)
    if named.strength(of) < settings().name_only_at:
        return Judgement(SemanticType.NONE, 0.5, Outcome.DECIDED, why)
    return Judgement(
        of,
        settings().name_only_confidence * named.strengths[of],
        Outcome.NAME_ONLY,
        (*why, *_said_by_name(named, of)),
        ((of, named.strengths[of]),),
    )


def _said_by_name(named: NameEvidence, of: SemanticType) -> tuple[str, ...]:
    if not named.strength(of):
        return ()
    return (say("列名或注释“{word}”表示{type}", word=named.word, type=of.label),)


def _by_context(
    place: int, columns: Sequence[ColumnSample], judged: Sequence[Judgement]
) -> Judgement:
    """Use the columns beside it: a birthday repeats the id, coordinates come in pairs."""
    own = judged[place]
    if own.type is not SemanticType.NONE and own.outcome is Outcome.DECIDED:
        return own
    ids = [c for c, j in zip(columns, judged, strict=True) if j.type is SemanticType.ID_CARD]
    agreeing = max((_birthdays_agree(columns[place], other) for other in ids), default=0.0)
    if agreeing >= 0.5:
        why = say("{share:.0%} 的行与同行身份证号中的出生日期一致", share=agreeing)
        return Judgement(
            SemanticType.BIRTH_DATE,
            0.6 + 0.39 * agreeing,
            Outcome.DECIDED,
            (why, *own.evidence[:1]),
        )
    named = read_name(columns[place].name, columns[place].comment)
    if SemanticType.GPS in dict(own.candidates) and not named.against:
        axis = axis_of(columns[place].values)
        for other in range(max(0, place - 2), min(len(columns), place + 3)):
            could = judged[other].type is SemanticType.GPS or (
                SemanticType.GPS in dict(judged[other].candidates)
                and not read_name(columns[other].name, columns[other].comment).against
            )
            axes = {axis, axis_of(columns[other].values)}
            if could and axes == {"longitude", "latitude"}:
                why = say("与列 {other} 组成经纬度", other=columns[other].name)
                return Judgement(SemanticType.GPS, 0.85, Outcome.DECIDED, (why, *own.evidence))
    return by_neighbours(place, columns, named, judged) or _beside_people(own, named, judged)


def _beside_people(own: Judgement, named: NameEvidence, judged: Sequence[Judgement]) -> Judgement:
    """Decide what nearly is a person's attribute where the table tells of people."""
    people = [
        judgement.type.label
        for judgement in judged
        if judgement.type in _TELL_OF_PEOPLE and judgement.outcome is Outcome.DECIDED
    ]
    for of, score in own.candidates:
        needed = _BESIDE_PEOPLE if of in _OF_PEOPLE and named.strength(of) >= 0.4 else 1.0
        if of is SemanticType.MEDICAL and not named.against:
            needed = min(needed, _MEDICAL_BESIDE_PEOPLE)
        if people and score >= needed and own.outcome is Outcome.UNDECIDABLE:
            why = say("同表有{others}等列，是关于人的表", others="、".join(people[:2]))
            sure = max(settings().decide_at, score)
            return Judgement(of, sure, Outcome.DECIDED, (*own.evidence[1:], why))
    return own


def _birthdays_agree(column: ColumnSample, ids: ColumnSample) -> float:
    """Return the share of rows whose day equals the birthday in the same row's id number."""
    compared = agreed = 0
    for day_text, number in zip(column.rows, ids.rows, strict=False):
        if not day_text or not number or len(number.strip()) != 18:
            continue
        day = day_of(day_text.strip())
        if day is None:
            continue
        compared += 1
        agreed += f"{day:%Y%m%d}" == number.strip()[6:14]
    return agreed / compared if compared >= 5 else 0.0
