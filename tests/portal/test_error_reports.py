"""Errors told to a collecting server: that they are told, and that nobody is in them."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
import sentry_sdk
from django.conf import settings as django_settings

from portal.environment import ConfigurationError, read_error_dsn
from portal.error_reports import ErrorReport


@pytest.fixture
def collector():
    """What a collecting server on this machine has been told, each message as one text."""
    told: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.append(brotli.decompress(body).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler = ErrorReport(f"http://key@127.0.0.1:{server.server_port}/1")
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    server.shutdown()
    server.server_close()


def test_an_error_is_told_with_its_place_and_without_anybody(citizen, collector, monkeypatch):
    def break_down(*args, **kwargs):
        secret = "trong biến 0913705521"
        raise ValueError(f"Key (email)=(an.le@example.vn) already exists {secret}")

    monkeypatch.setattr("portal.frame.Frame.__init__", break_down)
    citizen.raise_request_exception = False
    headers = {"HTTP_USER_AGENT": "Firefox của chị An", "REMOTE_ADDR": "203.0.113.9"}
    citizen.get("/tim-kiem/", {"q": "Lê Thị An"}, **headers)
    sentry_sdk.flush(10)
    (message,) = collector
    event = json.loads(message.splitlines()[-1])
    error = event["exception"]["values"][-1]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "break_down"
    for personal in ("0913705521", "an.le", "203.0.113", "Firefox", "q=", "Lê", "cookie"):
        assert personal not in message
    assert set(event) <= {
        "event_id", "timestamp", "level", "logger", "platform", "exception", "logentry",
    }  # fmt: skip


def test_what_is_no_error_is_not_told(collector):
    logging.getLogger("portal").warning("Not Found: /khong-co/")
    sentry_sdk.flush(10)
    assert collector == []


def test_nothing_is_told_unless_a_server_is_named():
    assert django_settings.ERROR_DSN == ""
    assert "report" not in django_settings.LOGGING["handlers"]


@pytest.mark.parametrize(
    "dsn",
    ["errors.example.vn", "http://key@errors.example.vn/1", "https://errors.example.vn/1",
     "https://key@errors.example.vn/", "https://key@errors.example.vn/one"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_at_the_start(monkeypatch, dsn):
    monkeypatch.setenv("ERROR_DSN", dsn)
    with pytest.raises(ConfigurationError):
        read_error_dsn()


@pytest.mark.parametrize("dsn", ["", "https://key@errors.example.vn/1", "http://key@127.0.0.1:9/1"])
def test_an_address_is_taken_as_it_is(monkeypatch, dsn):
    monkeypatch.setenv("ERROR_DSN", dsn)
    assert read_error_dsn() == dsn
