"""Lists by category and period, and how many news each has."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from news import workflow
from news.models import Article, Category, MonthCount
from news.months import (
    months_with_news,
    recount_everything,
    recount_what_the_clock_changed,
    shares,
)
from tests.making import make_agency, make_category, make_draft, make_edition, make_notice

pytestmark = pytest.mark.django_db


def at(year, month, day=15):
    return datetime(year, month, day, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def agency():
    return make_agency()


@pytest.fixture
def investment():
    return make_category(name_vi="Đầu tư", name_en="Investment")


@pytest.fixture
def labour(investment):
    return make_category(name_vi="Lao động", name_en="Labour")


def counted():
    return {(year, month): count for year, month, count in months_with_news("vi")}


def addresses(given):
    return {share.url: share.count for share in given}


def test_a_publication_is_counted_in_its_month_and_notices_are_not():
    make_edition(live_from=at(2021, 12))
    make_edition(live_from=at(2021, 12))
    make_edition(live_from=at(2022, 1))
    make_notice(live_from=at(2022, 1))
    assert counted() == {(2021, 12): 2, (2022, 1): 1}


def test_a_month_ends_at_midnight_in_viet_nam():
    make_edition(live_from=datetime(2021, 12, 31, 16, 59, tzinfo=UTC))
    make_edition(live_from=datetime(2021, 12, 31, 17, 0, tzinfo=UTC))
    assert counted() == {(2021, 12): 1, (2022, 1): 1}


@pytest.mark.parametrize(
    "step",
    [
        lambda row: workflow.withdraw(row, by=None, reason="in_error", note="Nhầm"),
        lambda row: workflow.move_to_trash(row.article, by=None),
        lambda row: workflow.undo(row, by=None),
    ],
    ids=["withdrawn", "trashed", "taken back"],
)
def test_what_is_off_the_site_is_off_the_count(step):
    step(make_edition(live_from=timezone.now()))
    assert counted() == {}


def test_an_article_that_changes_its_category_is_counted_there(investment, labour):
    edition = make_edition(category=investment, live_from=at(2021, 12))
    draft = workflow.edit_anew(edition, by=None)
    draft.category = labour
    draft.save()
    workflow.approve(draft, by=None)
    [count] = MonthCount.objects.all()
    assert (count.category, count.count) == (labour, 1)


def test_a_draft_counts_nothing():
    make_draft()
    assert not MonthCount.objects.exists()


def test_the_runner_counts_what_the_clock_made_public(clock):
    moment = timezone.now() + timedelta(minutes=5)
    make_edition(live_from=moment)
    assert counted() == {}
    clock.move_to(moment + timedelta(seconds=30))
    recount_what_the_clock_changed()
    day = timezone.localdate(moment)
    assert counted() == {(day.year, day.month): 1}


def test_a_count_that_is_right_is_not_written_again():
    """Each minute for a quarter of an hour, it would end every kept page."""
    make_edition()
    rows = list(MonthCount.objects.values_list("pk", flat=True))
    assert rows
    recount_what_the_clock_changed()
    recount_everything()
    assert list(MonthCount.objects.values_list("pk", flat=True)) == rows


def test_a_count_that_is_wrong_is_right_the_next_day(investment):
    make_edition(category=investment, live_from=at(2021, 12))
    MonthCount.objects.update(count=7)
    MonthCount.objects.create(language="vi", category=investment, month="1999-01-01", count=3)
    recount_everything()
    assert counted() == {(2021, 12): 1}
    recount_everything()
    assert counted() == {(2021, 12): 1}


def test_a_choice_narrows_the_others(investment, labour):
    make_edition(category=investment, live_from=at(2021, 12))
    make_edition(category=investment, live_from=at(2022, 3))
    make_edition(category=labour, live_from=at(2022, 3))
    found = shares("vi", investment, 2022)
    assert addresses(found.categories) == {
        "/chuyen-muc/dau-tu/?nam=2022": 1,
        "/chuyen-muc/lao-dong/?nam=2022": 1,
    }
    assert addresses(found.years) == {
        "/chuyen-muc/dau-tu/?nam=2022": 1,
        "/chuyen-muc/dau-tu/?nam=2021": 1,
    }
    assert addresses(found.months) == {"/chuyen-muc/dau-tu/?nam=2022&thang=3": 1}


def test_a_category_has_what_its_subcategories_have(investment):
    below = make_category(name_vi="Đầu tư nước ngoài", parent=investment)
    make_edition(category=below, live_from=at(2022, 3))
    [own, sub] = shares("vi").categories
    assert (own.category, own.count, sub.category, sub.count) == (investment, 1, below, 1)


def test_every_count_is_what_its_page_shows(citizen, investment, labour):
    for category, year, month in [(investment, 2021, 12), (investment, 2022, 3), (labour, 2022, 3)]:
        for day in (3, 4):
            make_edition(category=category, live_from=at(year, month, day))
    found = shares("vi", investment, 2022)
    every = [*found.categories, *found.years, *found.months, *shares("vi").years]
    assert len(every) == 7
    for share in every:
        page = citizen.get(share.url)
        assert len(page.context["page"].editions) == share.count
        canonical = page.context["site_url"] + share.url.replace("&", "&amp;")
        assert f'<link rel="canonical" href="{canonical}">' in page.content.decode()


def test_the_pages_of_a_period_stay_in_it(citizen, investment):
    for _article in range(25):
        make_edition(category=investment, live_from=at(2021, 12))
    make_edition(category=investment, live_from=at(2022, 1))
    page = citizen.get("/chuyen-muc/dau-tu/?nam=2021").context["page"]
    assert page.older == "?nam=2021&page=2"
    second = citizen.get(f"/chuyen-muc/dau-tu/{page.older}").context["page"]
    assert len(second.editions) == 5
    assert second.newer == "?nam=2021"


def test_what_is_archived_is_in_its_period_and_not_in_the_list(citizen, investment):
    edition = make_edition(category=investment, live_from=at(2021, 12))
    workflow.archive(edition, by=None)
    assert not citizen.get("/chuyen-muc/dau-tu/").context["page"].editions
    assert citizen.get("/chuyen-muc/dau-tu/?nam=2021").context["page"].editions == [edition]


@pytest.mark.parametrize(
    "query", ["nam=0", "nam=x", "nam=", "nam=99999", "nam=2021&thang=13", "thang=3", "nam=²"]
)
def test_no_such_period_is_no_page(citizen, investment, query):
    assert citizen.get(f"/chuyen-muc/dau-tu/?{query}").status_code == 404


def test_the_english_page_asks_in_english(citizen, investment):
    make_edition(category=investment, language="en", live_from=at(2021, 12))
    url = "/en/category/investment/?year=2021"
    page = citizen.get(url)
    assert len(page.context["page"].editions) == 1
    assert f'{url}"' in page.content.decode()


def test_a_category_that_is_gone_takes_its_counts_along(investment):
    make_edition(category=investment, live_from=at(2021, 12))
    Article.objects.all().delete()
    Category.objects.filter(pk=investment.pk).delete()
    assert not MonthCount.objects.exists()
