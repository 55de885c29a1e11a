from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "shuce.lifecycle.sources"
