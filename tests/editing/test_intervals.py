from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from news.models import Edition, State
from tests.making import make_draft, make_edition

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def second(edition, start, end=None, state=State.APPROVED):
    return Edition(
        article=edition.article,
        category=edition.category,
        title="Bản thứ hai",
        state=state,
        live_from=start,
        live_until=end,
    )


def test_two_live_editions_of_one_article_are_refused_by_the_database():
    edition = make_edition(live_from=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        second(edition, NOW + timedelta(hours=1)).save()


def test_an_update_cannot_make_them_overlap_either():
    edition = make_edition(live_from=NOW)
    draft = second(edition, NOW, state=State.DRAFT)
    draft.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=draft.pk).update(state=State.APPROVED, live_from=NOW)


def test_one_may_begin_where_the_other_ends():
    edition = make_edition(live_from=NOW)
    Edition.objects.filter(pk=edition.pk).update(live_until=NOW + timedelta(hours=1))
    second(edition, NOW + timedelta(hours=1)).save()
    assert edition.article.editions.count() == 2


def test_one_may_stand_before_the_other():
    edition = make_edition(live_from=NOW)
    second(edition, NOW - timedelta(days=2), NOW - timedelta(days=1)).save()
    assert edition.article.editions.count() == 2


def test_drafts_may_lie_anywhere():
    edition = make_edition(live_from=NOW)
    second(edition, NOW, state=State.DRAFT).save()
    assert edition.article.editions.count() == 2


def test_editions_of_different_articles_do_not_meet():
    make_edition(live_from=NOW)
    make_edition(live_from=NOW)
    assert Edition.objects.live(NOW).count() == 2


def test_a_form_learns_of_the_overlap_before_the_database_does():
    edition = make_edition(live_from=NOW)
    with pytest.raises(ValidationError):
        second(edition, NOW - timedelta(hours=1)).validate_constraints()


def test_an_edition_cannot_end_before_it_begins():
    edition = make_draft()
    edition.live_from, edition.live_until = NOW, NOW - timedelta(seconds=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        edition.save()


def test_a_draft_beside_it_takes_no_time_away():
    edition = make_edition(live_from=NOW)
    second(edition, NOW - timedelta(days=1), state=State.DRAFT).save()
    edition.live_from = NOW - timedelta(hours=1)
    edition.save()
