"""How every room shows its lists, forms and things. A room writes the rules and the words.

A list, a thing, a form and a button (`rights/pages.py`):

    class GrantTable(OfficeTable):                      # office.lists
        number = LinkColumn("编号", to="rights:grant", by=["number"])
        purpose = Column("用途", of="purpose.label", sort=["purpose"])
        fee = MoneyColumn("费用")
        state = ChoiceColumn("状态")

    class GrantFilters(OfficeFilters):
        search = SearchFilter("number", "card__name", hint="编号或资产名称")
        class Meta:
            model = Grant
            fields = ["state"]

    class GrantForm(OfficeForm):                        # office.forms
        purpose = ChoiceField(Purpose, label="用途")
        fee = MoneyField(label="费用", required=False)
        starts_on = DayField(label="开始日期")

    def grants(request: SignedRequest) -> HttpResponse:
        return list_page(
            request, rows=queries.grants_for(request.user), table=GrantTable, filters=GrantFilters,
            title=say("授权运营"), empty=say("还没有授权。请从资产页面发起申请。"),
        )

    def ask(request: SignedRequest, number: str) -> HttpResponse:
        card = queries.card_numbered(number, request.user)
        return act(                                     # office.acts
            request, GrantForm,
            lambda form: request_grant(card, form.terms(), by=request.signature),
            title=say("申请授权"), done=say("申请已提交"),
            then=lambda grant: reverse("rights:grant", args=[grant.number]),
        )

    def revoke(request: SignedRequest, number: str) -> HttpResponse:
        grant = queries.grant_numbered(number, request.user)
        return press(request, lambda: revoke_grant(grant, by=request.signature),
                     then="rights:grants", done=say("授权已撤销"))

    def grant(request: SignedRequest, number: str) -> HttpResponse:
        grant = queries.grant_numbered(number, request.user)
        return render(request, "rights/grant.html", {
            "title": grant.number, "state": grant.state, "grant": grant,
            "crumbs": [Crumb(say("授权运营"), reverse("rights:grants")), Crumb(grant.number)],
            "actions": [Action(say("撤销"), reverse("rights:revoke", args=[grant.number]),
                               icon="ban", post=True, danger=True, confirm=say("确定撤销？"),
                               obstacles=queries.obstacles_to_revoke(grant))],
            "facts": [("编号", grant.number), ("费用", grant.fee), ("状态", grant.state)],
            "moments": [Moment(e.at, e.label, by=e.by) for e in queries.story_of(grant)],
        })

The thing's template (`rights/templates/rights/grant.html`):

    {% extends "office/detail.html" %}{% load i18n office %}
    {% block body_of_detail %}<div class="grid-main">
      <div class="card"><div class="card-body">{% facts facts %}</div></div>
      <div class="card"><div class="card-body">{% timeline moments %}</div></div>
    </div>{% endblock %}

Refusals need no code: one raised from a query or a command becomes its page, its form error, or
the API's JSON. Documents: `office.documents.pdf("rights/grant.typ", data, at=by.at)`.
"""
