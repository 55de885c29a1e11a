from django.urls import path

from shuce.lifecycle.register import designing_pages, pages

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
    path("cards/<str:card_id>/compare/", pages.compare, name="compare"),
    path("cards/<str:card_id>/restore/<int:version>/", pages.restore, name="restore"),
    path("proposals/<str:proposal_id>/", pages.proposal, name="proposal"),
    path("fields/", designing_pages.fields, name="fields"),
    path("fields/add/", designing_pages.add, name="add_field"),
    path("fields/<str:key>/", designing_pages.change, name="change_field"),
    path("fields/<str:key>/retire/", designing_pages.retire, name="retire_field"),
    path("numbering/", designing_pages.numbers, name="numbering"),
    path("cards/<str:card_id>/update/", pages.update, name="update"),
    path("cards/<str:card_id>/grade/", pages.grade, name="grade"),
    path("cards/<str:card_id>/measure/", pages.measure, name="measure"),
    path("cards/<str:card_id>/card.pdf", pages.pdf, name="pdf"),
    path("cards/<str:card_id>/card.json", pages.as_json, name="json"),
]
