"""`./shuce serve` with a certificate of its own: real HTTPS, without a proxy before it."""

import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.node.https import certificates

# What would lead another process to the register of these tests.
ELSEWHERE = ("SHUCE_DATABASE", "DJANGO_SETTINGS_MODULE")
LONGEST_START = 120


def serve(home: Path, *options: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return subprocess.Popen(
        [sys.executable, "-m", "shuce", "serve", *options],
        env=env | {"SHUCE_HOME": str(home), "PYTHONPATH": "src"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def ask(port: int, trust: ssl.SSLContext, served: subprocess.Popen[str]):
    """Ask for the page to sign in as soon as somebody answers."""
    for _ in range(LONGEST_START * 4):
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=trust)
        try:
            connection.request("GET", "/accounts/login/")
            answer = connection.getresponse()
            return answer, answer.read().decode()
        except ConnectionRefusedError:
            assert served.poll() is None, served.stdout and served.stdout.read()
            time.sleep(0.25)
        finally:
            connection.close()
    raise AssertionError("it does not answer")


def ask_in_the_open(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as bare:
        bare.request("GET", "/accounts/login/")
        bare.getresponse()


@pytest.mark.clause("G-8")
def test_pages_are_served_over_https_with_the_certificate_that_was_given(tmp_path):
    ca, chain = certificates(tmp_path)
    # The server wants certificate and key in files of their own, the key in PKCS#8.
    key = tmp_path / "server.key"
    held = serialization.load_pem_private_key(chain.read_bytes(), None)
    key.write_bytes(
        held.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    port = free_port()
    served = serve(
        tmp_path / "home", "--port", str(port), "--tls-cert", str(chain), "--tls-key", str(key)
    )
    try:
        answer, page = ask(port, ssl.create_default_context(cafile=str(ca)), served)
        assert answer.status == 200
        assert "数册" in page
        cookies = answer.headers.get_all("Set-Cookie") or []
        assert cookies
        assert all("Secure" in cookie for cookie in cookies if "csrf" in cookie)
        # Who does not trust the authority is not served, and nothing is served in the open.
        stranger = http.client.HTTPSConnection("127.0.0.1", port, timeout=30)
        with pytest.raises(ssl.SSLCertVerificationError):
            stranger.request("GET", "/")
        with pytest.raises((http.client.HTTPException, OSError)):
            ask_in_the_open(port)
    finally:
        served.terminate()
        served.communicate(timeout=30)


@pytest.mark.parametrize("option", ["--tls-cert", "--tls-key"])
def test_half_of_a_certificate_serves_nothing(tmp_path, option):
    served = serve(tmp_path / "home", "--port", str(free_port()), option, str(tmp_path / "x.pem"))
    said, _ = served.communicate(timeout=LONGEST_START)
    assert served.returncode == 2
    assert "--tls-cert" in said
