from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "shuce.foundation.office"
