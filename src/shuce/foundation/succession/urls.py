from django.urls import path

from shuce.foundation.succession import pages

app_name = "succession"
urlpatterns = [
    path("", pages.plans, name="plans"),
    path("new/", pages.draft, name="draft"),
    path("<str:succession_id>/", pages.plan, name="plan"),
    path("<str:succession_id>/things/", pages.things, name="things"),
    path("<str:succession_id>/assign/<str:estate>/", pages.assign, name="assign"),
    path("<str:succession_id>/submit/", pages.submit, name="submit"),
    path("<str:succession_id>/abandon/", pages.abandon, name="abandon"),
]
