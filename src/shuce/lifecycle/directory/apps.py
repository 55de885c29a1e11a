from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "shuce.lifecycle.directory"
