"""Officials in articles keep the title of their day."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contacts.models import Appointment, Person
from contacts.succession import hand_over
from editing.models import AuditEntry
from portal.mentions import write_mentions
from portal.models import Mention
from tests.making import make_draft, make_edition, make_official, make_post, make_user
from tests.news.test_steps import make_staff

pytestmark = pytest.mark.django_db


def page_of(citizen, edition):
    return citizen.get(edition.get_absolute_url()).content.decode().partition("<main")[2]


def test_an_old_article_keeps_the_title_of_its_day(citizen):
    official = make_official(name="Lý Văn Cũ", post=make_post(title_vi="Chánh Thanh tra"))
    edition = make_edition()
    write_mentions(edition.article, [official])
    hand_over(official, on=date(2026, 5, 3))
    later = make_post(title_vi="Trưởng ban")
    Appointment.objects.create(person=official.person, post=later, started_on=date(2026, 5, 3))
    page = page_of(citizen, edition)
    assert "Lý Văn Cũ" in page
    assert "Chánh Thanh tra" in page
    assert "đến ngày 03/05/2026" in page
    assert "Trưởng ban" not in page


def test_the_page_of_a_person_leads_to_the_articles(citizen):
    official = make_official()
    edition, draft = make_edition(title="Khởi công"), make_draft(title="Chưa đăng")
    for row in (edition, draft):
        write_mentions(row.article, [official])
    page = citizen.get(official.get_absolute_url()).content.decode()
    assert "Khởi công" in page
    assert "Chưa đăng" not in page


def test_the_hotline_stands_in_the_article_as_before(citizen):
    make_official("0905 000 111", name="Lê Trực")
    gone = make_official("0905 000 222", name="Lê Đi", post=make_post(), ended_on=date(2026, 1, 1))
    edition = make_edition()
    write_mentions(edition.article, [gone])
    page = page_of(citizen, edition)
    assert "tel:+84905000111" in page
    assert "tel:+84905000222" not in page


def test_people_and_hotline_of_an_article_are_one_query():
    from portal.mentions import people_of

    official = make_official()
    edition = make_edition()
    write_mentions(edition.article, [official])
    with CaptureQueriesContext(connection) as queries:
        mentioned, hotline = people_of(edition.article_id)
        assert [row.public_numbers for row in mentioned]
    assert (mentioned, hotline, len(queries)) == ([official], [official], 1)


def test_staff_tick_who_is_in_an_article(staff):
    one, other = make_official(), make_official(post=make_post())
    edition = make_edition()
    address = f"/quan-tri/news/article/{edition.article_id}/officials/"
    assert address in staff.get(f"/quan-tri/news/edition/{edition.pk}/change/").content.decode()
    staff.post(address, {"officials": [one.pk, other.pk]})
    assert Mention.objects.count() == 2
    staff.post(address, {"officials": [other.pk]})
    assert Mention.objects.get().appointment == other
    staff.post(address, {})
    assert not Mention.objects.exists()


@pytest.mark.parametrize("key", ["abc", "999999", "1\x00"])
def test_a_forged_choice_is_answered_in_the_form(staff, key):
    edition = make_edition()
    address = f"/quan-tri/news/article/{edition.article_id}/officials/"
    page = staff.post(address, {"officials": [key]})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()


def test_it_needs_the_right_to_change_articles(citizen):
    edition = make_edition()
    address = f"/quan-tri/news/article/{edition.article_id}/officials/"
    assert citizen.get(address).status_code == 302
    client = Client()
    client.force_login(make_user(is_superuser=False))
    assert client.get(address).status_code == 403
    assert client.post(address, {"officials": []}).status_code == 403


def test_an_article_that_is_not_there_is_not_found(staff):
    assert staff.get("/quan-tri/news/article/999999/officials/").status_code == 404


def test_a_person_of_an_article_cannot_be_deleted_unseen():
    official = make_official()
    write_mentions(make_edition().article, [official])
    with pytest.raises(Exception, match="protected"):
        Person.objects.filter(pk=official.person_id).delete()


def test_who_may_not_change_an_article_names_nobody_in_it(citizen):
    edition = make_edition()
    citizen.force_login(make_staff("change_edition"))
    url = f"/quan-tri/news/article/{edition.article_id}/officials/"
    assert citizen.post(url, {"officials": [make_official().pk]}).status_code == 403
    assert not Mention.objects.exists()


def test_naming_an_official_is_on_record(staff):
    edition = make_edition()
    official = make_official(name="Lý Văn Mới")
    url = f"/quan-tri/news/article/{edition.article_id}/officials/"
    staff.post(url, {"officials": [official.pk]})
    assert "Lý Văn Mới" in str(AuditEntry.objects.filter(action="changed").get().changes)
