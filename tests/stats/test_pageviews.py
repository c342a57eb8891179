"""What is a pageview. No test here may ask the database, as no request does."""

import pytest
from django.contrib.syndication.views import Feed
from django.http import HttpResponse, HttpResponseNotModified

from tests.stats.conftest import Visit, page


def test_a_page_shown_counts_under_its_address_without_the_query(visit: Visit) -> None:
    (pageview,) = visit("/tim-kiem/?q=quy+hoach")
    assert pageview.page == "/tim-kiem/"


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_only_get_counts(visit: Visit, method: str) -> None:
    assert not visit(method=method)


@pytest.mark.parametrize("status", [206, 301, 302, 400, 403, 404, 410, 500, 503])
def test_only_a_page_that_was_answered_counts(visit: Visit, status: int) -> None:
    assert not visit(answer=HttpResponse(status=status))


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/css", "image/webp"])
def test_files_do_not_count(visit: Visit, kind: str) -> None:
    assert not visit(answer=HttpResponse(content_type=kind))


def test_a_page_that_is_still_the_same_counts(visit: Visit) -> None:
    assert visit("/tin-tuc/", answer=HttpResponseNotModified())


@pytest.mark.parametrize("path", ["/robots.txt", "/accent-0a4b6b.css", "/du-lieu.json"])
def test_a_file_that_is_still_the_same_does_not_count(visit: Visit, path: str) -> None:
    assert not visit(path, answer=HttpResponseNotModified())


def test_a_feed_that_is_still_the_same_does_not_count(visit: Visit) -> None:
    assert not visit("/rss/", view=Feed(), answer=HttpResponseNotModified())


@pytest.mark.parametrize("header", ["SEC_PURPOSE", "PURPOSE", "X_PURPOSE", "X_MOZ"])
@pytest.mark.parametrize("value", ["prefetch", "prefetch;prerender", "Preview"])
def test_a_page_fetched_ahead_of_time_does_not_count(visit: Visit, header: str, value: str) -> None:
    assert not visit(**{f"HTTP_{header}": value})


def test_a_part_of_a_page_does_not_count(visit: Visit) -> None:
    assert not visit(HTTP_HX_REQUEST="true")


def test_staff_pages_do_not_count(visit: Visit) -> None:
    assert not visit("/quan-tri/")


def test_a_view_may_say_that_it_is_no_page(visit: Visit) -> None:
    def status(request: object) -> HttpResponse:
        return HttpResponse()

    status.counts_visits = False  # type: ignore[attr-defined]
    assert not visit(view=status)


def test_an_address_with_a_secret_is_counted_under_its_route(visit: Visit) -> None:
    (pageview,) = visit("/xem-truoc/c4f1a7/", kwargs={"token": "c4f1a7"})
    assert pageview.page == "a_route"


def test_a_view_may_name_its_page(visit: Visit) -> None:
    def receipt(request: object) -> HttpResponse:
        return page(request)  # type: ignore[arg-type]

    receipt.page_name = "feedback"  # type: ignore[attr-defined]
    (pageview,) = visit("/phan-anh-kien-nghi/AB12/", view=receipt)
    assert pageview.page == "feedback"
