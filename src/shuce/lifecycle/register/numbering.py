"""How cards are numbered: the pattern of the nearest body above that set one, or the usual one."""

import re
from collections.abc import Iterator, Sequence

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_numbers
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Obstacle, refuse_if
from shuce.lifecycle.register import events
from shuce.lifecycle.register.models import Card, NumberPattern

# The holder's code, year, class and serial: unique in the country without a central office.
USUAL = "{USCC}-{YEAR}-A0806-{SERIAL:6}"
_LONGEST_NUMBER = 40
_TOKEN = re.compile(r"\{([A-Z]+)(?::(\d{1,2}))?\}")
_KNOWN = {"USCC": 18, "YEAR": 4, "CLASS": 9, "REGION": 6}
_LITERAL = re.compile(r"[A-Za-z0-9\u4e00-\u9fff\-_/.()]*")


def obstacles_to_pattern(pattern: str) -> Iterator[Obstacle]:
    """Yield every reason a pattern cannot number cards."""
    tokens = _TOKEN.findall(pattern)
    names = [name for name, _ in tokens]
    for name in names:
        if name not in (*_KNOWN, "SERIAL"):
            yield _wrong("编号规则里没有“{name}”这一项", name=name)
    if not _LITERAL.fullmatch(_TOKEN.sub("", pattern)):
        yield _wrong("编号规则只能用字母、数字、汉字和 - _ / . 以及 {USCC} 等项目")
    if names.count("SERIAL") != 1 or not pattern.endswith("}") or names[-1:] != ["SERIAL"]:
        yield _wrong("编号规则须以一个流水号 {SERIAL} 结尾")
    if "USCC" not in names:
        yield _wrong("编号规则须含 {USCC}，不同单位的编号才不会重复")
    if any(name != "SERIAL" and width for name, width in tokens):
        yield _wrong("只有流水号可以规定位数，如 {SERIAL:6}")
    if any(name == "SERIAL" and width and not 3 <= int(width) <= 10 for name, width in tokens):
        yield _wrong("流水号应为3至10位")
    if _length(pattern) > _LONGEST_NUMBER:
        yield _wrong("按此规则编出的编号超过{most}个字", most=_LONGEST_NUMBER)


@command
def set_number_pattern(organization: Organization, pattern: str, *, by: Signature) -> NumberPattern:
    """Number the cards entered from now on by `pattern`, for a body and all below it."""
    by.require(Permission.CARD_DESIGN, within=organization)
    refuse_if(obstacles_to_pattern(pattern))
    made = NumberPattern.objects.create(organization=organization, pattern=pattern, set_at=by.at)
    record(events.NumberPatternSet(made.id, pattern, organization_id=organization.id), by)
    return made


def pattern_for(organization: Organization) -> str:
    """Return the newest pattern of the nearest body above, the body itself first."""
    path = organization.path.strip("/").split("/")
    set_above = NumberPattern.objects.filter(organization_id__in=path).order_by("id")
    newest = {one.organization_id: one.pattern for one in set_above}
    return next((newest[one] for one in reversed(path) if one in newest), USUAL)


def give_numbers(cards: Sequence[Card], year: int) -> list[str]:
    """Give cards of one body their numbers, in order; never one that a card has already.

    Two patterns that a body had one after the other may spell the same number.
    """
    if not cards:
        return []
    pattern = pattern_for(cards[0].holder)
    ways = [filled(pattern, card, year) for card in cards]
    given = {way: _free_numbers(*way, ways.count(way)) for way in dict.fromkeys(ways)}
    return [given[way].pop(0) for way in ways]


def _free_numbers(prefix: str, width: int, count: int) -> list[str]:
    numbers = next_numbers(prefix, count, width=width)
    while taken := set(Card.objects.filter(number__in=numbers).values_list("number", flat=True)):
        free = [number for number in numbers if number not in taken]
        numbers = [*free, *next_numbers(prefix, count - len(free), width=width)]
    return numbers


def filled(pattern: str, card: Card, year: int) -> tuple[str, int]:
    """Return what comes before the serial number, and how many digits that has."""
    facts = {
        "USCC": card.holder.uscc,
        "YEAR": str(year),
        "CLASS": card.class_code,
        "REGION": card.holder.region_code,
    }
    *before, (_, width) = _TOKEN.findall(pattern)
    prefix = pattern[: pattern.rindex("{")]
    for name, _ in before:
        prefix = prefix.replace(f"{{{name}}}", facts[name])
    return prefix, int(width or 6)


def _length(pattern: str) -> int:
    serial = [int(width or 6) for name, width in _TOKEN.findall(pattern) if name == "SERIAL"]
    known = sum(_KNOWN.get(name, 0) for name, _ in _TOKEN.findall(pattern))
    return len(_TOKEN.sub("", pattern)) + known + sum(serial)


def _wrong(sentence: str, **facts: object) -> Obstacle:
    return Obstacle(sentence, Clause.N_8, field="pattern", **facts)
