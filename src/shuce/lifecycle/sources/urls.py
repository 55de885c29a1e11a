from django.urls import path

from shuce.lifecycle.sources import pages

# The page of one source, `sources:source`, gathers later rooms and is added by the web.
app_name = "sources"
urlpatterns = [
    path("", pages.sources, name="sources"),
    path("connect/", pages.connect, name="connect"),
    path("<str:source_id>/close/", pages.close, name="close"),
]
