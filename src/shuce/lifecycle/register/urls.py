from django.urls import path

from shuce.lifecycle.register import pages

# The page of one asset, `register:card`, gathers later rooms and is added by the web.
app_name = "register"
urlpatterns = [
    path("cards/", pages.cards, name="cards"),
    path("batches/", pages.batches, name="batches"),
    path("batches/<str:batch_id>/", pages.batch, name="batch"),
    path("batches/<str:batch_id>/submit/", pages.submit_batch, name="submit_batch"),
    path("enter/<str:recognition_id>/", pages.enter, name="enter"),
    path("cards/<str:card_id>/submit/", pages.submit, name="submit"),
    path("cards/<str:card_id>/revise/", pages.revise, name="revise"),
    path("cards/<str:card_id>/update/", pages.update, name="update"),
    path("cards/<str:card_id>/grade/", pages.grade, name="grade"),
    path("cards/<str:card_id>/measure/", pages.measure, name="measure"),
    path("cards/<str:card_id>/card.pdf", pages.pdf, name="pdf"),
    path("cards/<str:card_id>/card.json", pages.as_json, name="json"),
]
