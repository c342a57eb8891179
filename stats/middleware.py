from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from stats.counter import VisitCounter

# Under this name a server may hand over its own counter with each request.
COUNTER = "stats.counter"


class VisitCounterMiddleware:
    """Counts each pageview, once the answer is known.

    It must stand inside the middleware that sets REMOTE_ADDR to the believed client, and outside
    every other that may still change the status.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.counter = VisitCounter()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        request.META.get(COUNTER, self.counter).note(request, response)
        return response
