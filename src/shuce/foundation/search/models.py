from django.db import models
from django.db.models import F, Q


class Text(models.Model):
    """What is searched of one subject. Its tokens lie beside it, as the database indexes best.

    A text that changes gets a new id, so that what changed last is found first, and the tokens
    under an old id lead nowhere.
    """

    subject_id = models.CharField(max_length=26, unique=True)
    text = models.TextField()
    indexed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject_id


class Followed(models.Model):
    """How far the evidence log was read for changes that texts must show. One row."""

    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=F("id") * 0 + 1), name="one_followed")]

    def __str__(self) -> str:
        return f"followed to {self.size}"
