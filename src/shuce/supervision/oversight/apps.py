from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "shuce.supervision.oversight"
