"""Reports of browsers: summed up in bounded space, with nobody in them. Headers of every answer."""

import json

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from portal import policy_reports
from tests.making import make_edition

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def send(citizen, body, kind="application/csp-report"):
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return citizen.generic("POST", "/csp-report", text, content_type=kind)


def violation(**changes):
    values = {
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/a.js?x=1",
        "document-uri": "https://portal.example/tim-kiem/?q=Lê+Thị+An",
    }
    return {"csp-report": values | changes}


def test_a_violation_is_summed_up_without_what_was_searched_for(citizen):
    for _time in range(3):
        assert send(citizen, violation()).status_code == 204
    assert policy_reports.most_frequent() == [("script-src-elem evil.example /tim-kiem/", 3)]


def test_a_flood_fills_nothing(citizen, folder):
    for number in range(policy_reports.MOST_KINDS + 50):
        send(citizen, violation(**{"document-uri": f"https://portal.example/{number}/"}))
    kinds = policy_reports.most_frequent(1000)
    assert len(kinds) == policy_reports.MOST_KINDS + 1
    assert kinds[0] == (policy_reports.REST, 50)
    assert (folder / "policy-reports.json").stat().st_size < 64 * 1024


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", b"\xff\x00", {"csp-report": None}, {"csp-report": {}}, "x" * 100_000, "[" * 8000,
     violation(**{"document-uri": "a" * 9000}), violation(**{"blocked-uri": 7})],
)  # fmt: skip
def test_what_is_no_report_breaks_nothing(citizen, body):
    assert send(citizen, body).status_code == 204


def test_the_staff_who_look_after_the_portal_see_it(citizen, staff):
    send(citizen, violation())
    assert "evil.example" in staff.get(reverse("admin:system")).content.decode()


def test_every_kind_of_answer_carries_the_headers(citizen, staff):
    edition = make_edition()
    for client, path in [
        (citizen, "/"), (citizen, edition.get_absolute_url()), (citizen, "/khong-co/"),
        (citizen, "/rss/"), (citizen, "/duong-day-nong.vcf"), (citizen, "/healthz"),
        (staff, "/quan-tri/"), (citizen, "/quan-tri/login/"),
        (citizen, "/static/css/tokens.css"), (citizen, "/thong-ke-truy-cap/du-lieu.json"),
        (citizen, "/tin-tuc%00/"), (citizen, "/csp-report"), (citizen, f"/tin-tuc/x-{edition.article_id}/"),
    ]:  # fmt: skip
        answer = client.get(path)
        answer.getvalue()  # closes what is a file
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "report-uri /csp-report" in headers["Content-Security-Policy"], path
        assert "Access-Control-Allow-Origin" not in headers, path


def test_the_badge_alone_is_offered_to_other_sites(citizen):
    headers = citizen.get(reverse("stats:badge")).headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_staff_pages_are_never_cached(staff):
    for path in "/quan-tri/", "/quan-tri/login/", "/quan-tri/he-thong/", "/quan-tri/news/edition/":
        assert "no-store" in staff.get(path).headers["Cache-Control"], path


def test_a_foreign_host_gets_nothing(citizen):
    answer = citizen.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


@pytest.mark.parametrize(
    "next_page", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_signing_in_leads_to_no_other_site(citizen, next_page):
    from tests.making import make_user

    user = make_user()
    sent = {"login": user.username, "password": "mat-khau-thu-2026", "next": next_page}
    answer = citizen.post("/quan-tri/login/", sent)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(citizen):
    citizen.get("/quan-tri/login/")
    assert citizen.cookies
    for cookie in citizen.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
    assert django_settings.SESSION_COOKIE_HTTPONLY


def test_the_policy_for_readers_opens_nothing_but_this_site(citizen):
    policy = citizen.get("/").headers["Content-Security-Policy"]
    parts = dict(part.partition(" ")[::2] for part in policy.split("; "))
    assert parts.pop("report-uri") == "/csp-report"
    closed = {name for name, sources in parts.items() if sources == "'none'"}
    assert closed == {"default-src", "base-uri", "frame-ancestors"}
    assert {sources for name, sources in parts.items() if name not in closed} == {"'self'"}
