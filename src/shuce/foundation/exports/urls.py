from django.urls import path

from shuce.foundation.exports import pages

app_name = "exports"
urlpatterns = [
    path("ask/", pages.ask, name="ask"),
    path("<str:export_id>/file/", pages.file, name="file"),
]
