from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "shuce.lifecycle.register"

    def ready(self) -> None:
        from shuce.lifecycle.register import (  # noqa: F401  they register conclusions
            commands,
            hanging,
            importing,
            revising,
        )
