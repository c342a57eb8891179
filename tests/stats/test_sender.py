import pytest

from stats.sender import device_class, visitor_hash
from tests.stats.conftest import PHONE, Visit

SALT = b"s" * 32


def test_the_same_reader_has_the_same_hash_all_day(visit: Visit) -> None:
    first, second = visit() and visit()
    assert first.visitor == second.visitor


def test_another_address_or_another_browser_is_another_visitor(visit: Visit) -> None:
    visit()
    visit(REMOTE_ADDR="198.51.100.8")
    hashes = {pageview.visitor for pageview in visit(HTTP_USER_AGENT=PHONE + " Zalo")}
    assert len(hashes) == 3


def test_a_phone_that_changes_its_address_within_its_network_is_one_visitor() -> None:
    one, other = (
        visitor_hash(SALT, f"2001:db8:1:2::{end}", PHONE, ipv6_prefix=64) for end in (1, 2)
    )
    assert one == other
    assert one != visitor_hash(SALT, "2001:db8:1:2::2", PHONE, ipv6_prefix=128)


def test_an_ipv4_address_is_the_same_however_it_is_written() -> None:
    written = ("198.51.100.7", "::ffff:198.51.100.7")
    assert len({visitor_hash(SALT, ip, PHONE, ipv6_prefix=64) for ip in written}) == 1


def test_another_salt_gives_another_hash() -> None:
    salts = (SALT, b"t" * 32)
    assert len({visitor_hash(salt, "198.51.100.7", PHONE, ipv6_prefix=64) for salt in salts}) == 2


def test_only_so_much_of_a_user_agent_is_looked_at(visit: Visit) -> None:
    visit(HTTP_USER_AGENT=PHONE.ljust(600, "x") + "1")
    one, other = visit(HTTP_USER_AGENT=PHONE.ljust(600, "x") + "2")
    assert one.visitor == other.visitor


@pytest.mark.parametrize(
    ("referrer", "site"),
    [
        ("https://www.google.com.vn/search?q=khu+kinh+te", "google.com.vn"),
        ("https://user:secret@zalo.me/a", "zalo.me"),
        ("http://testserver/tin-tuc/", ""),
        ("http://192.168.1.20/", ""),
        ("http://[2001:db8::1]/", ""),
        ("http://[", ""),
        ("http://evil\x00.vn/", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_of_a_referrer_only_the_site_is_kept(visit: Visit, referrer: str, site: str) -> None:
    (pageview,) = visit(HTTP_REFERER=referrer, HTTP_HOST="testserver")
    assert pageview.referrer == site


@pytest.mark.parametrize(
    ("header", "language"),
    [("vi-VN,vi;q=0.9,en;q=0.5", "vi"), ("EN", "en"), ("", ""), ("x-klingon", "other")],
)
def test_the_first_language_counts(visit: Visit, header: str, language: str) -> None:
    (pageview,) = visit(HTTP_ACCEPT_LANGUAGE=header)
    assert pageview.language == language


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "phone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "desktop"),
        ("", "other"),
    ],
)
def test_devices_are_told_apart(agent: str, device: str) -> None:
    assert device_class(agent) == device
