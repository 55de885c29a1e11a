from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "shuce.foundation.attachments"
