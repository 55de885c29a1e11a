from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "shuce.lifecycle.register"

    def ready(self) -> None:
        from shuce.lifecycle.register import commands  # noqa: F401  registers the conclusion
