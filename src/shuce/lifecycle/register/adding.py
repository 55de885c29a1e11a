"""Fields that a body adds to the cards of all below it, without a line of code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Organization, Signature
from shuce.foundation.organizations.permissions import Permission
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, refuse_if
from shuce.lifecycle.register import events
from shuce.lifecycle.register.catalogue import CUSTOM_KINDS, GROUPS, FieldKind, fields
from shuce.lifecycle.register.models import AddedField

_MOST_FIELDS = 60
_MOST_CHOICES = 200


@dataclass(frozen=True)
class FieldTerms:
    """What a body says of a field it adds. `kind` and `group` never change afterwards."""

    label: str
    kind: FieldKind
    group: str = GROUPS[3]
    english: str = ""
    choices: Sequence[str] = ()
    required: bool = False
    hint: str = ""


def obstacles_to_terms(terms: FieldTerms) -> Iterator[Obstacle]:
    """Yield every reason a field cannot be added so."""
    if not terms.label.strip():
        yield _wrong("请填写字段名称", "label")
    if terms.label.strip() in {field.label for field in fields()}:
        yield _wrong("卡片已有“{label}”这个字段", "label", label=terms.label)
    if terms.kind not in CUSTOM_KINDS:
        yield _wrong("自定义字段只能是文字、数字、日期、选项或是/否", "kind")
    if terms.group not in GROUPS:
        yield _wrong("卡片没有“{group}”这个分组", "group", group=terms.group)
    if terms.kind is FieldKind.CHOICE and len(terms.choices) < 2:
        yield _wrong("选项至少有两个，每行写一个", "choices")
    if terms.kind is not FieldKind.CHOICE and terms.choices:
        yield _wrong("只有选项类型的字段才有选项", "choices")
    if len(terms.choices) > _MOST_CHOICES or len(set(terms.choices)) != len(terms.choices):
        yield _wrong("选项不能重复，最多{most}个", "choices", most=_MOST_CHOICES)
    if any(len(one) > 60 or re.search(r"[\n\r｜|]", one) for one in terms.choices):
        yield _wrong("每个选项最多60个字，不能有换行和｜", "choices")


@command
def add_field(organization: Organization, terms: FieldTerms, *, by: Signature) -> AddedField:
    """Ask for a further fact on the cards of a body and all below it (G-6: local standards)."""
    by.require(Permission.CARD_DESIGN, within=organization)
    refuse_if(obstacles_to_terms(terms))
    _refuse_namesakes(organization, terms.label, "")
    count = AddedField.objects.filter(organization=organization, retired_at=None).count()
    if count >= _MOST_FIELDS:
        refuse_if([_wrong("最多设立{most}个自定义字段", "label", most=_MOST_FIELDS)])
    added = AddedField.objects.create(
        organization=organization,
        key=next_number("x", width=4),
        label=terms.label.strip(),
        english=terms.english.strip(),
        kind=terms.kind,
        choices=list(terms.choices),
        group=terms.group,
        required=terms.required,
        hint=terms.hint.strip(),
        added_at=by.at,
    )
    record(
        events.FieldAdded(
            added.id, added.key, added.label, added.kind, added.required,
            organization_id=organization.id,
        ),
        by,
    )  # fmt: skip
    return added


@command
def change_field(added: AddedField, terms: FieldTerms, *, by: Signature) -> AddedField:
    """Change the wording of a field, its choices, or whether it must be filled in.

    Its kind stays, and so does every choice it has had: cards may hold them.
    """
    by.require(Permission.CARD_DESIGN, within=added.organization)
    added = AddedField.objects.select_for_update().get(id=added.id)
    refuse_if(_obstacles_to_change(added, terms))
    _refuse_namesakes(added.organization, terms.label, added.id)
    added.label, added.english = terms.label.strip(), terms.english.strip()
    added.choices, added.required = list(terms.choices), terms.required
    added.hint = terms.hint.strip()
    added.save(update_fields=["label", "english", "choices", "required", "hint"])
    record(
        events.FieldChanged(
            added.id, added.key, added.label, added.required,
            organization_id=added.organization_id,
        ),
        by,
    )  # fmt: skip
    return added


@command
def retire_field(added: AddedField, *, by: Signature) -> AddedField:
    """Ask no new card for a field. What cards say of it stays readable."""
    by.require(Permission.CARD_DESIGN, within=added.organization)
    added = AddedField.objects.select_for_update().get(id=added.id)
    if added.retired_at is not None:
        raise Conflict(Obstacle("该字段已经停用", Clause.G_6))
    added.retired_at = by.at
    added.save(update_fields=["retired_at"])
    record(events.FieldRetired(added.id, added.key, organization_id=added.organization_id), by)
    return added


def _obstacles_to_change(added: AddedField, terms: FieldTerms) -> Iterator[Obstacle]:
    yield from obstacles_to_terms(terms)
    if added.retired_at is not None:
        yield _wrong("已停用的字段不能修改", "label")
    if (terms.kind, terms.group) != (added.kind, added.group):
        yield _wrong("字段的类型和分组不能修改，请停用后另设", "kind")
    if set(added.choices) - set(terms.choices):
        yield _wrong("已有的选项不能删除，可以增加", "choices")


def _refuse_namesakes(organization: Organization, label: str, but: str) -> None:
    """Two fields of one name on a card could not be told apart."""
    near = AddedField.objects.filter(label=label.strip(), retired_at=None).exclude(id=but)
    above = organization.path.strip("/").split("/")
    if (
        near.filter(organization_id__in=above).exists()
        or near.filter(organization__path__startswith=organization.path).exists()
    ):
        refuse_if([_wrong("本单位或上下级单位已有同名字段", "label")])


def _wrong(sentence: str, field: str, **facts: object) -> Obstacle:
    return Obstacle(sentence, Clause.G_6, field=field, **facts)
