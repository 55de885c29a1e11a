from django.apps import AppConfig


class CleanroomConfig(AppConfig):
    name = "shuce.lifecycle.cleanroom"
