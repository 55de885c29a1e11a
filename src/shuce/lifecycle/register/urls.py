from django.urls import path

from shuce.lifecycle.register import designing_pages, intake_pages, pages

# The page of one asset, `register:card`, gathers later rooms and is added by the web.
app_name = "register"
urlpatterns = [
    path("cards/", pages.cards, name="cards"),
    path("cards/choices/", pages.choices, name="card_choices"),
    path("batches/", pages.batches, name="batches"),
    path("batches/<str:batch_id>/", pages.batch, name="batch"),
    path("batches/<str:batch_id>/submit/", pages.submit_batch, name="submit_batch"),
    path("enter/<str:recognition_id>/", pages.enter, name="enter"),
    path("cards/<str:card_id>/submit/", pages.submit, name="submit"),
    path("cards/<str:card_id>/revise/", pages.revise, name="revise"),
    path("cards/<str:card_id>/compare/", pages.compare, name="compare"),
    path("cards/<str:card_id>/restore/<int:version>/", pages.restore, name="restore"),
    path("proposals/<str:proposal_id>/", pages.proposal, name="proposal"),
    path("intakes/", intake_pages.intakes, name="intakes"),
    path("intakes/template/", intake_pages.template, name="template"),
    path("intakes/upload/", intake_pages.upload, name="upload"),
    path("intakes/send/", intake_pages.send, name="send"),
    path("intakes/<str:intake_id>/", intake_pages.intake, name="intake"),
    path("intakes/<str:intake_id>/mapping/", intake_pages.mapping, name="mapping"),
    path("intakes/<str:intake_id>/take/", intake_pages.take, name="take"),
    path("intakes/<str:intake_id>/resume/", intake_pages.resume, name="resume"),
    path("intakes/<str:intake_id>/discard/", intake_pages.discard, name="discard"),
    path("intakes/<str:intake_id>/undo/", intake_pages.undo, name="undo"),
    path("intakes/<str:intake_id>/errors/", intake_pages.errors, name="errors"),
    path("fields/", designing_pages.fields, name="fields"),
    path("fields/add/", designing_pages.add, name="add_field"),
    path("fields/<str:key>/", designing_pages.change, name="change_field"),
    path("fields/<str:key>/retire/", designing_pages.retire, name="retire_field"),
    path("numbering/", designing_pages.numbers, name="numbering"),
    path("cards/<str:card_id>/update/", pages.update, name="update"),
    path("cards/<str:card_id>/grade/", pages.grade, name="grade"),
    path("cards/<str:card_id>/card.pdf", pages.pdf, name="pdf"),
    path("cards/<str:card_id>/card.json", pages.as_json, name="json"),
]
