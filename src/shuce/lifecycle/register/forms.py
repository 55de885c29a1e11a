"""What a person says of an asset, and of its grade: the inputs follow the catalogue of fields."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.utils.functional import lazy

from shuce.foundation.fields import say_later
from shuce.foundation.office.forms import (
    ChoiceField,
    DayField,
    MoneyField,
    OfficeForm,
    TextField,
)
from shuce.kernel.money import Money
from shuce.kernel.standards import industries
from shuce.kernel.words import say
from shuce.lifecycle.register.catalogue import (
    CUSTOM_KINDS,
    GROUPS,
    Field,
    FieldKind,
    Sheet,
    options,
    typed_fields,
)
from shuce.lifecycle.register.history import facts_from
from shuce.lifecycle.register.rules import CardFacts
from shuce.lifecycle.register.values import Wrong, as_text, taken
from shuce.lifecycle.register.words import Grade

# What a new card says unless somebody says otherwise.
_FIRST = {
    "class_code": "A08060200",
    "sharing": "CONDITIONAL",
    "opening": "NONE",
    "use_state": "IN_USE",
    "booking": "UNBOOKED",
    "mlps_level": "2",
    "update_cycle_days": 365,
}


class CardForm(OfficeForm):
    """The facts of a card, section by section; `card_form` puts the inputs in."""

    folds = True
    asked: ClassVar[Sequence[Field]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        known = {field.key: field for field in self.asked}
        options["initial"] = _FIRST | {
            key: _first(known[key], value) if key in known else value
            for key, value in (options.get("initial") or {}).items()
        }
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for field in self.asked:
            if field.key in cleaned:
                try:
                    cleaned[field.key] = taken(field, cleaned[field.key])
                except Wrong as fault:
                    self.add_error(field.key, str(say_later(fault.sentence, **fault.facts)))
        return cleaned

    def sheet(self) -> Sheet:
        """Every field of the form as a card keeps it; None where nothing is said."""
        return {field.key: self.cleaned_data.get(field.key) for field in self.asked}

    def facts(self) -> CardFacts:
        return facts_from(self.sheet())


class ReviseForm(CardForm):
    """The facts as they are, to be changed, and why."""

    reason = TextField(label="变更原因", rows=2, max_length=500)


F = TypeVar("F", bound=CardForm)


def card_form(form: type[F], added: Iterable[Field] = ()) -> type[F]:
    """Return `form` with an input for every field of the catalogue and of those who added some."""
    asked = typed_fields(added)
    sections = groupby(asked, key=lambda field: (field.group, field.section))
    fieldsets = [(title, tuple(one.key for one in told)) for (_, title), told in sections]
    own = tuple(form.base_fields)
    inputs: dict[str, Any] = {field.key: _input(field) for field in asked}
    facts = {
        "asked": asked,
        "fieldsets": (*fieldsets, *([("变更", own)] if own else [])),
        "field_order": [*inputs, *own],
    }
    return cast(type[F], type(form.__name__, (form,), inputs | facts))


class RestoreForm(OfficeForm):
    reason = TextField(label="恢复原因", rows=3, max_length=500)


class CompareForm(OfficeForm):
    older = forms.TypedChoiceField(label="较早版本", coerce=int)
    newer = forms.TypedChoiceField(label="较晚版本", coerce=int)

    def __init__(self, *args: Any, versions: int, **options: Any) -> None:
        super().__init__(*args, **options)
        pairs = [
            (number, say("第{version}版", version=number)) for number in range(versions, 0, -1)
        ]
        for field in self.fields.values():
            assert isinstance(field, forms.ChoiceField)
            field.choices = pairs


class UpdateForm(OfficeForm):
    updated_on = DayField(label="更新日期")


class GradeForm(OfficeForm):
    grade = ChoiceField(Grade, label="数据级别", ask=False, widget=forms.RadioSelect)
    reason = TextField(
        label="理由",
        required=False,
        rows=3,
        max_length=500,
        help_text="低于系统建议级别或现有级别的，必须写明理由（就高从严）",
    )


class FieldForm(OfficeForm):
    """A field that a body adds to the cards of all below it."""

    label = forms.CharField(label="字段名称", max_length=60)
    english = forms.CharField(
        label="英文名称", required=False, max_length=100, help_text="英文界面上显示，可以不填"
    )
    kind = ChoiceField(FieldKind, label="类型", only=CUSTOM_KINDS)
    choices = TextField(label="选项", required=False, rows=4, help_text="选项类型的填写，每行一个")
    group = forms.ChoiceField(
        label="所在分组", choices=[(one, say_later(one)) for one in GROUPS], initial=GROUPS[3]
    )
    required = forms.BooleanField(
        label="必填", required=False, help_text="新建和变更卡片时必须填写"
    )
    hint = forms.CharField(label="填写说明", required=False, max_length=200)

    def clean_choices(self) -> list[str]:
        lines = str(self.cleaned_data["choices"]).splitlines()
        return [line.strip() for line in lines if line.strip()]


class PatternForm(OfficeForm):
    pattern = forms.CharField(
        label="编号规则",
        max_length=100,
        help_text="可用项目：{USCC} 统一社会信用代码，{YEAR} 年份，{CLASS} 国标分类代码，"
        "{REGION} 行政区划代码，{SERIAL:6} 六位流水号（必须在最后）",
    )


def _input(field: Field) -> forms.Field:
    """Return the form's input for one field of the catalogue."""
    told: dict[str, Any] = {
        "label": field.label,
        "required": field.required,
        "help_text": field.hint,
    }
    match field.kind:
        case FieldKind.CHOICE | FieldKind.INDUSTRY | FieldKind.CLASS_CODE | FieldKind.LEVEL:
            return _select(field, told)
        case FieldKind.DIVISION:
            return forms.ChoiceField(choices=_divisions(), **told)
        case FieldKind.FLAG if field.held == "card":
            return forms.BooleanField(**told | {"required": False})
        case FieldKind.FLAG:
            # Unlike a tick, a list tells "no" from "not said".
            return _select(field, told)
        case FieldKind.DAY:
            return DayField(**told)
        case FieldKind.MONEY:
            return MoneyField(**told)
        case FieldKind.NUMBER:
            return forms.DecimalField(max_digits=20, decimal_places=6, **told)
        case FieldKind.WHOLE:
            return forms.IntegerField(**told)
        case FieldKind.DAYS:
            return forms.IntegerField(min_value=1, max_value=36_500, **told)
        case FieldKind.LONG:
            return TextField(rows=2, max_length=field.most, **told)
        case FieldKind.ROWS:
            hint = say_later("每行一条，依次写：{parts}，用｜分隔", parts="｜".join(field.parts))
            return TextField(rows=2, **told | {"help_text": hint})
    return forms.CharField(max_length=field.most, **told)


