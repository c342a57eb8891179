"""Nothing unpublished leaks, whatever address is asked, and time alone opens and closes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from editing.models import File, Photo
from news import workflow
from news.models import Attachment, EditionPhoto
from tests.making import make_draft, make_edition, make_notice, make_official
from tests.pdf_files import pdf_file

pytestmark = pytest.mark.django_db

SECRET = "Chưa được đọc"
EVERYWHERE = [
    *("/", "/tin-tuc/", "/thong-bao/", "/thong-bao/?past=1", "/rss/", "/thong-bao/rss/"),
    *("/atom/", "/feed.json", "/thong-bao/atom/", "/thong-bao/feed.json"),
    *(
        "/tim-kiem/?q=chua+duoc+doc",
        "/so-do-trang/",
        "/sitemap.xml",
        "/sitemap-articles.xml",
        "/sitemap-news.xml",
    ),
    *("/sitemap-pages.xml", "/en/", "/en/news/", "/robots.txt", "/khong-co/"),
]


def hidden(kind):
    if kind == "draft":
        return make_draft(title=SECRET)
    if kind == "submitted":
        return workflow.submit(make_draft(title=SECRET), by=None)
    if kind == "scheduled":
        draft = make_draft(title=SECRET)
        return workflow.approve(draft, by=None, live_from=timezone.now() + timedelta(hours=1))
    edition = make_edition(title=SECRET)
    if kind == "withdrawn":
        return workflow.withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    workflow.move_to_trash(edition.article, by=None)
    return edition


KINDS = ["draft", "submitted", "scheduled", "withdrawn", "trash"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_public_is_nowhere(citizen, kind):
    make_official()
    make_edition(title="Bài công khai")
    edition = hidden(kind)
    for address in [*EVERYWHERE, edition.category.get_absolute_url()]:
        assert SECRET not in citizen.get(address).content.decode(), address
    answer = citizen.get(edition.get_absolute_url(), follow=True)
    assert answer.status_code in (404, 410)
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_its_photos_and_files_are_not_reachable(citizen, drawn_photo, kind):
    photo, file = Photo.store(drawn_photo()), File.store(pdf_file("Chưa được đọc"), "a.pdf")
    addresses = (photo.url(photo.widths[0]), file.get_absolute_url())
    for edition in (make_edition(), hidden(kind)):
        EditionPhoto.objects.all().delete()
        Attachment.objects.all().delete()
        EditionPhoto.objects.create(edition=edition, photo=photo)
        Attachment.objects.create(edition=edition, file=file, title="A")
        answers = [citizen.get(address) for address in addresses]
        expected = 200 if edition.title != SECRET else 404
        assert [(answer.status_code, len(answer.getvalue()) > 0) for answer in answers] == [
            (expected, True)
        ] * 2


def test_a_draft_of_a_live_article_stays_hidden_behind_it(citizen):
    live = make_edition(title="Bản đang đăng")
    draft = workflow.edit_anew(live, by=None)
    draft.title = SECRET
    draft.save()
    for address in [*EVERYWHERE, live.get_absolute_url(), draft.get_absolute_url()]:
        assert SECRET not in citizen.get(address, follow=True).content.decode(), address


def test_a_scheduled_article_appears_at_its_second_without_any_job(citizen, clock):
    draft = make_draft(title=SECRET)
    start = timezone.now() + timedelta(hours=1)
    workflow.approve(draft, by=None, live_from=start)
    clock.move_to(start - timedelta(microseconds=1))
    assert SECRET not in citizen.get("/").content.decode()
    clock.move_to(start)
    for address in ("/", "/tin-tuc/", "/rss/", "/feed.json", "/tim-kiem/?q=chua+duoc+doc"):
        assert SECRET in citizen.get(address).content.decode(), address


def test_a_scheduled_change_takes_over_at_its_second(citizen, clock):
    live = make_edition(title="Trước")
    draft = workflow.edit_anew(live, by=None)
    draft.title = "Sau"
    draft.save()
    start = timezone.now() + timedelta(hours=1)
    workflow.approve(draft, by=None, live_from=start)
    clock.move_to(start - timedelta(microseconds=1))
    assert "Trước" in citizen.get(live.get_absolute_url()).content.decode()
    clock.move_to(start)
    assert "Sau" in citizen.get(live.get_absolute_url(), follow=True).content.decode()


def test_a_notice_leaves_its_boxes_at_its_second(citizen, clock):
    end = timezone.now() + timedelta(hours=1)
    make_notice(title="Cúp điện", ends_at=end)
    clock.move_to(end - timedelta(microseconds=1))
    assert "Cúp điện" in citizen.get("/").content.decode()
    clock.move_to(end)
    assert "Cúp điện" not in citizen.get("/").content.decode()
