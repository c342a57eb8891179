from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest

from portal.access import computers


class SecondStep(AuthenticateStage):
    """Between the right password and the desk."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return super()._should_handle(request) and not computers.is_trusted(
            request, self.login.user
        )
