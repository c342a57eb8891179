"""How gunicorn serves the portal; the environment says the rest (see .env.example)."""

import gc
import os
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from portal.logs import FORMATTERS
from portal.page_cache.marks import FileMarks

wsgi_app = "portal.wsgi"
_host = os.environ.get("HOST") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"
bind = [f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"]
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4


class Worker(ThreadWorker):  # type: ignore[misc]
    def accept(self, listener: Any) -> None:
        """Leaves connections to the other workers when it has enough to do: of many that came at once,
        the first to wake took them all, and the others nothing for as long as they were kept open."""
        super().accept(listener)
        if self.nr_conns > threads:
            time.sleep(0.0001)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """An address that is too long gets the portal's page, as from nginx, not a line of English."""
        if isinstance(exc, ParseException):
            self.log.warning("A request could not be read: %s", type(exc).__name__)
        if not (
            isinstance(exc, LimitRequestLine) and settings.configured and _say_too_long(client)
        ):
            super().handle_error(req, client, addr, exc)


class Log(Logger):  # type: ignore[misc]
    """Written as the portal's own, and like it without anything about readers."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        formatter = FORMATTERS.get(os.environ.get("LOG_FORMAT", "").strip(), FORMATTERS["line"])
        for handler in self.error_log.handlers:
            handler.setFormatter(formatter())

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        # Who sent it, and what; `handle_error` says what was wrong with it.
        if not msg.startswith("Invalid request from ip="):
            super().warning(msg, *args, **kwargs)


def _say_too_long(client: Any) -> bool:
    from portal import error_files

    try:
        client.sendall(error_files.too_long())
    except OSError:
        return False
    # What the client still sends would have the answer thrown away, were it not read.
    with suppress(OSError):
        client.settimeout(0.1)
        client.recv(65_536)
    return True


worker_class = Worker
logger_class = Log
# Read once, before the workers part: they share what they do not change, and a new one is there at
# once.
preload_app = True
# The application decides which proxies it believes (TRUSTED_PROXIES); gunicorn believes none.
forwarded_allow_ips = ""
# Recycled now and then, so that a leak of a library never becomes an outage.
max_requests = 1_000_000
max_requests_jitter = 100_000
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """What an older release made of the pages is not kept."""
    if settings.configured:  # the portal has been read by now
        from portal.page_cache.places import folder

        FileMarks(folder()).begin_anew()
        folder().sweep(older_than=0)


def when_ready(_server: Any) -> None:
    """What is there now stays: looking through it for garbage would cost time, and each worker a copy
    of its own. A page makes many objects that go by themselves, so it is looked for less often too."""
    # Of the database each worker makes connections of its own.
    if settings.configured:  # which it is not for the bare answers of `make bench`
        connections.close_all()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def post_worker_init(worker: Any) -> None:
    """Its first readers shall not wait for what it makes once."""
    if settings.configured:
        from portal.page_cache import warm_up
        from portal.page_cache.layer import PageCache

        if isinstance(worker.wsgi, PageCache):
            warm_up.begin(worker.wsgi)
