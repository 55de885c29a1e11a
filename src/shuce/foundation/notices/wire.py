"""The way out: HTTPS to public hosts, and to those inside that the operator of this register lists.

The host's address is looked up once, judged, and connected to, so that a name cannot lead inside
between the judging and the connecting. Redirects are not followed.
"""

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from shuce.foundation.notices.flavours import Post

_TIMEOUT = 5.0
_MOST_READ = 4_096
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class NotAllowed(ValueError):
    """An address that nothing is sent to; the reason names the host and nothing behind it."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def host_of(url: str) -> str:
    """Return the host of a webhook's address; raise `NotAllowed` unless it may be sent to.

    Only https, or a host (with its port, where one is written) of SHUCE_WEBHOOK_HOSTS.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowed("") from None
    listed = _is_listed(host, port)
    if not host or parts.username or parts.scheme not in ("https", "http"):
        raise NotAllowed(host)
    if parts.scheme == "http" and not listed:
        raise NotAllowed(host)
    return host


def send(post: Post) -> Answer:
    """Send a request and return its answer; raise `OSError` or `NotAllowed`."""
    host = host_of(post.url)
    parts = urlsplit(post.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _address(host, port, listed=_is_listed(host, parts.port))
    connection = _connection(parts, host, port, address)
    try:
        path = parts.path or "/"
        connection.request(
            "POST",
            f"{path}?{parts.query}" if parts.query else path,
            body=post.body,
            headers={"Host": parts.netloc, "Content-Type": "application/json; charset=utf-8"}
            | post.headers,
        )
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(_MOST_READ))
    except http.client.HTTPException as fault:
        raise OSError(type(fault).__name__) from None
    finally:
        connection.close()


def _address(host: str, port: int, *, listed: bool) -> tuple[str, int]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    if not listed and not _is_outside(address.partition("%")[0]):
        raise NotAllowed(host)
    return address, port


def _is_outside(address: str) -> bool:
    """Say whether an address is one of the public network: no IPv4 address inside an IPv6 one."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or found in _NAT64
        return bool(found.is_global and not found.is_multicast and not wrapped)
    return found.is_global and not found.is_multicast


def _connection(
    parts: SplitResult, host: str, port: int, address: tuple[str, int]
) -> http.client.HTTPConnection:
    """Return a connection for `host` over a socket to the very `address` that was judged."""
    stream = socket.create_connection(address, timeout=_TIMEOUT)
    try:
        if parts.scheme == "https":
            stream = ssl.create_default_context().wrap_socket(stream, server_hostname=host)
    except OSError:
        stream.close()
        raise
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    connection.sock = stream
    return connection


def _is_listed(host: str, port: int | None) -> bool:
    listed: list[str] = settings.SHUCE_WEBHOOK_HOSTS
    return bool(host) and (host in listed or f"{host}:{port}" in listed)
