"""Planned maintenance: announced seven working days ahead, as the rules for portals of state bodies
ask; while it lasts readers read on, and staff save nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from contacts.hours import is_working_day
from portal import errors
from portal.models import Agency

WORKING_DAYS_AHEAD = 7


def announced_on(start: datetime) -> date:
    """The day from which a maintenance must be announced: seven working days lie before it."""
    day, left = timezone.localdate(start), WORKING_DAYS_AHEAD
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def is_announced(agency: Agency, now: datetime) -> bool:
    start, end = agency.maintenance_from, agency.maintenance_until
    if start is None or end is None or now >= end:
        return False
    return timezone.localdate(now) >= announced_on(start)


def is_under_way(agency: Agency, now: datetime) -> bool:
    start, end = agency.maintenance_from, agency.maintenance_until
    return start is not None and end is not None and start <= now < end


_BY_LINK = "/xem-truoc/"


class MaintenanceMiddleware:
    """Refuses what staff, and leaders by a link for comments, send while maintenance is under way.
    The agency's own form stays open, so that it can be ended, and so do the ways in and out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS") and self._is_refused(request):
            return errors.under_maintenance(request)
        return self.get_response(request)

    def _is_refused(self, request: HttpRequest) -> bool:
        path = request.path_info
        if not path.startswith((reverse("admin:index"), _BY_LINK)):
            return False
        agency = reverse("admin:portal_agency_change", args=[1])
        ways_in = (reverse("admin:login"), reverse("account"))
        is_open = path in (reverse("admin:logout"), agency) or path.startswith(ways_in)
        return not is_open and is_under_way(Agency.load(), timezone.now())
