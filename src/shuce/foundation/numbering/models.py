from django.db import models


class Series(models.Model):
    """One run of numbers, such as the cards of a unit in a year, and the last one given."""

    prefix = models.CharField(primary_key=True, max_length=60)
    last = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"
