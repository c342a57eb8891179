"""An article and its translation know each other; what is missing or too old is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from news import workflow
from news.models import Article, Edition
from news.translating import outdated, translate, translations_of
from tests.making import (
    make_agency,
    make_category,
    make_draft,
    make_edition,
    make_notice,
    make_user,
)
from tests.portal.test_staff_work import form_of, save

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agency():
    return make_agency()


@pytest.fixture
def original():
    return make_edition(title="Khánh thành cầu", live_from=timezone.now() - timedelta(days=2))


def published_translation(edition, title="A bridge is opened"):
    draft = translate(edition, "en", by=None)
    draft.title, draft.slug = title, ""
    draft.save()
    return workflow.approve(draft, by=None)


def change(edition, **changes):
    draft = workflow.edit_anew(edition, by=None)
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save()
    return workflow.approve(draft, by=None)


def page_of(citizen, edition):
    return citizen.get(edition.get_absolute_url()).content.decode()


def test_a_translation_begins_with_the_text_of_the_original(original):
    draft = translate(original, "en", by=None)
    assert (draft.language, draft.state) == ("en", "draft")
    assert (draft.title, draft.body) == (original.title, original.body)
    assert draft.article.translation_group == original.article.translation_group


def test_pressed_twice_it_leads_to_the_same_translation(original):
    assert translate(original, "en", by=None) == translate(original, "en", by=None)
    assert Article.objects.count() == 2


@pytest.mark.parametrize("language", ["vi", "ko", "xx"])
def test_no_other_translation_is_made(staff, original, language):
    address = f"/quan-tri/news/edition/{original.pk}/translate/{language}/"
    page = staff.post(address, follow=True)
    assert "Không có bản dịch này" in page.content.decode()
    assert Article.objects.count() == 1


def test_both_pages_lead_to_each_other(citizen, original):
    translation = published_translation(original)
    for one, other in ((original, translation), (translation, original)):
        page = page_of(citizen, one)
        assert f'<link rel="alternate" hreflang="{other.language}"' in page
        assert other.get_absolute_url() in page


@pytest.mark.parametrize(
    ("make", "nearest"), [(make_edition, "/en/news/"), (make_notice, "/en/notices/")]
)
def test_a_missing_translation_is_said_in_its_own_language(citizen, make, nearest):
    page = page_of(citizen, make())
    assert '<p class="note" lang="en">This text is not available in English.' in page
    assert f'<a href="{nearest}" hreflang="en">' in page
    assert f'<li><a href="{nearest}" hreflang="en"' in page
    assert 'rel="alternate" hreflang="en"' not in page


def test_a_category_leads_to_itself_or_to_the_news(citizen):
    both = make_category(name_vi="Đầu tư", name_en="Investment")
    one = make_category(name_vi="Đảng, đoàn thể", name_en=None)
    assert 'hreflang="en" href="http' in page_of(citizen, both)
    assert '<a href="/en/category/investment/" hreflang="en"' in page_of(citizen, both)
    assert '<a href="/en/news/" hreflang="en"' in page_of(citizen, one)


def test_staff_see_that_the_translation_is_older_than_the_original(staff, original):
    translation = published_translation(original)
    assert not outdated().exists()
    change(original, title="Khánh thành cầu và đường dẫn")
    assert list(outdated()) == [translation]
    page = staff.get(f"/quan-tri/news/edition/{original.pk}/change/").content.decode()
    assert "Bản dịch cũ hơn bản gốc" in page
    assert translation.title in staff.get("/quan-tri/").content.decode()
    change(translation, title="A bridge and a road are opened")
    assert not outdated().exists()
    [row] = translations_of(original)
    assert not row.is_outdated


def test_a_slip_of_the_pen_makes_no_translation_old(original):
    published_translation(original)
    change(original, title="Khánh thành cầu.", is_minor=True)
    assert not outdated().exists()


def test_a_draft_of_the_original_makes_no_translation_old(original):
    published_translation(original)
    workflow.edit_anew(original, by=None)
    assert not outdated().exists()


def test_a_translation_in_the_trash_is_not_begun_a_second_time(staff, original):
    translation = published_translation(original)
    workflow.move_to_trash(translation.article, by=None)
    page = staff.post(f"/quan-tri/news/edition/{original.pk}/translate/en/", follow=True)
    assert "thùng rác" in page.content.decode()
    assert Article.objects.count() == 2


def test_who_may_not_write_may_not_translate(client, original):
    user = make_user(is_superuser=False)
    client.force_login(user)
    assert client.post(f"/quan-tri/news/edition/{original.pk}/translate/en/").status_code == 403
    assert client.get(f"/quan-tri/news/edition/{original.pk}/translate/en/").status_code in (
        403,
        405,
    )
    assert Article.objects.count() == 1


def test_an_unpublished_translation_is_nowhere_public(citizen, original):
    draft = translate(original, "en", by=None)
    assert "This text is not available in English." in page_of(citizen, original)
    assert citizen.get(draft.get_absolute_url()).status_code == 404


def test_until_it_is_published_the_address_follows_the_title(staff):
    draft = make_draft(title="Tên tạm")
    form = form_of(staff, draft)
    save(staff, draft, form | {"title": "Tên thật", "slug": draft.slug})
    draft.refresh_from_db()
    assert draft.slug == "ten-that"


def test_an_address_that_somebody_chose_stays(staff):
    draft = make_draft(title="Tên tạm", slug="dia-chi-rieng")
    save(staff, draft, form_of(staff, draft) | {"title": "Tên thật", "slug": draft.slug})
    assert Edition.objects.get(pk=draft.pk).slug == "dia-chi-rieng"
