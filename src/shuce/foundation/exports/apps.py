from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "shuce.foundation.exports"

    def ready(self) -> None:
        # The worker must know who does this work, though it opens no page.
        from shuce.foundation.exports import working  # noqa: F401
        from shuce.foundation.office import exporting

        exporting.offer_at("exports:ask")
