from django.db import models
from django.db.models import F, Q


class Entry(models.Model):
    """One event of the log. Rows are only ever added; `body` is what was hashed.

    `index` stays empty until the sequencer numbers the entry, so that writers share no lock.
    """

    id = models.BigAutoField(primary_key=True)
    index = models.PositiveBigIntegerField(null=True, unique=True, db_column="position")
    kind = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=26, db_index=True)
    asset_id = models.CharField(max_length=26, blank=True, default="")
    organization_id = models.CharField(max_length=26)
    member_id = models.CharField(max_length=26)
    at = models.DateTimeField()
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["asset_id", "id"], condition=~Q(asset_id=""), name="entry_asset"),
            models.Index(fields=["organization_id", "id"], name="entry_organization"),
            models.Index(fields=["kind", "id"], name="entry_kind"),
            models.Index(fields=["id"], condition=Q(index=None), name="entry_unnumbered"),
        ]

    def __str__(self) -> str:
        return f"#{self.index} {self.kind}"


class Tile(models.Model):
    """Up to 256 hashes of the Merkle tree, laid out as in C2SP tlog-tiles."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField(db_column="position")
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="tile_place")]

    def __str__(self) -> str:
        return f"tile {self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed head of the log: so many entries, this root."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class Head(models.Model):
    """How far the log is numbered. One row; only the sequencer locks it."""

    size = models.PositiveBigIntegerField(default=0)
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=F("id") * 0 + 1), name="one_head")]

    def __str__(self) -> str:
        return f"head {self.size}"
