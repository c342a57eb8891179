"""“Was this useful?”: counted without knowing who; a remark for staff; nothing kept about readers."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from news import workflow
from news.models import Rating, ReaderRemark
from news.rating import KEPT_FOR, forget_old_remarks, rated
from tests.making import make_agency, make_draft, make_edition

pytestmark = pytest.mark.django_db

SAME_SITE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def edition():
    make_agency()
    return make_edition(title="Cấp phép trong một ngày")


def stamp_of(citizen, address):
    page = citizen.get(address).content.decode()
    return re.search(r'name="stamp" value="([^"]+)"', page)[1]


def send(citizen, edition, path="danh-gia/", headers=SAME_SITE, **typed):
    address = edition.get_absolute_url() + path
    typed = {"stamp": stamp_of(citizen, address), **typed}
    return citizen.post(address, typed, **headers)


def test_two_buttons_count(citizen, edition):
    for useful in ("yes", "yes", "no"):
        assert send(citizen, edition, useful=useful).status_code == 302
    found = rated(edition.article)
    assert (found.useful, found.not_useful) == (2, 1)
    assert Rating.objects.count() == 1  # of this day


def test_the_buttons_of_the_article_itself_are_good(citizen, edition):
    stamp = stamp_of(citizen, edition.get_absolute_url())
    address = edition.get_absolute_url() + "danh-gia/"
    assert citizen.post(address, {"stamp": stamp, "useful": "yes"}, **SAME_SITE).status_code == 302


def test_who_has_answered_may_tell_the_editors_more(citizen, edition):
    answer = send(citizen, edition, useful="no")
    assert answer["Location"].endswith("/gop-y/?useful=no")
    page = citizen.get(answer["Location"])
    assert "Cảm ơn" in page.content.decode()
    sent = send(citizen, edition, "gop-y/", useful="no", text="Thiếu mẫu đơn")
    assert "Góp ý của quý vị đã tới" in citizen.get(sent["Location"]).content.decode()
    remark = ReaderRemark.objects.get()
    assert (remark.article, remark.is_useful, remark.text) == (
        edition.article,
        False,
        "Thiếu mẫu đơn",
    )


def test_nothing_about_the_reader_is_stored_and_no_cookie_is_set(citizen, edition):
    answer = send(citizen, edition, useful="yes")
    send(citizen, edition, "gop-y/", useful="yes", text="Tốt")
    assert not answer.cookies
    assert {field.name for field in Rating._meta.fields} == {
        *("id", "article", "day", "useful", "not_useful")
    }
    assert {field.name for field in ReaderRemark._meta.fields} == {
        *("id", "article", "day", "is_useful", "text")
    }


def test_the_stamp_of_another_article_is_none(citizen, edition):
    other = make_edition(title="Bài khác")
    stamp = stamp_of(citizen, other.get_absolute_url())
    answer = send(citizen, edition, useful="yes", stamp=stamp)
    assert answer.status_code == 400
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("headers", "typed", "status"),
    [
        ({"HTTP_SEC_FETCH_SITE": "cross-site"}, {}, 403),
        ({}, {}, 403),
        (SAME_SITE, {"stamp": ""}, 400),
        (SAME_SITE, {"website": "https://spam.example"}, 400),
        (SAME_SITE, {"useful": "maybe"}, 400),
        (SAME_SITE, {"useful": "yes\0"}, 400),
    ],
)
def test_what_no_reader_sends_is_not_counted(citizen, edition, headers, typed, status):
    answer = send(citizen, edition, headers=headers, **{"useful": "yes"} | typed)
    assert answer.status_code == status
    assert "form-error" in answer.content.decode() or "useful" in typed
    assert not Rating.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "a\0b"])
def test_a_remark_that_cannot_be_taken_comes_back_as_typed(citizen, edition, text):
    answer = send(citizen, edition, "gop-y/", useful="no", text=text)
    assert answer.status_code == 400
    assert not ReaderRemark.objects.exists()
    form = answer.context["form"]
    assert form["text"].value() == text
    assert form["useful"].value() == "no"


@pytest.mark.slow
def test_a_flood_is_stopped(citizen, edition):
    for _time in range(60):
        send(citizen, edition, useful="yes")
    answer = send(citizen, edition, useful="yes")
    assert answer.status_code == 429
    assert rated(edition.article).useful == 60


def test_a_remark_is_shown_to_staff_as_it_is_and_never_as_html(staff, edition):
    text = "<script>alert(1)</script>"
    row = ReaderRemark.objects.create(article=edition.article, is_useful=False, text=text)
    for address in ("", f"{row.pk}/change/"):
        page = staff.get(f"/quan-tri/news/readerremark/{address}").content.decode()
        assert text not in page
        assert "&lt;script&gt;" in page
    assert "Cấp phép trong một ngày" in staff.get("/quan-tri/news/readerremark/").content.decode()


def test_staff_see_the_figures_on_the_page_of_the_article(staff, citizen, edition):
    send(citizen, edition, useful="yes")
    page = staff.get(f"/quan-tri/news/edition/{edition.pk}/change/").content.decode()
    assert "1 có, 0 không" in page


def test_what_is_not_public_cannot_be_rated(citizen, edition):
    draft = make_draft()
    address = f"/tin-tuc/{draft.slug}-{draft.article_id}/danh-gia/"
    assert citizen.get(address).status_code == 404
    workflow.move_to_trash(edition.article, by=None)
    assert citizen.post(edition.get_absolute_url() + "danh-gia/").status_code == 404
    assert citizen.get(edition.get_absolute_url() + "gop-y/").status_code == 404


def test_a_title_that_changes_meanwhile_loses_no_answer(citizen, edition):
    old = f"/tin-tuc/ten-cu-{edition.article_id}/danh-gia/"
    address = edition.get_absolute_url() + "danh-gia/"
    assert citizen.get(old)["Location"] == address
    typed = {"stamp": stamp_of(citizen, address), "useful": "yes"}
    assert citizen.post(old, typed, **SAME_SITE).status_code == 302
    assert rated(edition.article).useful == 1


def test_remarks_are_forgotten_after_a_year(edition):
    today = timezone.localdate()
    for age in (KEPT_FOR, KEPT_FOR + timedelta(days=1)):
        ReaderRemark.objects.create(
            article=edition.article, is_useful=True, text="Tốt", day=today - age
        )
    assert forget_old_remarks() == 1
    assert forget_old_remarks() == 0


def test_it_is_asked_in_english_too(citizen, db):
    make_agency()
    edition = make_edition(language="en", title="A permit in one day")
    address = edition.get_absolute_url() + "rating/"
    page = citizen.get(address)
    assert "Was this information useful?" in page.content.decode()
    assert '<meta name="robots" content="noindex">' in page.content.decode()
