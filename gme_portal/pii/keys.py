"""The key ring (密钥环): a file outside database and settings, with one current key, older keys for reading, and the index key.

File format (JSON): {"current": "k1", "keys": {"k1": base64 of 32 bytes, …}, "index": base64 of 32 bytes}.
In demo, rehearsal and test mode a missing file is made; production refuses to start without one.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12


@dataclass(frozen=True)
class KeyRing:
    """Seals and opens bytes for a named place ("table.column" or "file"); each place has its own key by HKDF-SHA256."""

    current: str
    keys: dict[str, bytes]
    index: bytes

    @cached_property
    def _derived(self) -> dict[tuple[str, str], AESGCM]:
        return {}

    def _cipher(self, key_id: str, place: str) -> AESGCM:
        found = self._derived.get((key_id, place))
        if found is None:
            key = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=place.encode()).derive(self.keys[key_id])
            found = self._derived[key_id, place] = AESGCM(key)
        return found

    def seal(self, plain: bytes, *, place: str, owner: str) -> bytes:
        """AES-256-GCM. `owner` (the row's id) is associated data: a sealed value copied to another row does not open there."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher(self.current, place).encrypt(nonce, plain, owner.encode())
        head = self.current.encode()
        return bytes([len(head)]) + head + nonce + sealed

    def open(self, sealed: bytes, *, place: str, owner: str) -> bytes:
        """The plain bytes. Raises cryptography's InvalidTag when value, place or owner were tampered with."""
        cut = 1 + sealed[0]
        key_id = sealed[1:cut].decode()
        nonce, body = sealed[cut : cut + NONCE_BYTES], sealed[cut + NONCE_BYTES :]
        return self._cipher(key_id, place).decrypt(nonce, body, owner.encode())

    def blind(self, plain: str, *, place: str) -> str:
        """A keyed digest for equality look-up (盲索引): hex of HMAC-SHA256, different for each place."""
        return hmac.new(self.index, f"{place}\x00{plain}".encode(), sha256).hexdigest()

    def sign(self, message: bytes, *, place: str) -> str:
        """A keyed signature of a receipt or a form, hex."""
        return hmac.new(self.index, place.encode() + b"\x00sign\x00" + message, sha256).hexdigest()


def make_key_file(path: Path) -> None:
    """Write a fresh key ring to `path` (mode 0600) unless a file is already there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = {"current": "k1", "keys": {"k1": _random()}, "index": _random()}
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump(fresh, file)
    try:
        os.link(draft, path)  # atomic: of two processes that start together, one makes the file and both read it
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@lru_cache
def key_ring() -> KeyRing:
    """The key ring of this installation. Raises ImproperlyConfigured when production has none."""
    path = settings.GME_KEYS_FILE
    if not path.exists():
        if settings.PRODUCTION:
            raise ImproperlyConfigured(
                f"no key file at {path}: make one with 'manage.py make_keys' and back it up apart from the database"
            )
        make_key_file(path)
    data = json.loads(path.read_text())
    keys = {name: base64.b64decode(value) for name, value in data["keys"].items()}
    return KeyRing(current=data["current"], keys=keys, index=base64.b64decode(data["index"]))
