from django.urls import path

from shuce.lifecycle.market import (
    auction_pages,
    contract_pages,
    edition_pages,
    pages,
    serving_pages,
)

app_name = "market"
urlpatterns = [
    path("products/", pages.products, name="products"),
    path("products/register/", pages.register, name="register"),
    path("products/<str:product_id>/", pages.product, name="product"),
    path("products/<str:product_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("products/<str:product_id>/price/", pages.price, name="price"),
    path("products/<str:product_id>/price/cap/", pages.cap, name="cap"),
    path("products/<str:product_id>/auction/", auction_pages.open_auction, name="open_auction"),
    path("products/<str:product_id>/contract/", contract_pages.sign, name="sign"),
    path("products/<str:product_id>/service/", serving_pages.publish, name="publish"),
    path("products/<str:product_id>/service/stop/", serving_pages.stop, name="stop_service"),
    path("products/<str:product_id>/editions/", edition_pages.issue, name="issue_edition"),
    path("editions/<str:edition_id>/", edition_pages.edition, name="edition"),
    path("editions/<str:edition_id>/withdraw/", edition_pages.withdraw, name="withdraw_edition"),
    path("products/<str:product_id>/publish/", edition_pages.publish, name="publish_product"),
    path("publications/<str:publication_id>/recall/", edition_pages.recall, name="recall"),
    path("auctions/", auction_pages.auctions, name="auctions"),
    path("auctions/<str:auction_id>/", auction_pages.auction, name="auction"),
    path("auctions/<str:auction_id>/bid/", auction_pages.bid, name="bid"),
    path("auctions/<str:auction_id>/release/", auction_pages.release, name="release"),
    path("auctions/<str:auction_id>/conclude/", auction_pages.conclude, name="conclude"),
    path("auctions/<str:auction_id>/record.json", auction_pages.record, name="record"),
    path("contracts/", contract_pages.contracts, name="contracts"),
    path("contracts/<str:contract_id>/", contract_pages.contract, name="contract"),
    path("contracts/<str:contract_id>/keys/", serving_pages.make_key, name="make_key"),
    path("contracts/<str:contract_id>/calls/", serving_pages.calls, name="calls"),
    path("keys/<str:key_id>/revoke/", serving_pages.revoke, name="revoke_key"),
    path("contracts/<str:contract_id>/end/", contract_pages.end, name="end"),
]
