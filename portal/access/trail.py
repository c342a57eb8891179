"""What happens to second factors, into the audit trail: allauth tells it by signals."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.utils import timezone

from editing.models import Action
from editing.trail import record
from portal.access import computers, duty
from portal.access.adapters import FACTORS


def listen() -> None:
    signals.authenticator_added.connect(_added)
    signals.authenticator_removed.connect(_removed)
    signals.authenticator_reset.connect(_renewed)


def _added(user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Action.FACTOR_ADDED, user, by=user, note=str(FACTORS[authenticator.type]))
    computers.revoke_all(user)


def _removed(user: Any, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Action.FACTOR_REMOVED, user, by=user, note=str(FACTORS[authenticator.type]))
    computers.revoke_all(user)
    # Whoever owes one has had his time: he goes on when another is there.
    duty.set_deadline(user, timezone.now())


def _renewed(user: Any, **kwargs: Any) -> None:
    record(Action.CODES_RENEWED, user, by=user)
