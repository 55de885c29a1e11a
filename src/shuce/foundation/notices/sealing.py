"""Secrets of this room, sealed with a key that lies beside the register and not in it."""

import os
from pathlib import Path

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str) -> str:
    """Return `text` encrypted (AES-128-CBC with HMAC, as Fernet does it); nothing stays nothing."""
    return Fernet(_key()).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Return what was sealed; raise `InvalidToken` where the key is another."""
    return Fernet(_key()).decrypt(sealed.encode()).decode() if sealed else ""


def _key() -> bytes:
    file = Path(settings.HOME) / "keys" / "notices"
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = file.with_name(f".notices-{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(Fernet.generate_key())
        try:
            # Whole or not at all, and never over a key that another process has just made.
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_bytes()
