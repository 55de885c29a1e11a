from django.urls import path

from shuce.foundation.notices import pages

app_name = "notices"
urlpatterns = [
    path("", pages.notices, name="notices"),
    path("read/", pages.read_all, name="read_all"),
    path("preferences/", pages.preferences, name="preferences"),
    path("webhooks/", pages.webhooks, name="webhooks"),
    path("webhooks/new/", pages.add_webhook, name="add_webhook"),
    path("webhooks/<str:webhook_id>/", pages.webhook, name="webhook"),
    path("webhooks/<str:webhook_id>/try/", pages.try_webhook, name="try"),
    path("webhooks/<str:webhook_id>/stop/", pages.stop_webhook, name="stop"),
    path("<str:notice_id>/", pages.open_notice, name="open"),
]
