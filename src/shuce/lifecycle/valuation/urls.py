from django.urls import path

from shuce.lifecycle.valuation import pages

app_name = "valuation"
urlpatterns = [
    path("appraisals/", pages.appraisals, name="appraisals"),
    path("appraisals/<str:appraisal_id>/", pages.appraisal, name="appraisal"),
    path("appraisals/<str:appraisal_id>/report/", pages.report, name="report"),
    path("appraisals/<str:appraisal_id>/adopt/", pages.adopt, name="adopt"),
    path("appraisals/<str:appraisal_id>/opinions/<str:method>/", pages.opinion, name="opinion"),
    path("cards/<str:card_id>/order/", pages.order, name="order"),
]
