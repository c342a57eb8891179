"""Closes an archive to a public key, in the format of `age`: who takes the archive, or the server,
cannot read it. The key that opens it never lies on the server."""

from pathlib import Path

import pyrage
from django.utils.translation import gettext as _

from portal.keeping.archives import KeepingError

SUFFIX = ".age"


def new_key() -> tuple[str, str]:
    """(public, private)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity.to_public()), str(identity)


def seal(path: Path, target: Path, public_keys: list[str]) -> None:
    try:
        recipients = [pyrage.x25519.Recipient.from_str(key) for key in public_keys]
    except pyrage.RecipientError as error:
        raise KeepingError(
            _(
                "BACKUP_KEY is no public key of age: it begins with age1. The key that opens is not wanted here."
            )
        ) from error
    with path.open("rb") as plain, target.open("wb") as sealed:
        pyrage.encrypt_io(plain, sealed, recipients)


def unseal(path: Path, target: Path, key_file: Path) -> None:
    with path.open("rb") as sealed, target.open("wb") as plain:
        try:
            pyrage.decrypt_io(sealed, plain, _identities(key_file))
        except (pyrage.DecryptError, OSError) as error:
            raise KeepingError(_("This key does not open the archive (%s).") % error) from error


def _identities(key_file: Path) -> list[pyrage.x25519.Identity]:
    try:
        lines = key_file.read_text(encoding="ascii").splitlines()
        keys = [line.strip() for line in lines if line.startswith("AGE-SECRET-KEY-")]
        identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise KeepingError(_("The key cannot be read: %s.") % error) from error
    if not identities:
        raise KeepingError(_("There is no key in %s.") % key_file)
    return identities
