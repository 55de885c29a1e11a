from django.urls import path

from shuce.foundation.attachments import pages

app_name = "attachments"
urlpatterns = [
    path("files/<str:attachment_id>/", pages.file, name="file"),
    path("files/<str:attachment_id>/remove/", pages.remove, name="remove"),
    path("<str:kind>/<str:subject_id>/", pages.attachments, name="attachments"),
    path("<str:kind>/<str:subject_id>/attach/", pages.attach, name="attach"),
]
