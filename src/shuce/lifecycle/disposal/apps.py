from django.apps import AppConfig


class DisposalConfig(AppConfig):
    name = "shuce.lifecycle.disposal"

    def ready(self) -> None:
        from shuce.lifecycle.disposal import commands  # noqa: F401  registers conclusions
