from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from news.models import Attachment, Edition, EditionPhoto
from news.workflow import StepRefused, approve, edit_anew, move_to_trash, restore_from_trash
from tests.making import make_draft, make_edition, make_user

pytestmark = pytest.mark.django_db


def test_an_approved_draft_is_live_at_once():
    edition = approve(make_draft(), by=make_user())
    assert list(Edition.objects.live()) == [edition]


def test_the_first_publication_is_the_moment_of_approval():
    edition = approve(make_draft(), by=None)
    assert edition.article.first_published_at == edition.live_from == edition.listed_at


def test_a_date_given_before_is_kept():
    draft = make_draft()
    long_ago = timezone.now() - timedelta(days=900)
    draft.article.set_first_published_at(long_ago)
    approve(draft, by=None)
    assert Edition.objects.get().listed_at == long_ago


def test_a_scheduled_edition_waits_and_then_takes_over_in_the_same_instant():
    old = make_edition()
    new = edit_anew(old, by=None)
    start = timezone.now() + timedelta(days=1)
    approve(new, by=None, live_from=start)
    assert list(Edition.objects.live()) == [old]
    assert list(Edition.objects.live(start - timedelta(microseconds=1))) == [old]
    assert list(Edition.objects.live(start)) == [new]


def test_an_approved_edition_is_not_approved_again():
    edition = make_edition()
    with pytest.raises(StepRefused):
        approve(edition, by=None)


def test_a_later_edition_that_is_scheduled_stands_in_the_way():
    old = make_edition()
    approve(edit_anew(old, by=None), by=None, live_from=timezone.now() + timedelta(days=2))
    other = Edition.objects.create(article=old.article, category=old.category, title="Bản ba")
    with pytest.raises(ValidationError):
        approve(other, by=None)


def test_editing_a_live_article_leaves_it_as_it_is():
    live = make_edition(title="Tiêu đề cũ")
    draft = edit_anew(live, by=make_user())
    draft.title = "Tiêu đề mới"
    draft.save()
    assert Edition.objects.live().get().title == "Tiêu đề cũ"


def test_a_new_edition_takes_photos_and_files_along():
    live = make_edition()
    EditionPhoto.objects.create(edition=live, caption="Quang cảnh hội nghị")
    draft = edit_anew(live, by=None)
    assert [photo.caption for photo in draft.photos.all()] == ["Quang cảnh hội nghị"]
    assert live.photos.count() == 1
    assert Attachment.objects.count() == 0


def test_there_is_one_draft_of_an_article_however_often_it_is_asked_for():
    live = make_edition()
    assert edit_anew(live, by=None) == edit_anew(live, by=make_user())


def test_the_trash_takes_an_article_off_the_site_and_gives_it_back_as_a_draft():
    edition = make_edition()
    move_to_trash(edition.article, by=make_user())
    assert not Edition.objects.live().exists()
    restore_from_trash(edition.article, by=make_user())
    assert not Edition.objects.live().exists()
    draft = Edition.objects.waiting().get()
    approve(draft, by=None)
    assert Edition.objects.live().get() == draft


def test_what_was_public_before_the_trash_stays_in_the_history():
    edition = make_edition()
    move_to_trash(edition.article, by=None)
    restore_from_trash(edition.article, by=None)
    edition.refresh_from_db()
    edition.article.refresh_from_db()
    assert edition.live_from is not None
    assert edition.live_until is not None


def test_a_scheduled_edition_comes_back_from_the_trash_as_a_draft():
    draft = make_draft()
    approve(draft, by=None, live_from=timezone.now() + timedelta(days=1))
    move_to_trash(draft.article, by=None)
    restore_from_trash(draft.article, by=None)
    assert Edition.objects.waiting().get() == draft


def test_what_lies_in_the_trash_is_not_published():
    draft = make_draft()
    move_to_trash(draft.article, by=None)
    with pytest.raises(StepRefused):
        approve(draft, by=None)
