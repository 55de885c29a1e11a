from django.urls import path

from shuce.lifecycle.cleanroom import pages

app_name = "cleanroom"
urlpatterns = [
    path("", pages.studio, name="studio"),
    path("questions/", pages.questions, name="questions"),
    path("questions/<str:question_id>/", pages.question, name="question"),
    path("questions/<str:question_id>/export/", pages.export, name="export"),
    path("grants/<str:grant_id>/", pages.ask, name="ask"),
]
