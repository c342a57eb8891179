"""What a first visit fetches, as it crosses the line."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from portal.samples import SampleMaker, start_of_today
from tests.making import make_agency

MOST_CSS, MOST_BLOCKING, MOST_OF_THE_FRONT_PAGE = 20_000, 1_000, 100_000
_FETCHED = re.compile(
    r'(?:<link[^>]+rel="(?:stylesheet|preload)"[^>]+href|<script[^>]+src)="([^"]+)"'
)
_FONT = re.compile(r'url\("?([^")]+\.woff2)')


@pytest.fixture
def front_page(db, citizen):
    make_agency()
    next(SampleMaker(start_of_today(), photos=1).make(30))
    return citizen.get("/").content.decode()


def file_of(address):
    return Path(finders.find(address.removeprefix("/static/"))).read_bytes()


def weight(content):
    """Brotli makes it less."""
    return len(gzip.compress(content, 9))


def test_the_stylesheet_is_light(front_page):
    [address] = re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="([^"]+)"', front_page)
    assert 1_000 < weight(file_of(address)) < MOST_CSS


def test_a_script_that_holds_up_the_page_is_short(front_page):
    blocking = [
        re.search(r'src="([^"]+)"', tag)[1]
        for tag in re.findall(r"<script[^>]*>", front_page)
        if not re.search(r'type="module"|\b(?:defer|async)\b', tag)
    ]
    assert blocking == ["/static/js/remembered_size.js"]
    assert 0 < len(file_of(blocking[0])) < MOST_BLOCKING


def test_the_front_page_is_light_before_its_pictures(front_page):
    addresses = set(_FETCHED.findall(front_page))
    texts = [file_of(address) for address in addresses if not address.endswith(".woff2")]
    fonts = {Path(name).name for text in texts for name in _FONT.findall(text.decode())}
    assert len(fonts) == 2
    fetched = weight(front_page.encode()) + sum(map(weight, texts))
    fetched += sum(len(file_of(f"fonts/{name}")) for name in fonts)
    assert 20_000 < fetched < MOST_OF_THE_FRONT_PAGE
