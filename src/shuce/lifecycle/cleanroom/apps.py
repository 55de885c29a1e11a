from django.apps import AppConfig


class CleanroomConfig(AppConfig):
    name = "shuce.lifecycle.cleanroom"

    def ready(self) -> None:
        # Registers the work of scheduled reports and fusions, and what an egress review concludes.
        from shuce.lifecycle.cleanroom import blending, scheduling, sets  # noqa: F401
