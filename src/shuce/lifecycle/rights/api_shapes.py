"""What programs send to and get from this room."""

from datetime import date, datetime

from ninja import Field, Schema

from shuce.kernel.money import Money
from shuce.lifecycle.rights.history import Held
from shuce.lifecycle.rights.impact import Ground
from shuce.lifecycle.rights.row_limits import RowLimit, RowTest
from shuce.lifecycle.rights.rules import FeeBasis, PurposeKind, Right, Terms


class OfferOut(Schema):
    id: str
    name: str
    summary: str
    holder_id: str
    grade: str
    opening: str
    rows: int
    assessed_until: date | None


class AnswerIn(Schema):
    met: bool
    note: str = Field(max_length=1000)
    evidence: str = Field("", max_length=200)


class AssessmentIn(Schema):
    """An answer to every question, by its key."""

    answers: dict[str, AnswerIn]


class AssessmentOut(Schema):
    id: str
    card_id: str
    passed: bool
    findings: list[str]
    grade_then: str
    assessed_on: date
    valid_until: date


class QuestionOut(Schema):
    """One question of the assessment; with `evidence` a paper must be named."""

    key: str
    text: str
    evidence: bool


class ImpactIn(Schema):
    """What was found of the bearing on people; `reference` is the law, contract or form."""

    ground: Ground
    reference: str = Field(max_length=300)
    necessity: str = Field(max_length=1000)
    risks: str = Field(max_length=1000)
    measures: str = Field(max_length=1000)
    acceptable: bool
    separate_consent: str = Field("", max_length=300)


class ImpactOut(Schema):
    id: str
    card_id: str
    ground: str
    reference: str
    sensitive: bool
    acceptable: bool
    assessed_on: date
    valid_until: date
    keep_until: date


class RowLimitIn(Schema):
    """Only rows whose column passes the test: IS or IS_NOT several values, FROM or BELOW one."""

    column: str
    test: RowTest
    values: list[str]


class TermsIn(Schema):
    """What is asked for; `fee_fen` in whole fen, `columns` by their names in the data."""

    right: Right
    purpose: str = Field(max_length=500)
    purpose_kind: PurposeKind
    fee_basis: FeeBasis
    columns: list[str]
    starts_on: date
    ends_on: date
    fee_fen: int = 0
    region_code: str = "310000"
    sub_granting: bool = False
    exclusive: bool = False
    blending: bool = False
    rows: list[RowLimitIn] = Field(default_factory=list)
    source_number: str = ""

    def terms(self) -> Terms:
        given = self.dict(exclude={"fee_fen", "source_number"})
        rows = tuple(RowLimit(one.column, one.test, tuple(one.values)) for one in self.rows)
        return Terms(
            **{**given, "fee": Money(self.fee_fen), "columns": tuple(self.columns), "rows": rows}
        )


class GrantOut(Schema):
    id: str
    number: str | None
    card_id: str
    source_grant_id: str | None
    renews_id: str | None
    right: str
    operator_id: str
    purpose: str
    purpose_kind: str
    fee_basis: str
    fee_fen: int = Field(alias="fee.fen")
    columns: list[str]
    rows: list[RowLimitIn]
    region_code: str
    starts_on: date
    ends_on: date
    sub_granting: bool
    exclusive: bool
    blending: bool
    state: str
    requested_at: datetime
    decided_at: datetime | None


class GrantReasonIn(Schema):
    reason: str = Field(max_length=500)


class HeldOut(Schema):
    """One right as it stood on the day; `source` is the key of the right it came out of.

    A right the reader may not see has no right, body or terms: only its place in a chain.
    """

    key: str
    source: str
    card_id: str
    right: str | None
    body: str
    ground: str
    starts_on: date | None
    ends_on: date | None
    columns: list[str]
    region_code: str
    purpose: str
    exclusive: bool
    sub_granting: bool
    usable: bool
    obstacles: list[str]

    @staticmethod
    def of(held: Held) -> "HeldOut":
        return HeldOut(
            **{
                name: getattr(held, name)
                for name in HeldOut.model_fields
                if name in Held.__dataclass_fields__ and name not in ("columns", "obstacles")
            },
            starts_on=held.period.starts_on if held.period else None,
            ends_on=held.period.ends_on if held.period else None,
            columns=list(held.columns),
            usable=held.is_usable and not held.is_hidden,
            obstacles=[str(one) for one in held.obstacles],
        )
