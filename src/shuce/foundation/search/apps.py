from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shuce.foundation.search"
