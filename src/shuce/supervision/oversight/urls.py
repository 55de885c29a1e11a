from django.urls import path

from shuce.supervision.oversight import pages

app_name = "oversight"
urlpatterns = [
    path("inspections/", pages.inspections, name="inspections"),
    path("inspections/new/", pages.open_inspection, name="open_inspection"),
    path("inspections/<str:inspection_id>/", pages.inspection, name="inspection"),
    path("inspections/<str:inspection_id>/findings/new/", pages.find_problem, name="find_problem"),
    path("inspections/<str:inspection_id>/close/", pages.close_inspection, name="close_inspection"),
    path("findings/<str:finding_id>/rectify/", pages.rectify, name="rectify"),
    path("findings/<str:finding_id>/recheck/<str:verdict>/", pages.recheck, name="recheck"),
    path("evidence/", pages.entries, name="evidence"),
    path("evidence/<int:entry_id>/", pages.entry, name="entry"),
    path("evidence/<int:entry_id>/proof/", pages.proof, name="proof"),
    path("coverage/", pages.coverage, name="coverage"),
]
