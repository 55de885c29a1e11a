from django.urls import path

from shuce.lifecycle.directory import pages

app_name = "directory"
urlpatterns = [
    path("", pages.schedules, name="schedules"),
    path("compile/", pages.compile_one, name="compile"),
    path("below/<str:organization_id>/", pages.standing, name="standing"),
    path("<str:directory_id>/", pages.schedule, name="schedule"),
    path("<str:directory_id>/changes/", pages.changes, name="changes"),
    path("<str:directory_id>/submit/", pages.submit, name="submit"),
    path("<str:directory_id>/answer/", pages.answer, name="answer"),
]
