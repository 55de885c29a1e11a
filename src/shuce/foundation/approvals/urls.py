from django.urls import path

from shuce.foundation.approvals import pages, procedure_pages

app_name = "approvals"
urlpatterns = [
    path("cases/", pages.cases, name="cases"),
    path("cases/<str:case_id>/", pages.case, name="case"),
    path("cases/<str:case_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("cases/<str:case_id>/steps/<str:step>/", pages.handle, name="handle"),
    path("cases/<str:case_id>/steps/<str:step>/delegate/", pages.delegate, name="delegate"),
    path("bulk/", pages.bulk, name="bulk"),
    path("procedures/", procedure_pages.procedures, name="procedures"),
    path("procedures/install/", procedure_pages.install, name="install"),
    path("procedures/<str:version_id>/", procedure_pages.procedure, name="procedure"),
    path("procedures/<str:version_id>/change/", procedure_pages.change, name="change"),
    path("procedures/<str:version_id>/compare/", procedure_pages.compare, name="compare"),
    path("procedures/<str:version_id>/file.<str:kind>", procedure_pages.download, name="download"),
]
