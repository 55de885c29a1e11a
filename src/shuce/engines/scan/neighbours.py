"""What a column holds where the column beside it says so: a kind of document, a user's name."""

from collections.abc import Sequence

from shuce.engines.scan.judgement import ColumnSample, Judgement
from shuce.engines.scan.names import NameEvidence
from shuce.engines.scan.rulebook import patterns
from shuce.engines.scan.types import Outcome, SemanticType
from shuce.kernel.words import say

_MOST = 0.7  # share of values that must have the shape
_NAMED = 0.6  # strength of a name that says "number of a document"
_NAMED_OTHERWISE = 0.5
_ALL = 0.95
_PEOPLE = (SemanticType.ID_CARD, SemanticType.MOBILE, SemanticType.PERSON_NAME)


def by_neighbours(
    place: int,
    columns: Sequence[ColumnSample],
    named: NameEvidence,
    judged: Sequence[Judgement],
) -> Judgement | None:
    """Judge a column its own name and values leave open by the names and values beside it."""
    own = columns[place]
    others = [column for at, column in enumerate(columns) if at != place]
    return (
        _permit(own, others, named)
        or _hashed_password(own, others, named)
        or _nameless_password(own, judged)
    )


def _permit(
    own: ColumnSample, others: Sequence[ColumnSample], named: NameEvidence
) -> Judgement | None:
    """A document's number of eight digits, where the kind of document is said to be a permit."""
    if named.strength(SemanticType.ID_CARD) < _NAMED or not len(own.values):
        return None
    shapes = ("eight_digits", "travel_permit")
    if sum(own.values.share(patterns()[shape], compacted=True) for shape in shapes) < _MOST:
        return None
    for other in others:
        if other.values.share_found(patterns()["permit_kind"]) >= _MOST:
            why = say("列 {other} 写明证件是通行证或台胞证", other=other.name)
            return Judgement(SemanticType.TRAVEL_PERMIT, 0.85, Outcome.DECIDED, (why,))
    return None


def _hashed_password(
    own: ColumnSample, others: Sequence[ColumnSample], named: NameEvidence
) -> Judgement | None:
    """A bare digest beside a user's name is the password's, unless the name says what else."""
    digests = own.values.share(patterns()["hex_digest"])
    if digests < _MOST or named.against > _NAMED_OTHERWISE:
        return None
    if patterns()["key_name"].search(own.name) or patterns()["key_name"].search(own.comment):
        return None
    if own.values.share(patterns()["random_uuid"]) > _MOST:
        return None
    for other in others:
        spoken = (other.name, other.comment)
        if any(patterns()["user_name"].search(word.strip()) for word in spoken):
            why = say("值是固定长度的散列，同表的 {other} 是用户名", other=other.name)
            return Judgement(SemanticType.PASSWORD, 0.7, Outcome.DECIDED, (why,))
    return None


def _nameless_password(own: ColumnSample, judged: Sequence[Judgement]) -> Judgement | None:
    """A bare digest under a name that says nothing, in a table of people: taken for the password.

    It may be another digest; but what is not named is better kept too well than shown.
    """
    says_nothing = patterns()["says_nothing"].search(own.name) and not own.comment
    digests = own.values.share(patterns()["hex_digest"])
    if not says_nothing or digests < _ALL or len(own.values.counts) < _ALL * len(own.values):
        return None
    for one in judged:
        if one.type in _PEOPLE and one.outcome is Outcome.DECIDED:
            why = say("值是固定长度的散列，列名没有含义，同表有{other}", other=one.type.label)
            return Judgement(SemanticType.PASSWORD, 0.6, Outcome.DECIDED, (why,))
    return None
