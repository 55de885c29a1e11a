from django.apps import AppConfig


class RevenueConfig(AppConfig):
    name = "shuce.lifecycle.revenue"