def _select(field: Field, told: dict[str, Any]) -> forms.Field:
    coded = field.kind is FieldKind.CLASS_CODE
    pairs: list[tuple[str, Any]] = [
        (code, _with_code(code, name) if coded else say_later(name))
        for code, name in options(field)
    ]
    if field.key not in _FIRST:
        pairs.insert(0, ("", say_later("请选择") if field.required else "—"))
    return forms.ChoiceField(choices=pairs, **told | {"required": field.required})


def _divisions() -> list[tuple[Any, Any]]:
    """The divisions of industry under their sections: a tree that the keyboard can walk."""
    codes = industries()
    tree: list[tuple[Any, Any]] = [("", "—")]
    for section in codes.values():
        if not section.above:
            within = [
                (one.code, _with_code(one.code, one.name))
                for one in codes.values()
                if one.above == section.code
            ]
            tree.append((_with_code(section.code, section.name), within))
    return tree


def _coded(code: str, name: str) -> str:
    return f"{code} {say(name)}"


_with_code = cast(Callable[[str, str], str], lazy(_coded, str))


def _first(field: Field, value: Any) -> Any:
    """Return what an input first shows for a value that a card keeps."""
    if field.kind is FieldKind.MONEY and isinstance(value, int):
        return Money(value)
    if field.kind is FieldKind.FLAG and field.held != "card":
        return {True: "true", False: "false"}.get(value, "")
    return as_text(field, value) if field.kind is FieldKind.ROWS else value
