from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "shuce.lifecycle.quality"

    def ready(self) -> None:
        from shuce.lifecycle.quality import measuring  # noqa: F401  registers the job
