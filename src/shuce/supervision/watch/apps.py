from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "shuce.supervision.watch"

    def ready(self) -> None:
        from shuce.supervision.watch import commands, hanging  # noqa: F401  register themselves
