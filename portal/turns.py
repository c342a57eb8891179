"""The threads of one process build their pages one after the other."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from django.conf import settings

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PATIENCE = 1.0  # seconds
# Soon answered, and waited for by browsers and by whoever watches over the portal.
QUICK = (settings.STATIC_URL, "/healthz", "/readyz")


class InTurn:
    """A WSGI application that builds one page at a time.

    Python runs one thread at a time. Whoever reads rows of SQLite lets the others in at each row, and
    must then wait until one of them lets it in again: of four pages built at once each takes longer
    than all four in turn. A page that has waited for `PATIENCE` goes on beside the others, so that a
    long one holds nobody up; and what readers send takes no turn, because it may come slowly.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        if not is_read or environ.get("PATH_INFO", "").startswith(QUICK):
            return self._application(environ, start_response)
        has_turn = self._turn.acquire(timeout=PATIENCE)
        try:
            return self._application(environ, start_response)
        finally:
            if has_turn:
                self._turn.release()
