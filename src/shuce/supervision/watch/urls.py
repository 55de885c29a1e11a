from django.urls import path

from shuce.supervision.watch import incident_pages, pages

app_name = "watch"
_ONE = "incidents/<str:incident_id>/"
urlpatterns = [
    path("alerts/", pages.alerts, name="alerts"),
    path("alerts/<str:alert_id>/", pages.alert, name="alert"),
    path("alerts/<str:alert_id>/handle/", pages.handle, name="handle"),
    path("rules/", pages.rules, name="rules"),
    path("rules/install/", pages.install, name="install"),
    path("rules/<str:rule_id>/", pages.rule, name="rule"),
    path("plans/", pages.plans, name="plans"),
    path("plans/set/", pages.set_plan, name="set_plan"),
    path("plans/<str:plan_id>/", pages.plan, name="plan"),
    path("incidents/", incident_pages.incidents, name="incidents"),
    path("incidents/open/", incident_pages.open_incident, name="open"),
    path(_ONE, incident_pages.incident, name="incident"),
    path(f"{_ONE}contain/", incident_pages.contain, name="contain"),
    path(f"{_ONE}note/", incident_pages.note, name="note"),
    path(f"{_ONE}report/", incident_pages.report, name="report"),
    path(f"{_ONE}reassess/", incident_pages.reassess, name="reassess"),
    path(f"{_ONE}close/", incident_pages.close, name="close"),
    path(f"{_ONE}settle/", incident_pages.settle, name="settle"),
]
