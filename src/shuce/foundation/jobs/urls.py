from django.urls import path

from shuce.foundation.jobs import pages

app_name = "jobs"
urlpatterns = [
    path("", pages.jobs, name="jobs"),
    path("<str:job_id>/", pages.job, name="job"),
    path("<str:job_id>/stop/", pages.stop, name="stop"),
]
