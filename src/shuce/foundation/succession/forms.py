"""What is filled in to plan a succession."""

from typing import Any

from django import forms

from shuce.foundation.office.forms import ChoiceField, OfficeForm, TextField
from shuce.foundation.organizations.models import Member, Organization
from shuce.foundation.succession import queries
from shuce.foundation.succession.heritage import Thing
from shuce.foundation.succession.models import Succession
from shuce.foundation.succession.rules import Manner


class BodiesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several bodies, each with the body above it."""

    def label_from_instance(self, body: Organization) -> str:
        above = f"（{body.parent.name}）" if body.parent else ""
        return f"{body.name}{above}"


class PlanForm(OfficeForm):
    fieldsets = (
        ("谁由谁承继", ("manner", "formers", "heirs", "main", "continues")),
        ("依据", ("ground", "note")),
    )

    manner = ChoiceField(Manner, label="方式")
    formers = BodiesField(
        Organization.objects.none(),
        label="原主体",
        help_text="被合并、分立或收购的单位，可按住 Ctrl 选择多个",
    )
    heirs = BodiesField(
        Organization.objects.none(),
        label="承继主体",
        help_text="新设的单位请先登记。分立时选择多个",
    )
    main = forms.ModelChoiceField(
        Organization.objects.none(),
        label="主要承继主体",
        required=False,
        empty_label="",
        help_text="未另行分配的事项由它承继；只有一个承继主体时不必填",
    )
    continues = forms.BooleanField(
        label="原主体存续", required=False, help_text="分立后原单位保留，只转出分配的事项"
    )
    ground = forms.CharField(
        label="批准文号", max_length=200, help_text="批准合并、分立或收购的文件"
    )
    note = TextField(label="说明", max_length=500, required=False)

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = {
            "formers": queries.bodies_to_choose(member),
            "heirs": queries.heirs_to_choose(member),
            "main": queries.heirs_to_choose(member),
        }
        for name, bodies in chosen.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = bodies.select_related("parent")

    def plan(self) -> dict[str, Any]:
        """What the command takes: the main heir stands first."""
        facts = dict(self.cleaned_data)
        main = facts.pop("main")
        heirs = list(facts.pop("heirs"))
        if main is not None:
            heirs = [main, *(one for one in heirs if one != main)]
        return {**facts, "formers": list(facts["formers"]), "heirs": heirs}


class AssignForm(OfficeForm):
    heir = forms.ChoiceField(label="承继主体", required=False)
    things = forms.MultipleChoiceField(
        label="事项", widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, plan: Succession, things: list[Thing], **options: Any) -> None:
        super().__init__(*args, **options)
        left = queries.default_words(plan)
        heir, chosen = self.fields["heir"], self.fields["things"]
        assert isinstance(heir, forms.ChoiceField)
        assert isinstance(chosen, forms.ChoiceField)
        heir.choices = [("", left), *((one.id, one.name) for one in plan.heirs)]
        chosen.choices = [
            (thing.id, f"{thing.text} → {queries.heir_words(plan, thing)}") for thing in things
        ]
