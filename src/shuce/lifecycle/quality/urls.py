from django.urls import path

from shuce.lifecycle.quality import issue_pages, pages

app_name = "quality"
urlpatterns = [
    path("", pages.assessments, name="assessments"),
    path("assessments/<str:assessment_id>/", pages.assessment, name="assessment"),
    path("assessments/<str:assessment_id>/report.pdf", pages.report, name="report"),
    path("cards/<str:card_id>/", pages.card, name="card"),
    path("cards/<str:card_id>/measure/", pages.measure, name="measure"),
    path("cards/<str:card_id>/take/", pages.take_suggested, name="take_suggested"),
    path("cards/<str:card_id>/choose/", pages.choose, name="choose"),
    path("cards/<str:card_id>/weights/", pages.weights, name="weights"),
    path("cards/<str:card_id>/issue/", issue_pages.open_issue, name="open_issue"),
    path("rules/<str:rule_id>/weigh/", pages.weigh, name="weigh"),
    path("rules/<str:rule_id>/drop/", pages.drop, name="drop"),
    path("issues/", issue_pages.issues, name="issues"),
    path("issues/<str:issue_id>/", issue_pages.issue, name="issue"),
    path("issues/<str:issue_id>/assign/", issue_pages.assign, name="assign"),
    path("issues/<str:issue_id>/note/", issue_pages.note, name="note"),
    path("issues/<str:issue_id>/close/", issue_pages.close, name="close"),
]
