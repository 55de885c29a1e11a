from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "shuce.foundation.organizations"
