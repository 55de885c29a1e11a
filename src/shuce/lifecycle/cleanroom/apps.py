from django.apps import AppConfig


class CleanroomConfig(AppConfig):
    name = "shuce.lifecycle.cleanroom"

    def ready(self) -> None:
        # Registers the work of scheduled reports.
        from shuce.lifecycle.cleanroom import scheduling  # noqa: F401
