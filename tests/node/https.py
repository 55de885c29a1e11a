"""A real HTTPS server over this process's register, under a certificate authority made here."""

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.wsgi import get_wsgi_application
from django.db import connections


class Server:
    """Serves the register at `url`; `ca` is the file of the authority that nodes are to trust."""

    def __init__(self, folder: Path) -> None:
        self.ca, chain = certificates(folder)
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(chain)
        self._http = _Threads(("127.0.0.1", 0), _Quiet)
        self._http.socket = trust.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self._http.set_app(_closing_connections(get_wsgi_application()))
        self.url = f"https://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = False

    def handle_error(self, request: Any, address: Any) -> None:
        """A node that is killed leaves its call half made, which is its own affair."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        pass


def _closing_connections(serve: Any) -> Callable[..., Iterable[bytes]]:
    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = serve(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()
            connections.close_all()

    return app


def certificates(folder: Path) -> tuple[Path, Path]:
    """Write an authority and a server certificate that it signed; return both files."""
    now = datetime.now(UTC)  # noqa: TID251  certificates are good by the clock
    authority, server = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])

    def build(name: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool) -> Any:
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if not is_ca:
            address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            built = built.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        return built.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    private = server.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    ca, chain = folder / "ca.pem", folder / "server.pem"
    ca.write_bytes(build(issuer, authority, is_ca=True))
    chain.write_bytes(private + build(subject, server, is_ca=False))
    return ca, chain
