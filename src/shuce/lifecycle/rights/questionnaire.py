"""The questions of the security assessment, as data: more of them the stricter the grade."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from shuce.lifecycle.register.words import Grade


@dataclass(frozen=True)
class Question:
    """One question; from `from_grade` on it is put, and with `evidence` a paper must be named."""

    key: str
    text: str
    from_grade: Grade = Grade.L1
    evidence: bool = False


def questions_for(grade: Grade | None, day: date) -> tuple[Question, ...]:
    """Return what is asked of data of `grade` by the list in force on `day`; ungraded, all."""
    return tuple(
        question
        for question in _list_on(day)
        if grade is None or question.from_grade.strictness <= grade.strictness
    )


def text_of(key: str) -> str:
    """Return the wording of a question of any list, for assessments made under an older one."""
    return next(
        (one.text for _, asked in reversed(_lists()) for one in asked if one.key == key), key
    )


def _list_on(day: date) -> tuple[Question, ...]:
    in_force = [asked for since, asked in _lists() if since <= day]
    return in_force[-1] if in_force else _lists()[0][1]


@cache
def _lists() -> tuple[tuple[date, tuple[Question, ...]], ...]:
    text = (files("shuce.lifecycle.rights") / "questionnaire.toml").read_text("utf-8")
    lists = [
        (
            one["effective_from"],
            tuple(
                Question(**{**asked, "from_grade": Grade(asked.get("from_grade", Grade.L1))})
                for asked in one["questions"]
            ),
        )
        for one in tomllib.loads(text)["lists"]
    ]
    return tuple(sorted(lists, key=lambda one: one[0]))
