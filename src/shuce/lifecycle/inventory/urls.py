from django.urls import path

from shuce.lifecycle.inventory import history_pages, pages

app_name = "inventory"
urlpatterns = [
    path("sources/<str:source_id>/scan/", pages.scan, name="scan"),
    path("resources/", pages.resources, name="resources"),
    path("resources/<str:resource_id>/", pages.resource, name="resource"),
    path("resources/<str:resource_id>/recognize/", pages.recognize, name="recognize"),
    path("resources/<str:resource_id>/history/", history_pages.history, name="history"),
    path("memo/", pages.memo, name="memo"),
    path("stocktakes/", pages.stocktakes, name="stocktakes"),
    path("stocktakes/open/", pages.open_stocktake, name="open_stocktake"),
    path("stocktakes/<str:stocktake_id>/", pages.stocktake, name="stocktake"),
    path("stocktakes/<str:stocktake_id>/compare/", pages.compare, name="compare"),
    path("stocktakes/<str:stocktake_id>/sign-off/", pages.sign_off, name="sign_off"),
    path(
        "stocktakes/<str:stocktake_id>/report.pdf", pages.stocktake_report, name="stocktake_report"
    ),
    path("lines/<str:line_id>/conclude/", pages.conclude, name="conclude"),
]
