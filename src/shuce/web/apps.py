from django.apps import AppConfig
from django.utils.translation import gettext

from shuce.kernel.words import speak_through
from shuce.web.catalogue import compile_if_changed


class WebConfig(AppConfig):
    name = "shuce.web"

    def ready(self) -> None:
        compile_if_changed()
        speak_through(gettext)
