from django.apps import AppConfig


class RevenueConfig(AppConfig):
    name = "shuce.lifecycle.revenue"

    def ready(self) -> None:
        # Registers what is still owed when a right is handed back.
        from shuce.lifecycle.revenue import settling  # noqa: F401
