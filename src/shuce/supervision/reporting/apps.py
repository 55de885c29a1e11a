from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "shuce.supervision.reporting"
