"""The key ring: locks a restricted annexe, and signs the journal's heads. Keys come from SOUNDINGS_KEYS.

Each annexe is encrypted (AES-256-GCM) under a key of its own, which is kept encrypted under the ring's first key. So a
new key needs only the small keys locked again, and destroying one of them destroys what it locked.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import BadSetting, NoKeys, WrongKey

VARIABLE = "SOUNDINGS_KEYS"
KEY_BYTES = 32
NONCE_BYTES = 12
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
NAMES = "up to 40 letters, digits, dots, hyphens and underscores, a letter or digit first"
HOW = "write each as name:key, with a space between, the newest first. `soundings keys new` makes one."


@dataclass(frozen=True)
class Sealed:
    """Something locked, with its own key locked under the ring's key of that name."""

    key_id: str
    wrapped_key: bytes
    sealed: bytes


class KeyRing:
    """Keys by name; the first locks and signs, all of them open. An empty ring refuses to lock and does not sign."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)
        self.primary = next(iter(self._keys), "")

    @property
    def names(self) -> tuple[str, ...]:
        """What the keys are called, the first one first."""
        return tuple(self._keys)

    @classmethod
    def read(cls, text: str) -> "KeyRing":
        """The ring written in the variable. Raises `BadSetting` saying which key is wrong, never what it is."""
        keys: dict[str, bytes] = {}
        for place, part in enumerate(text.split(), start=1):
            name, _, key = part.partition(":")
            if not NAME.fullmatch(name) or name in keys:
                raise BadSetting(variable=VARIABLE, problem=f"key {place} has no name of its own: {HOW}")
            keys[name] = _key(key, place)
        return cls(keys)

    def seal(self, plain: bytes, about: str) -> Sealed:
        """Lock it. `about` says what it belongs to, so that it cannot be put in another's place. Raises `NoKeys`."""
        if not self.primary:
            raise NoKeys
        own = secrets.token_bytes(KEY_BYTES)
        return Sealed(self.primary, self._wrap(own, about), _encrypt(own, plain, about))

    def open(self, locked: Sealed, about: str) -> bytes:
        """What was locked. Raises `WrongKey`, also when it was tampered with."""
        return _decrypt(self._unwrap(locked, about), locked.sealed, about)

    def opens(self, locked: Sealed, about: str) -> bool:
        """Whether it can be opened, without opening it: only its own key is."""
        try:
            self._unwrap(locked, about)
        except WrongKey:
            return False
        return True

    def rewrap(self, locked: Sealed, about: str) -> Sealed:
        """The same, its key locked under the ring's first key. Raises `WrongKey` and `NoKeys`."""
        if not self.primary:
            raise NoKeys
        return Sealed(self.primary, self._wrap(self._unwrap(locked, about), about), locked.sealed)

    def sign(self, message: bytes) -> tuple[str, str]:
        """The name of the signing key, and the Ed25519 signature as base64; both empty without keys."""
        if not self.primary:
            return "", ""
        return self.primary, base64.b64encode(self._signer(self.primary).sign(message)).decode()

    def public_keys(self) -> dict[str, str]:
        """The Ed25519 public key of each key of the ring, as base64: who holds it can check a signature."""
        return {
            name: base64.b64encode(self._signer(name).public_key().public_bytes_raw()).decode() for name in self._keys
        }

    def _wrap(self, own: bytes, about: str) -> bytes:
        return _encrypt(self._derived(self.primary, "lock"), own, about)

    def _unwrap(self, locked: Sealed, about: str) -> bytes:
        if locked.key_id not in self._keys:
            raise WrongKey
        return _decrypt(self._derived(locked.key_id, "lock"), locked.wrapped_key, about)

    def _signer(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derived(name, "sign"))

    def _derived(self, name: str, purpose: str) -> bytes:
        # One key is never used for two purposes.
        info = f"soundings {purpose} v1".encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._keys[name])


def signed(public_key: str, signature: str, message: bytes) -> bool:
    """Whether the holder of that public key (base64) signed the message."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_key(name: str) -> str:
    """A fresh key as it is written in the variable. Raises `BadSetting` for a name that could not stand there."""
    if not NAME.fullmatch(name):
        raise BadSetting(variable=VARIABLE, problem=f"a key’s name is {NAMES}.")
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def _key(text: str, place: int) -> bytes:
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:  # not base64, or not even ASCII
        key = b""
    if len(key) != KEY_BYTES:
        # Told by its place: where a name is missing, what stands in its place may be the key.
        raise BadSetting(variable=VARIABLE, problem=f"key {place} is not {KEY_BYTES} bytes in base64: {HOW}")
    return key


def _encrypt(key: bytes, plain: bytes, about: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def _decrypt(key: bytes, locked: bytes, about: str) -> bytes:
    try:
        return AESGCM(key).decrypt(locked[:NONCE_BYTES], locked[NONCE_BYTES:], about.encode())
    except (InvalidTag, ValueError):
        raise WrongKey from None
