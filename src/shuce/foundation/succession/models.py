from django.db import models

from shuce.foundation.fields import ChoiceField, Row
from shuce.foundation.organizations.models import Organization
from shuce.foundation.succession.heritage import estate_called
from shuce.foundation.succession.rules import Manner, Side, SuccessionState
from shuce.kernel.words import say


class Succession(Row):
    """权利主体变更: bodies merged, divided or taken over, and everything that passes (G-12)."""

    number = models.CharField("编号", max_length=40, unique=True)
    manner = ChoiceField("方式", choice=Manner)
    ground = models.CharField("批准文号", max_length=200)
    note = models.CharField("说明", max_length=500, blank=True)
    continues = models.BooleanField("原主体存续", default=False)
    state = ChoiceField("状态", choice=SuccessionState, default=SuccessionState.DRAFT.value)
    # Where it is decided: the former body, or the bureau for bodies outside the tree.
    place = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    # In a division: which thing goes to which heir, where that was said.
    assigned = models.JSONField("分配", default=dict)
    drafted_by = models.ForeignKey("organizations.Member", models.PROTECT)
    drafted_at = models.DateTimeField("拟订时间")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    def bodies(self, side: Side) -> list[Organization]:
        """The bodies of one side, in their order; the first heir is the main one."""
        return [part.organization for part in self.parts.all() if part.side == side]

    @property
    def formers(self) -> list[Organization]:
        return self.bodies(Side.FORMER)

    @property
    def heirs(self) -> list[Organization]:
        return self.bodies(Side.HEIR)

    @property
    def former_ids(self) -> list[str]:
        return [one.id for one in self.formers]

    @property
    def heir_ids(self) -> list[str]:
        return [one.id for one in self.heirs]


class Part(Row):
    """One body's part in a succession."""

    succession = models.ForeignKey(Succession, models.CASCADE, related_name="parts")
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="successions"
    )
    side = ChoiceField("角色", choice=Side)
    place = models.PositiveSmallIntegerField("次序")

    class Meta:
        ordering = ["side", "place"]
        constraints = [
            models.UniqueConstraint(fields=["succession", "organization"], name="one_part_each")
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.organization}"


class Passing(Row):
    """One thing that passed: history goes on showing who held it before."""

    succession = models.ForeignKey(Succession, models.PROTECT, related_name="passings")
    estate = models.CharField("类别", max_length=60)
    thing_id = models.CharField(max_length=26, db_index=True)
    text = models.CharField("名称", max_length=300)
    former = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")
    heir = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.text}：{self.former} → {self.heir}"

    @property
    def kind(self) -> str:
        found = estate_called(self.estate)
        return say(found.label) if found else self.estate
