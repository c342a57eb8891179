"""The interface for programs: how it answers, and that its description says so."""

import json
import typing
from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import pytest
from django.utils import timezone

from news import workflow
from news.models import Tag
from portal.api import describing, shapes
from portal.api.entrances import ENTRANCES
from portal.models import Page
from stats.pageviews import page_to_count
from tests.making import (
    make_agency,
    make_category,
    make_draft,
    make_edition,
    make_notice,
    make_official,
)

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"


def told(client, address, status=200, **query):
    answer = client.get(address, query)
    assert answer.status_code == status, answer.content
    return answer.json()


def filled(entrance, rows):
    return "/api/v1" + entrance.template.format(**rows)


@pytest.fixture
def rows():
    return one_of_everything()


def one_of_everything() -> dict[str, int]:
    make_agency()
    edition = make_edition()
    edition.tags.add(Tag.objects.create(name_vi="Cảng biển"))
    make_notice()
    make_official()
    page = Page.objects.create(title_vi="Chức năng", path_vi="chuc-nang", body_vi="<p>Quy định</p>")
    return {"article_id": edition.article_id, "page_id": page.pk}


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.name)
def test_every_address_answers_anybody_and_is_kept_by_caches(citizen, rows, entrance):
    answer = citizen.get(filled(entrance, rows))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.name)
def test_what_did_not_change_is_not_sent_again(citizen, rows, entrance):
    address = filled(entrance, rows)
    etag = citizen.get(address).headers["ETag"]
    assert citizen.head(address).headers["ETag"] == etag
    again = citizen.get(address, headers={"If-None-Match": f'"khác", {etag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda each: each.name)
def test_an_answer_is_exactly_what_the_description_says(citizen, rows, entrance):
    assert list(fits(told(citizen, filled(entrance, rows)), entrance.answer)) == []


def fits(value, shape, at="$"):
    """What differs from the shape, place by place."""
    if is_dataclass(shape):
        hints = typing.get_type_hints(shape)
        if set(value) != {field.name for field in fields(shape)}:
            yield f"{at}: {set(value)}"
        for name, inner in value.items():
            yield from fits(inner, hints[name], f"{at}.{name}")
    elif typing.get_origin(shape) is list:
        for number, inner in enumerate(value):
            yield from fits(inner, typing.get_args(shape)[0], f"{at}[{number}]")
    elif type(None) in typing.get_args(shape):
        if value is not None:
            yield from fits(value, typing.get_args(shape)[0], at)
    elif not isinstance(value, {int: int, bool: bool}.get(shape, str)):
        yield f"{at}: {value!r} is no {shape}"


def test_the_description_is_valid_and_names_every_address(citizen):
    from openapi_spec_validator import validate

    description = told(citizen, "/api/v1/openapi.json")
    validate(description)
    assert description["openapi"] == "3.1.0"
    assert set(description["paths"]) == {entrance.template for entrance in ENTRANCES}
    assert description["servers"] == [{"url": f"{SITE}/api/v1"}]


def test_the_first_address_leads_to_the_others(citizen, rows):
    index = told(citizen, "/api/v1/")
    assert index["description"] == f"{SITE}/api/v1/openapi.json"
    for entrance in index["items"]:
        told(citizen, entrance["url"].removeprefix(SITE))


def test_a_program_reads_a_list_to_its_end_by_key(citizen):
    titles = [f"Tin số {number}" for number in range(7)]
    for number, title in enumerate(titles):
        make_edition(title=title, live_from=timezone.now() - timedelta(hours=9 - number))
    found, address = [], "/api/v1/articles?limit=3"
    while address:
        answer = citizen.get(address)
        found += [item["title"] for item in answer.json()["items"]]
        following = answer.json()["next"]
        assert answer.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        address = (following or "").removeprefix(SITE)
    assert found == titles[::-1]


def test_tags_are_read_to_their_end_by_key(citizen):
    edition = make_edition()
    for number in range(5):
        edition.tags.add(Tag.objects.create(name_vi=f"Từ {number}"))
    first = told(citizen, "/api/v1/tags", limit=3)
    rest = told(citizen, first["next"].removeprefix(SITE))
    assert len(first["items"]) == 3
    assert len(rest["items"]) == 2
    assert rest["next"] is None


def test_news_are_chosen_by_language_category_tag_and_period(citizen):
    old = make_edition(title="Năm cũ", dated=date(2021, 12, 28))
    child = make_category(name_vi="Hạ tầng", parent=old.category)
    below = make_edition(title="Đường mới", category=child)
    below.tags.add(Tag.objects.create(name_vi="Giao thông"))
    make_edition(title="Khác", category=make_category(name_vi="Văn hóa"))
    make_edition(title="In English", language="en")

    def titles(**query):
        return {item["title"] for item in told(citizen, "/api/v1/articles", **query)["items"]}

    assert titles() == {"Năm cũ", "Đường mới", "Khác"}
    assert titles(language="en") == {"In English"}
    assert titles(category=old.category.slug) == {"Năm cũ", "Đường mới"}
    assert titles(tag="giao-thong") == {"Đường mới"}
    assert titles(since="2021-12-28", until="2021-12-28") == {"Năm cũ"}
    assert titles(until="2021-12-27") == set()
    assert titles(since="2021-12-29") == {"Đường mới", "Khác"}


def test_the_hotline_is_given_as_its_page_shows_it(citizen):
    official = make_official("0257 3500 001")
    make_official(name="Lê Văn Đức", is_on_hotline=False)
    [row] = told(citizen, "/api/v1/officials", on_hotline="true")["items"]
    assert row["name"] == official.person.name
    assert row["numbers"][0]["uri"] == "tel:+842573500001"
    assert row["confirmed_on"] is None
    official.confirm(by=None)
    [row] = told(citizen, "/api/v1/officials", on_hotline="true")["items"]
    assert row["confirmed_on"] == timezone.localdate().isoformat()
    assert len(told(citizen, "/api/v1/officials")["items"]) == 2


def test_names_come_in_the_language_that_is_asked_for(citizen):
    make_official()
    assert told(citizen, "/api/v1/units", language="en")["items"][0]["name"] == (
        "Economic Zone Authority"
    )
    assert citizen.get("/api/v1/units?language=en").headers["Content-Language"] == "en"
    assert "/en/" in told(citizen, "/api/v1/units", language="en")["items"][0]["url"]


def test_an_article_knows_its_translation(citizen):
    vi = make_edition(title="Tiếng Việt")
    en = make_draft(title="English", language="en")
    en.article.translation_group = vi.article.translation_group
    en.article.save()
    assert told(citizen, f"/api/v1/articles/{vi.article_id}")["translations"] == []
    workflow.approve(en, by=None)
    [other] = told(citizen, f"/api/v1/articles/{vi.article_id}")["translations"]
    assert (other["language"], other["id"]) == ("en", en.article_id)


def test_what_was_withdrawn_is_gone_and_what_never_was_is_unknown(citizen):
    edition = make_edition()
    workflow.withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    assert told(citizen, f"/api/v1/articles/{edition.article_id}", 410)["status"] == 410
    draft = make_draft()
    assert told(citizen, f"/api/v1/articles/{draft.article_id}", 404)["title"] == "Not Found"
    workflow.move_to_trash(edition.article, by=None)
    told(citizen, f"/api/v1/articles/{edition.article_id}", 404)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"), ("limit=51", "limit"), ("limit=²", "limit"), ("limit=", "limit"),
        ("language=xx", "language"), ("since=2021-13-01", "since"), ("until=hôm qua", "until"),
        ("before=-1", "before"), ("before=999999", "before"), (f"before={'9' * 30}", "before"),
        ("category=khong-co", "category"), ("tag=khong-co", "tag"), ("sort=title", "sort"),
        (f"category={'a' * 10_000}", "category"), ("tag=%22' OR 1=1 --", "tag"),
        (f"{'x' * 500}=1", "x" * 100), ("since=0000-00-00", "since"),
    ],
)  # fmt: skip
def test_a_slip_in_a_parameter_is_told(citizen, query, parameter):
    answer = citizen.get(f"/api/v1/articles?{query}")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    problem = answer.json()
    assert list(fits(problem, shapes.Problem)) == []
    assert [each["parameter"] for each in problem["errors"]] == [parameter]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("end", ["since", "until"])
