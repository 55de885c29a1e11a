from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shuce.lifecycle.market"

    def ready(self) -> None:
        # Registers the conclusion, and the products in the picture of lineage.
        from shuce.lifecycle.market import commands, lineage  # noqa: F401
