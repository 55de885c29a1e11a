"""What cards hold and how they are numbered, for programs."""

from datetime import datetime

from ninja import Field, Router, Schema

from shuce.foundation.organizations.queries import organization_seen
from shuce.foundation.organizations.requests import SignedRequest
from shuce.lifecycle.register import adding, numbering, queries
from shuce.lifecycle.register.adding import FieldTerms
from shuce.lifecycle.register.catalogue import GROUPS, FieldKind

router = Router(tags=["register"])


class OptionOut(Schema):
    code: str
    label: str


class FieldOut(Schema):
    """A fact that cards may hold. `held` tells whether people say it or the register makes it."""

    key: str
    label: str
    kind: FieldKind
    group: str
    section: str
    held: str
    required: bool
    expected: bool
    most: int
    hint: str
    parts: list[str]
    options: list[OptionOut]
    source: str
    sure: str
    retired: bool


class FieldIn(Schema):
    organization_id: str
    label: str
    kind: FieldKind
    group: str = GROUPS[3]
    english: str = ""
    choices: list[str] = Field(default_factory=list)
    required: bool = False
    hint: str = ""

    def terms(self) -> FieldTerms:
        return FieldTerms(**self.dict(exclude={"organization_id"}))


class FieldChangeIn(FieldIn):
    """The field as it is to read; its kind and group stay what they were."""

    organization_id: str = ""


class AddedFieldOut(Schema):
    key: str
    label: str
    english: str
    kind: FieldKind
    group: str
    choices: list[str]
    required: bool
    hint: str
    organization_id: str
    added_at: datetime
    retired_at: datetime | None


class PatternIn(Schema):
    organization_id: str
    pattern: str


class PatternOut(Schema):
    organization_id: str
    pattern: str


@router.get("/fields", response=list[FieldOut])
def fields(request: SignedRequest, organization_id: str = "") -> object:
    """Every field of the cards of a body (the signer's own unless named), in reading order."""
    return queries.fields_shown(organization_id, request.user)


@router.get("/fields/added", response=list[AddedFieldOut])
def added(request: SignedRequest) -> object:
    """The fields that bodies added, as far as the signer's cards may hold them."""
    return queries.added_rows_seen_by(request.user)


@router.post("/fields/added", response={201: AddedFieldOut})
def add(request: SignedRequest, body: FieldIn) -> object:
    """Ask for a further fact on the cards of a body and all below it."""
    organization = organization_seen(body.organization_id, request.user)
    return 201, adding.add_field(organization, body.terms(), by=request.signature)


@router.put("/fields/added/{key}", response=AddedFieldOut)
def change(request: SignedRequest, key: str, body: FieldChangeIn) -> object:
    """Change the wording of an added field, its choices, or whether it must be filled in."""
    found = queries.added_row_seen(key, request.user)
    return adding.change_field(found, body.terms(), by=request.signature)


@router.post("/fields/added/{key}/retire", response=AddedFieldOut)
def retire(request: SignedRequest, key: str) -> object:
    """Ask no new card for an added field; what cards say of it stays."""
    return adding.retire_field(queries.added_row_seen(key, request.user), by=request.signature)


@router.get("/number-pattern", response=PatternOut)
def pattern(request: SignedRequest, organization_id: str) -> object:
    """How the cards of a body are numbered now."""
    organization = organization_seen(organization_id, request.user)
    return {
        "organization_id": organization.id,
        "pattern": numbering.pattern_for(organization),
    }


@router.post("/number-pattern", response=PatternOut)
def set_pattern(request: SignedRequest, body: PatternIn) -> object:
    """Number the cards entered from now on otherwise, for a body and all below it."""
    organization = organization_seen(body.organization_id, request.user)
    return numbering.set_number_pattern(organization, body.pattern, by=request.signature)
