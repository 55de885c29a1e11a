from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "shuce.lifecycle.books"

    def ready(self) -> None:
        from shuce.lifecycle.books import commands  # noqa: F401  registers the job
