from django.db import models
from django.db.models import Q

from shuce.foundation.fields import ChoiceField, Row
from shuce.lifecycle.sources.rules import SourceKind, SourceState


class Source(Row):
    """A database or folder of a body. Its address and credentials are at the node, never here."""

    name = models.CharField("名称", max_length=100)
    kind = ChoiceField("类型", choice=SourceKind)
    organization = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="sources"
    )
    description = models.CharField("说明", max_length=500, blank=True)
    tables = models.PositiveIntegerField("表数", default=0)
    state = ChoiceField("状态", choice=SourceState, default=SourceState.CONNECTED.value)
    connected_at = models.DateTimeField("接入时间")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(state=SourceState.CONNECTED.value),
                name="source_name_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
