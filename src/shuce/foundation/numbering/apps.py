from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "shuce.foundation.numbering"
