"""Puts what stands around every staff page around allauth's pages too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from editing.models import User
from portal.access.sealed import Unreadable


class StaffRequest(HttpRequest):
    """One that `staff_page` has let through."""

    user: User


View = Callable[..., HttpResponseBase]


def staff_page(view: View) -> View:
    """For staff who are signed in."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The site is asked only now: it imports these addresses itself.
        return admin.site.admin_view(_framed(view))(request, *args, **kwargs)

    return page


def entrance(view: View) -> View:
    """For whoever is about to come in."""
    return sensitive_post_parameters()(never_cache(csrf_protect(_framed(view))))


def _framed(view: View) -> View:
    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Unreadable as error:
            messages.error(request, error.message)
            return redirect("account")
        if isinstance(response, TemplateResponse):
            around = admin.site.each_context(request)
            response.context_data = {**around, **(response.context_data or {})}
        return response

    return framed
