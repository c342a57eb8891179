"""Every public address under a hail of nonsense: a clear answer each time, never a fault of ours.

Bounded and repeatable: the same seeds each time, a few hundred requests."""

import random

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.making import make_edition, make_notice, make_official

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NONSENSE = [
    *("", "\x00", "a" * 10_000, "-1", "0", "9" * 18, "9" * 40, "1.5", "null", "Đường dây nóng"),
    *("' OR 1=1 --", '"', "%", "\\", "../../etc/passwd", "<script>alert(1)</script>", "{{7*7}}"),
    *("\u202e", "\ufeff", "💥" * 50, "\r\nX-Injected: 1", "2026-13-45", "０１２", "%00", "%ff"),
]
NAMES = ["q", "page", "truoc", "before", "tu", "den", "loai", "kind", "next", "lang", "_popup", "x"]
METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]
# What an answer may be; 500 is none of them.
ANSWERS = {200, 204, 301, 302, 304, 400, 403, 404, 405, 410, 413, 429}


def public_patterns(patterns=None, prefix=""):
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from public_patterns(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not route.startswith("quan-tri/"):
            yield pattern, route


ROUTES = sorted({route for _pattern, route in public_patterns() if "(?P" not in route})


def filled(route, word):
    parts = []
    for part in route.replace("><", ">\n<").split("<"):
        _variable, is_there, rest = part.partition(">")
        parts.append(f"{word}{rest}" if is_there else part)
    return "/" + "".join(parts)


@pytest.fixture
def reader() -> Client:
    make_edition()
    make_notice()
    make_official()
    return Client(raise_request_exception=False)


def test_the_table_of_addresses_is_read():
    assert len(ROUTES) > 40


@pytest.mark.parametrize("route", ROUTES)
def test_nonsense_is_answered_calmly(reader, route):
    dice = random.Random(route)
    for _round in range(6):
        path = filled(route, dice.choice(["1", "a", "tin", *NONSENSE[3:]]))
        query = {name: dice.choice(NONSENSE) for name in dice.sample(NAMES, 3)}
        answer = reader.get(path, query)
        assert answer.status_code in ANSWERS, (path, query)
        assert "X-Injected" not in answer.headers
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            assert b"<script>alert(1)" not in answer.content
    for method in METHODS:
        answer = getattr(reader, method)(filled(route, "1"))
        assert answer.status_code in ANSWERS, method


@pytest.mark.parametrize(
    "header",
    ["Host", "Accept", "Accept-Language", "If-None-Match", "If-Modified-Since", "Range", "Cookie",
     "Referer", "Origin", "X-Forwarded-For", "Sec-Fetch-Site", "User-Agent", "Sec-Purpose"],
)  # fmt: skip
def test_nonsense_in_a_header_is_answered_calmly(reader, header):
    for value in NONSENSE:
        text = value.encode().decode("latin-1").replace("\r\n", " ").replace("\x00", " ")
        for path in "/", "/tin-tuc/", "/duong-day-nong.vcf":
            answer = reader.get(path, headers={header: text})
            assert answer.status_code in ANSWERS, (header, value)


def test_a_body_that_is_none_is_answered_calmly(reader):
    dice = random.Random(7)
    kinds = ["application/json", "multipart/form-data; boundary=x", "text/plain", "a/b; charset=đ"]
    for route in ROUTES:
        body, kind = dice.randbytes(300), dice.choice(kinds)
        answer = reader.generic("POST", filled(route, "1"), body, content_type=kind)
        assert answer.status_code in ANSWERS, (route, kind)
