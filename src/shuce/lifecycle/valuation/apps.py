from django.apps import AppConfig


class ValuationConfig(AppConfig):
    name = "shuce.lifecycle.valuation"

    def ready(self) -> None:
        from shuce.lifecycle.valuation import commands  # noqa: F401  registers the conclusion
