from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "shuce.lifecycle.inventory"

    def ready(self) -> None:
        from shuce.lifecycle.inventory import commands  # noqa: F401  registers the scan job
