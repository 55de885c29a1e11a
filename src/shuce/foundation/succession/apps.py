from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SuccessionConfig(AppConfig):
    name = "shuce.foundation.succession"

    def ready(self) -> None:
        from shuce.foundation.succession import carrying  # noqa: F401  registers the conclusion

        # Every room's own estates.py, in the order of an asset's life.
        autodiscover_modules("estates")
