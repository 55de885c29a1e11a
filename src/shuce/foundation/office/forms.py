"""Forms of the house: labels and errors tied to their inputs, money in yuan, days as days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from shuce.foundation.fields import say_later
from shuce.kernel.choices import Choice
from shuce.kernel.money import Money


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar, with the time of day."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DayField(forms.DateField):
    """A day."""

    widget = DayInput


class MomentField(forms.DateTimeField):
    """A day and time of day."""

    widget = MomentInput


class MoneyField(forms.DecimalField):
    """An amount typed in yuan, cleaned to `Money`. At most two decimal places; no float."""

    # Not the browser's number input, which refuses the commas people paste in.
    widget = forms.TextInput

    def __init__(self, *, min_yuan: Decimal | int | None = 0, **options: Any) -> None:
        options.setdefault("max_digits", 16)
        options.setdefault("decimal_places", 2)
        super().__init__(min_value=min_yuan, **options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs["data-unit"] = say_later("元")

    def prepare_value(self, value: Any) -> Any:
        return value.yuan if isinstance(value, Money) else value

    def to_python(self, value: Any) -> Any:
        typed = value.replace(",", "").replace("，", "") if isinstance(value, str) else value
        return super().to_python(typed)

    def clean(self, value: Any) -> Money | None:
        yuan = super().clean(value)
        return None if yuan is None else Money.from_yuan(yuan)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ChoiceField(forms.TypedChoiceField):
    """One value of a `Choice`, cleaned to its member: `ChoiceField(Purpose, label=…)`."""

    def __init__(
        self,
        choice: type[Choice],
        *,
        only: Sequence[Choice] | None = None,
        ask: bool = True,
        **options: Any,
    ) -> None:
        pairs: list[tuple[str, Any]] = [(c.value, say_later(c.chinese)) for c in only or choice]
        if ask:
            pairs.insert(0, ("", say_later("请选择") if options.get("required", True) else "—"))
        options.setdefault("empty_value", None)
        super().__init__(choices=pairs, coerce=choice, **options)


class ChoicesField(forms.TypedMultipleChoiceField):
    """Several values of a `Choice`, as tick boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self, choice: type[Choice], *, only: Sequence[Choice] | None = None, **options: Any
    ) -> None:
        pairs = [(c.value, say_later(c.chinese)) for c in only or choice]
        super().__init__(choices=pairs, coerce=choice, **options)


class RowField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row of a query: `RowField(organizations_of(reader), label=…)`."""

    def __init__(self, rows: "QuerySet[Any]", **options: Any) -> None:
        options.setdefault("empty_label", say_later("请选择"))
        super().__init__(rows, **options)


class TextField(forms.CharField):
    """A text of several lines."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)


@dataclass(frozen=True)
class Fieldset:
    """A group of inputs under a heading."""

    title: str
    fields: list[forms.BoundField]
    # Whether the reader has to open it: nothing in it is filled in, wrong, or asked for.
    folded: bool = False


class OfficeForm(forms.Form):
    """The base of every form.

    `fieldsets` groups the inputs: `(("基本信息", ("name", "kind")), ("期限", ("starts_on",)))`;
    what it does not name comes last. Labels are Chinese, translated when shown.
    """

    fieldsets: ClassVar[Sequence[tuple[str, Sequence[str]]]] = ()
    # Whether groups in which nothing is asked for, filled in or wrong are shown folded.
    folds: ClassVar[bool] = False
    required_css_class = "required"
    template_name = "office/_form.html"

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if isinstance(field, forms.DateField) and type(field.widget) is forms.DateInput:
                field.widget = DayInput(field.widget.attrs)
            if isinstance(field.label, str) and field.label:
                field.label = say_later(field.label)
            if isinstance(field.help_text, str) and field.help_text:
                field.help_text = say_later(field.help_text)
            # A form whose first input at once has the cursor needs no click to begin.
            if name == next(iter(self.fields)) and not self.is_bound:
                field.widget.attrs.setdefault("autofocus", True)

    def groups(self) -> Iterator[Fieldset]:
        """Yield the inputs by fieldset, each input once."""
        return groups_of(self)


def groups_of(form: forms.BaseForm) -> Iterator[Fieldset]:
    """Yield the visible inputs of any form by its fieldsets, the rest last."""
    left = [bound.name for bound in form.visible_fields()]
    for title, names in getattr(form, "fieldsets", ()):
        here = [name for name in names if name in left]
        left = [name for name in left if name not in here]
        if here:
            inputs = [form[name] for name in here]
            folded = getattr(form, "folds", False) and not any(map(_matters, inputs))
            yield Fieldset(str(say_later(title)), inputs, folded)
    if left:
        yield Fieldset("", [form[name] for name in left])


def _matters(bound: forms.BoundField) -> bool:
    value = bound.value()
    filled = value not in (None, "", False, [], "false")
    return bool(bound.field.required or bound.errors or filled)
