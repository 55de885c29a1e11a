"""Bodies, people, posts and duties for programs."""

from datetime import date, datetime

from ninja import Router, Schema

from shuce.foundation.organizations import accounts, commands, queries
from shuce.foundation.organizations.permissions import Role
from shuce.foundation.organizations.requests import SignedRequest
from shuce.foundation.organizations.rules import Entering, Kind, Level, Link

router = Router(tags=["organizations"])


class OrganizationOut(Schema):
    id: str
    name: str
    kind: str
    level: str
    uscc: str
    region_code: str
    parent_id: str | None


class OrganizationIn(Schema):
    name: str
    kind: Kind
    level: Level
    uscc: str
    region_code: str
    parent_id: str | None = None


class MemberIn(Schema):
    username: str
    name: str
    password: str


class MemberOut(Schema):
    id: str
    username: str
    name: str


class PasswordIn(Schema):
    password: str


class PostIn(Schema):
    member_id: str
    role: Role


class PostOut(Schema):
    id: str
    member_id: str
    organization_id: str
    role: str
    began_on: date
    ended_on: date | None


class DutyIn(Schema):
    responsible_id: str
    rule: str


class DutyOut(Schema):
    organization_id: str
    link: str
    responsible_id: str
    rule: str


class TokenIn(Schema):
    name: str
    expires_on: date


class TokenOut(Schema):
    id: str
    name: str
    made_at: datetime
    expires_on: date
    revoked_at: datetime | None


class FreshTokenOut(TokenOut):
    secret: str


@router.get("/tokens", response=list[TokenOut])
def tokens(request: SignedRequest) -> object:
    """The signer's own keys; their secrets are told once, when they are made."""
    return queries.tokens_of(request.user)


@router.post("/tokens", response={201: FreshTokenOut})
def make_token(request: SignedRequest, body: TokenIn) -> object:
    """Make a key with which a program acts as the signer; keep its secret, it is not told again."""
    token, secret = commands.make_token(**body.dict(), by=request.signature)
    return 201, {**TokenOut.from_orm(token).dict(), "secret": secret}


@router.post("/tokens/{token_id}/revoke", response=TokenOut)
def revoke_token(request: SignedRequest, token_id: str) -> object:
    """Stop one of the signer's own keys at once."""
    return commands.revoke_token(queries.token_of(token_id, request.user), by=request.signature)


@router.post("/people/{member_id}/password", response=MemberOut)
def set_password(request: SignedRequest, member_id: str, body: PasswordIn) -> object:
    """Give another person a new password; their open sessions end."""
    member = queries.person_seen(member_id, request.user)
    return accounts.set_password(member, body.password, by=request.signature)


@router.post("/people/{member_id}/factor", response=MemberOut)
def lift_second_factor(request: SignedRequest, member_id: str) -> object:
    """Take away the second factor of one who lost it."""
    member = queries.person_seen(member_id, request.user)
    return accounts.lift_second_factor(member, by=request.signature)


@router.post("/people/{member_id}/close", response=MemberOut)
def close_account(request: SignedRequest, member_id: str) -> object:
    """Stop a sign-in and its keys at once."""
    return accounts.close_account(
        queries.person_seen(member_id, request.user), by=request.signature
    )


@router.post("/people/{member_id}/reopen", response=MemberOut)
def reopen_account(request: SignedRequest, member_id: str) -> object:
    """Let a closed sign-in work again."""
    return accounts.reopen_account(
        queries.person_seen(member_id, request.user), by=request.signature
    )


@router.get("", response=list[OrganizationOut])
def organizations(request: SignedRequest) -> object:
    """The bodies the signer sees, parents before children."""
    return queries.organizations_seen_by(request.user)


@router.get("/{organization_id}", response=OrganizationOut)
def organization(request: SignedRequest, organization_id: str) -> object:
    return queries.organization_seen(organization_id, request.user)


@router.post("", response={201: OrganizationOut})
def enter(request: SignedRequest, body: OrganizationIn) -> object:
    """Enter a body below its parent."""
    facts = body.dict()
    parent_id = facts.pop("parent_id")
    parent = queries.organization_seen(parent_id, request.user) if parent_id else None
    return 201, commands.enter_organization(Entering(**facts), parent, by=request.signature)


@router.post("/{organization_id}/members", response={201: MemberOut})
def enter_member(request: SignedRequest, organization_id: str, body: MemberIn) -> object:
    """Give a person of a body a sign-in."""
    found = queries.organization_seen(organization_id, request.user)
    return 201, commands.enter_member(found, **body.dict(), by=request.signature)


@router.post("/{organization_id}/posts", response={201: PostOut})
def appoint(request: SignedRequest, organization_id: str, body: PostIn) -> object:
    """Appoint a person of a body to a role there."""
    found = queries.organization_seen(organization_id, request.user)
    member = queries.member_of(body.member_id, found)
    return 201, commands.appoint(member, found, body.role, by=request.signature)


@router.post("/posts/{post_id}/dismiss", response=PostOut)
def dismiss(request: SignedRequest, post_id: str) -> object:
    """End a post today."""
    return commands.dismiss(queries.post_seen(post_id, request.user), by=request.signature)


@router.put("/{organization_id}/duties/{link}", response=DutyOut)
def assign_duty(request: SignedRequest, organization_id: str, link: Link, body: DutyIn) -> object:
    """Name who answers for a key link of management, and under which rule."""
    found = queries.organization_seen(organization_id, request.user)
    responsible = queries.member_of(body.responsible_id, found)
    return commands.assign_duty(found, link, responsible, body.rule, by=request.signature)
