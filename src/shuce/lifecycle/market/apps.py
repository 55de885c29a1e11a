from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shuce.lifecycle.market"

    def ready(self) -> None:
        from shuce.lifecycle.market import commands  # noqa: F401  registers the conclusion