def test_the_ends_of_the_calendar_are_no_days(citizen, end, day):
    told(citizen, "/api/v1/articles", 400, **{end: day})


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/", 404), ("/api/v1", 404), ("/api/v2/articles", 404), ("/api/v1/articles/", 404),
        ("/api/v1/articles/999", 404), ("/api/v1/articles/x", 404), ("/api/v1/pages/999", 404),
        ("/api/v1/articles/%00", 400), (f"/api/v1/articles/{'9' * 40}", 404),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_a_problem_in_json(citizen, address, status):
    answer = citizen.get(address)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_nothing_can_be_written(citizen, method):
    answer = getattr(citizen, method)("/api/v1/articles")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_page_of_another_site_may_ask_beforehand(citizen):
    answer = citizen.options("/api/v1/articles", headers={"Origin": "https://khac.vn"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_no_other_address_is_open_to_other_sites(citizen, rows):
    for address in ("/", "/duong-day-nong.json", "/rss/", "/thong-ke-truy-cap/du-lieu.json"):
        assert "Access-Control-Allow-Origin" not in citizen.get(address).headers


def test_a_fault_of_ours_is_a_problem_in_json_too(citizen, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(describing, "description", fail)
    citizen.raise_request_exception = False
    answer = citizen.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["status"]) == (500, 500)


@pytest.mark.parametrize("status", [200, 304])
def test_a_program_that_reads_is_no_visit(citizen, rows, status):
    etag = citizen.get("/api/v1/").headers["ETag"]
    headers = {"If-None-Match": etag} if status == 304 else {}
    answer = citizen.get("/api/v1/", headers=headers)
    assert answer.status_code == status
    assert page_to_count(answer.wsgi_request, answer) is None


def test_the_site_map_names_the_interface_in_both_languages(citizen):
    for address in ("/so-do-trang/", "/en/sitemap/"):
        assert 'href="/api/v1/"' in citizen.get(address).content.decode()


def test_the_answer_is_readable_json_with_dau(citizen):
    make_edition(title="Khởi công đường trục")
    content = citizen.get("/api/v1/articles").content.decode()
    assert "Khởi công đường trục" in content
    json.loads(content)
