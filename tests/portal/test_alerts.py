"""News by e-mail: asked for and confirmed, sent once, ended with one click, and private."""

import logging
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from contacts.models import PhoneNumber
from editing.models import AuditEntry
from news import workflow
from portal.alerts import forms, links, sending
from portal.alerts.figures import numbers_by_topic, queue
from portal.alerts.models import Alert, Announced, Subscription, Topic
from portal.alerts.sending import MailsFailed, mail_alerts
from portal.checkup import look
from portal.models import Page, Task
from stats.pageviews import page_to_count
from tests.making import (
    make_agency,
    make_category,
    make_draft,
    make_edition,
    make_notice,
    make_official,
    make_user,
)

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
OWN = {"Sec-Fetch-Site": "same-origin"}
ADDRESS = "nguoi.doc@example.vn"


@pytest.fixture(autouse=True)
def mail_server(settings, clock):
    settings.HAS_MAIL_SERVER = True
    clock.move_to("2026-11-24T03:00:00+00:00")  # Tuesday, ten in the morning
    make_agency()


def make_subscription(*keys, **changes):
    now = timezone.now()
    values = {"email": ADDRESS, "language": "vi", "confirmed_at": now, "digest_at": now}
    row = Subscription.objects.create(**values | changes)
    for key in keys or ("news",):
        kind, _colon, target = key.partition(":")
        name = {"category": "category_id", "page": "page_id"}.get(kind)
        Topic.objects.create(subscription=row, kind=kind, **({name: int(target)} if name else {}))
    return row


def publish(clock, **changes):
    """An article that goes on the site now; its time to be taken back is over."""
    clock.shift(timedelta(seconds=1))
    edition = workflow.approve(make_draft(**changes), by=None)
    clock.shift(timedelta(minutes=11))
    return edition


def post(client, address, data=None, **headers):
    return client.post(address, data or {}, headers=headers or OWN)


def stamp_in(client, address):
    page = client.get(address).content.decode()
    return re.search(r'name="stamp" value="([^"]+)"', page)[1]


def sign_up(client, address="/nhan-tin-qua-thu/", **changes):
    values = {"email": ADDRESS, "topics": ["news", "notices"], "rhythm": "at_once"}
    return post(client, address, {"stamp": stamp_in(client, address), **values, **changes})


def link_in(message, text="http"):
    return re.search(rf"{SITE}(/\S+)", message.body)[1]


# Asking and confirming


def test_a_reader_asks_confirms_reads_and_leaves(citizen, clock):
    answer = sign_up(citizen)
    assert answer.headers["Location"] == "/nhan-tin-qua-thu/?sent=1"
    assert "hộp thư" in citizen.get("/nhan-tin-qua-thu/?sent=1").content.decode()
    assert mail_alerts() == 1
    address = link_in(mail.outbox[0])
    assert Subscription.objects.confirmed().count() == 0
    assert post(citizen, address).status_code == 302
    publish(clock, title="Khởi công đường trục")
    assert mail_alerts() == 1
    news = mail.outbox[1]
    assert news.to == [ADDRESS]
    assert news.subject == "Khởi công đường trục"
    leave = news.extra_headers["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    citizen.post(leave, {"List-Unsubscribe": "One-Click"})
    assert not Subscription.objects.exists()
    assert not citizen.cookies


def test_english_pages_bring_english_mails(citizen, clock):
    sign_up(citizen, "/en/alerts/")
    mail_alerts()
    assert "/en/alerts/confirm/" in mail.outbox[0].body
    assert "If it was you" in mail.outbox[0].body
    post(citizen, link_in(mail.outbox[0]))
    publish(clock, title="Bài tiếng Việt")
    publish(clock, title="In English", language="en")
    assert mail_alerts() == 1
    assert mail.outbox[1].subject == "In English"


def test_looking_at_a_link_does_nothing(citizen):
    """Mail programs open every link beforehand."""
    sign_up(citizen)
    mail_alerts()
    citizen.get(link_in(mail.outbox[0]))
    assert not Subscription.objects.confirmed().exists()
    row = make_subscription(email="khac@example.vn")
    for name in ("manage", "unsubscribe"):
        citizen.get(reverse(f"alerts:{name}", args=[links.token_of(row)]))
    assert Subscription.objects.confirmed().count() == 1


def test_a_link_confirms_once_and_for_two_days(citizen, clock):
    sign_up(citizen)
    row = Subscription.objects.get()
    address = reverse("alerts:confirm", args=[links.confirming_token_of(row)])
    assert post(citizen, address, None, **{"Sec-Fetch-Site": "cross-site"}).status_code == 200
    assert not Subscription.objects.confirmed().exists()
    clock.shift(timedelta(hours=49))
    assert post(citizen, address).status_code == 410
    clock.shift(timedelta(hours=-2))
    assert post(citizen, address).status_code == 302
    assert post(citizen, address).status_code == 410


def test_the_answer_does_not_say_whether_an_address_is_known(citizen):
    make_subscription()
    known, unknown = sign_up(citizen), sign_up(citizen, email="la@example.vn")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code, unknown.headers["Location"]
    )  # fmt: skip
    assert known.content == unknown.content


def test_nobody_fills_the_mailbox_of_another(citizen, monkeypatch):
    monkeypatch.setattr(forms.SubscribeForm, "throttles", ())
    answers = {sign_up(citizen).headers["Location"] for _time in range(6)}
    assert answers == {"/nhan-tin-qua-thu/?sent=1"}
    assert Subscription.objects.count() == 3


def test_asking_again_replaces_what_was_chosen_before(citizen):
    old = make_subscription("hotline")
    sign_up(citizen, email=ADDRESS.upper(), topics=["news"], rhythm="weekly")
    new = Subscription.objects.exclude(pk=old.pk).get()
    post(citizen, reverse("alerts:confirm", args=[links.confirming_token_of(new)]))
    row = Subscription.objects.get()
    assert (row.pk, row.rhythm, [each.key for each in row.topics.all()]) == (
        new.pk, "weekly", ["news"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"email": "không phải"}, "id_email_error"),
        ({"email": "a" * 10_000}, "id_email_error"),
        ({"email": "a\x00@example.vn"}, "id_email_error"),
        ({"email": ""}, "id_email_error"),
        ({"topics": []}, "id_topics_error"),
        ({"topics": ["category:999999"]}, "id_topics_error"),
        ({"topics": ["page:²", "\x00"]}, "id_topics_error"),
        ({"rhythm": "hourly"}, "id_rhythm_error"),
        ({"website": "https://khac.vn"}, 'role="alert"'),
        ({"stamp": "giả"}, 'role="alert"'),
    ],
)
def test_what_cannot_be_taken_comes_back_with_everything_typed(citizen, changes, shown):
    answer = sign_up(citizen, **changes)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert shown in page
    if "email" not in changes:
        assert f'value="{ADDRESS}"' in page
    assert not Subscription.objects.exists()


def test_a_form_of_another_site_is_refused(citizen):
    answer = post(citizen, "/nhan-tin-qua-thu/", {"email": ADDRESS}, Origin="https://khac.vn")
    assert answer.status_code == 403


def test_the_form_says_what_is_kept_before_anything_is_sent(citizen):
    page = citizen.get("/nhan-tin-qua-thu/").content.decode()
    assert page.index('id="kept-title"') < page.index('name="email"')


def test_without_a_mail_server_the_page_offers_the_feed(citizen, settings):
    settings.HAS_MAIL_SERVER = False
    page = citizen.get("/nhan-tin-qua-thu/").content.decode()
    assert 'name="email"' not in page
    assert 'href="/rss/"' in page
    post(citizen, "/nhan-tin-qua-thu/", {"email": ADDRESS})
    assert not Subscription.objects.exists()
    make_subscription()
    assert mail_alerts() == 0


def test_a_page_needs_at_most_nine_queries(citizen, django_assert_max_num_queries):
    row = make_subscription()
    for number in range(20):
        make_category(name_vi=f"Mục {number}")
    citizen.get("/nhan-tin-qua-thu/")
    for address in ("/nhan-tin-qua-thu/", f"/nhan-tin-qua-thu/{links.token_of(row)}/"):
        with django_assert_max_num_queries(9):
            citizen.get(address)


def test_an_address_with_a_secret_is_kept_nowhere(citizen):
    row = make_subscription()
    answer = citizen.get(reverse("alerts:manage", args=[links.token_of(row)]))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert page_to_count(answer.wsgi_request, answer) is None


@pytest.mark.parametrize("token", ["x", "a.b", "x" * 5000, "₫"])
@pytest.mark.parametrize("name", ["manage", "confirm"])
def test_a_forged_link_opens_nothing(citizen, name, token):
    assert citizen.get(reverse(f"alerts:{name}", args=[token])).status_code == 410
    assert post(citizen, reverse(f"alerts:{name}", args=[token])).status_code == 410


# Managing and leaving


def test_a_reader_changes_what_is_sent(citizen):
    row = make_subscription("news")
    address = reverse("alerts:manage", args=[links.token_of(row)])
    data = {"stamp": stamp_in(citizen, address), "topics": ["hotline"], "rhythm": "daily"}
    assert post(citizen, address, data).status_code == 302
    row.refresh_from_db()
    assert (row.rhythm, [each.key for each in row.topics.all()]) == ("daily", ["hotline"])


def test_leaving_deletes_the_address_and_a_second_time_is_answered_alike(citizen):
    row = make_subscription()
    address = reverse("alerts:unsubscribe", args=[links.token_of(row)])
    first, second = citizen.post(address), citizen.post(address)
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert not Subscription.objects.exists()
    assert not Topic.objects.exists()


def test_who_does_not_confirm_is_forgotten_after_two_days(citizen, clock):
    sign_up(citizen)
    clock.shift(timedelta(hours=47))
    mail_alerts()
    assert Subscription.objects.count() == 1
    clock.shift(timedelta(hours=2))
    mail_alerts()
    assert not Subscription.objects.exists()


def test_neither_trail_nor_log_names_an_address(citizen, clock, staff, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    sign_up(citizen)
    mail_alerts()
    post(citizen, link_in(mail.outbox[0]))

    def refuse(self, messages):
        raise SMTPRecipientsRefused({ADDRESS: (550, b"unknown")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    publish(clock)
    with pytest.raises(MailsFailed) as failure:
        mail_alerts()
    row = Subscription.objects.get()
    staff.post(reverse("admin:portal_subscription_delete", args=[row.pk]), {"post": "yes"})
    said = [str(failure.value), caplog.text, *map(str, AuditEntry.objects.values_list())]
    assert not any(ADDRESS in text for text in said)
    assert not Subscription.objects.exists()


# What is news


def test_nothing_is_sent_while_a_publication_can_be_taken_back(clock):
    make_subscription()
    clock.shift(timedelta(seconds=1))
    edition = workflow.approve(make_draft(), by=None)
    clock.shift(timedelta(minutes=9))
    assert mail_alerts() == 0
    workflow.undo(edition, by=None)
    clock.shift(timedelta(minutes=2))
    assert mail_alerts() == 0
    assert not Announced.objects.exists()


def test_what_is_published_again_waits_again(clock):
    make_subscription()
    clock.shift(timedelta(seconds=1))
    first = workflow.approve(make_draft(), by=None)
    clock.shift(timedelta(seconds=1))
    workflow.withdraw(first, by=None, reason="in_error", note="Đăng nhầm")
    clock.shift(timedelta(hours=2))
    workflow.approve(workflow.edit_anew(first, by=None), by=None)
    clock.shift(timedelta(minutes=9))
    assert mail_alerts() == 0
    clock.shift(timedelta(minutes=2))
    assert mail_alerts() == 1


def test_a_scheduled_article_is_sent_when_it_is_there(clock):
    make_subscription()
    workflow.approve(make_draft(), by=None, live_from=timezone.now() + timedelta(hours=2))
    clock.shift(timedelta(hours=1))
    assert mail_alerts() == 0
    clock.shift(timedelta(hours=1, minutes=11))
    assert mail_alerts() == 1


def test_nobody_is_mailed_twice_for_one_article(clock):
    make_subscription("news", f"category:{make_category().pk}")
    edition = publish(clock)
    assert [mail_alerts(), mail_alerts()] == [1, 0]
    for is_minor in (True, False):
        draft = workflow.edit_anew(edition, by=None)
        draft.is_minor = is_minor
        draft.save()
        edition = workflow.approve(draft, by=None)
        clock.shift(timedelta(minutes=11))
        assert mail_alerts() == 0


def test_what_was_withdrawn_before_it_was_sent_is_not_sent(clock, monkeypatch):
    make_subscription(rhythm="daily")
    edition = publish(clock)
    mail_alerts()
    assert Alert.objects.count() == 1
    workflow.withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    clock.shift(timedelta(days=1))
    assert mail_alerts() == 0
    assert mail.outbox == []
    assert not Alert.objects.exists()


def test_a_back_dated_article_is_no_news(clock):
    make_subscription()
    day = timezone.localdate()
    publish(clock, dated=day - timedelta(days=2))
    assert mail_alerts() == 0
    publish(clock, dated=day)
    assert mail_alerts() == 1


def test_what_stood_there_before_is_not_sent_to_new_readers(clock):
    publish(clock)
    make_subscription()
    assert mail_alerts() == 0


def test_an_old_site_that_is_imported_is_no_news(clock):
    make_subscription()
    make_edition(live_from=timezone.now() - timedelta(days=30))
    assert mail_alerts() == 0


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [("news", {"Tin", "Hạ tầng"}), ("notices", {"Cúp điện"}), ("category", {"Tin", "Hạ tầng"})],
)
def test_each_gets_what_was_chosen(clock, topic, wanted):
    category = make_category()
    below = make_category(parent=category)
    make_subscription(f"category:{category.pk}" if topic == "category" else topic)
    clock.shift(timedelta(seconds=1))
    for title, place in (("Tin", category), ("Hạ tầng", below)):
        workflow.approve(make_draft(title=title, category=place), by=None)
    make_notice(title="Cúp điện", live_from=timezone.now())
    clock.shift(timedelta(minutes=11))
    mail_alerts()
    [message] = mail.outbox
    assert {title for title in ("Tin", "Hạ tầng", "Cúp điện") if title in message.body} == wanted


def test_a_change_of_the_hotline_is_told_once_it_has_settled(clock):
    official = make_official()
    make_subscription("hotline")
    assert mail_alerts() == 0
    PhoneNumber.objects.create(appointment=official, raw="0257 3500 009")
    clock.shift(timedelta(minutes=5))
    assert mail_alerts() == 0
    clock.shift(timedelta(minutes=6))
    assert [mail_alerts(), mail_alerts()] == [1, 0]
    assert f"{SITE}/duong-day-nong/" in mail.outbox[0].body


def test_a_change_of_a_page_is_told(clock):
    page = Page.objects.create(title_vi="Chức năng", path_vi="chuc-nang")
    make_subscription(f"page:{page.pk}")
    mail_alerts()
    clock.shift(timedelta(hours=1))
    page.body_vi = "<p>Mới</p>"
    page.save()
    clock.shift(timedelta(minutes=11))
    assert [mail_alerts(), mail_alerts()] == [1, 0]
    assert "Chức năng" in mail.outbox[0].subject


# When


def test_daily_mails_collect_what_there_is_and_leave_in_the_morning(clock):
    make_subscription(rhythm="daily")
    publish(clock, title="Hai")
    publish(clock, title="Ba")
    assert mail_alerts() == 0
    clock.move_to("2026-11-24T23:59:00+00:00")  # 6:59 in Viet Nam
    assert mail_alerts() == 0
    clock.shift(timedelta(minutes=2))
    assert mail_alerts() == 1
    [message] = mail.outbox
    assert "Hai" in message.body
    assert "Ba" in message.body
    assert message.subject == "2 mục mới từ Ban Quản lý Khu kinh tế"


def test_weekly_mails_leave_on_monday(clock):
    make_subscription(rhythm="weekly")
    publish(clock)
    mail_alerts()
    clock.shift(timedelta(days=5))  # Sunday
    assert mail_alerts() == 0
    clock.shift(timedelta(days=1))
    assert mail_alerts() == 1


def test_a_round_is_bounded_and_the_next_goes_on(clock, monkeypatch):
    monkeypatch.setattr(sending, "MOST_A_MINUTE", 3)
    for number in range(5):
        make_subscription(email=f"doc{number}@example.vn")
    publish(clock)
    assert [mail_alerts(), mail_alerts(), mail_alerts()] == [3, 2, 0]
    assert len({message.to[0] for message in mail.outbox}) == 5


# When it goes wrong


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_while_sending_sends_none_twice(clock, monkeypatch, moment):
    for number in range(3):
        make_subscription(email=f"doc{number}@example.vn")
    publish(clock)
    send = EmailBackend.send_messages

    def die(self, messages):
        if len(mail.outbox) == 1:
            if moment == "after":
                send(self, messages)
            raise Killed
        return send(self, messages)

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", die)
        with pytest.raises(Killed):
            mail_alerts()
    clock.shift(timedelta(hours=1))
    mail_alerts()
    receivers = [message.to[0] for message in mail.outbox]
    assert len(receivers) == len(set(receivers)) == (3 if moment == "after" else 2)
    assert queue().doubtful == 1


def test_what_the_server_refuses_is_tried_again_later(clock, monkeypatch):
    make_subscription()
    publish(clock)

    def refuse(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        with pytest.raises(MailsFailed, match="1 mails: SMTPServerDisconnected"):
            mail_alerts()
    assert queue().tried == 0  # not due again yet
    assert mail_alerts() == 0
    clock.shift(timedelta(minutes=6))
    assert queue().tried == 1
    assert mail_alerts() == 1


def test_a_question_is_tried_again_too(citizen, clock, monkeypatch):
    sign_up(citizen)

    def refuse(self, messages):
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        with pytest.raises(MailsFailed):
            mail_alerts()
    assert mail_alerts() == 0
    clock.shift(timedelta(minutes=6))
    assert mail_alerts() == 1


def test_a_server_that_is_away_is_not_asked_for_everybody(clock, monkeypatch):
    for number in range(9):
        make_subscription(email=f"doc{number}@example.vn")
    publish(clock)
    asked = []

    def refuse(self, messages):
        asked.append(messages)
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with pytest.raises(MailsFailed):
        mail_alerts()
    assert len(asked) == 3


def test_what_is_old_news_is_given_up_and_staff_see_it(clock, settings):
    make_subscription()
    publish(clock)
    settings.HAS_MAIL_SERVER = False
    mail_alerts()
    clock.shift(timedelta(days=4))
    mail_alerts()
    assert queue().given_up == 1
    line = next(line for line in look() if line.name == "alerts")
    assert not line.is_well
    settings.HAS_MAIL_SERVER = True
    assert mail_alerts() == 0


# What staff see


def test_staff_see_numbers_and_addresses_only_with_the_right_to_them(client, clock):
    from django.contrib.auth.models import Group

    make_subscription("news", "hotline")
    address = reverse("admin:portal_subscription_changelist")
    for group, sees in (("Biên tập viên", False), ("Quản trị viên", True)):
        user = make_user(is_superuser=False)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        page = client.get(address).content.decode()
        assert "1 địa chỉ đã xác nhận" in page
        assert (ADDRESS in page) is sees
        one = client.get(
            reverse("admin:portal_subscription_change", args=[Subscription.objects.get().pk])
        )
        assert (ADDRESS in one.content.decode()) is sees
        found = client.get(address, {"q": ADDRESS}).content.decode()
        other = client.get(address, {"q": "la@example.vn"}).content.decode()
        row = f"/quan-tri/portal/subscription/{Subscription.objects.get().pk}/"
        assert (row in found, row in other) == ((True, False) if sees else (True, True))
    writer = make_user(is_superuser=False)
    writer.groups.add(Group.objects.get(name="Người viết bài"))
    client.force_login(writer)
    assert client.get(address).status_code == 403


def test_numbers_are_counted_by_topic():
    make_subscription("news", "hotline")
    make_subscription("news", email="khac@example.vn")
    make_subscription("notices", email="chua@example.vn", confirmed_at=None)
    assert [number for _name, number in numbers_by_topic()] == [2, 1]


def test_the_runner_mails_alerts():
    from portal.tasks import TASKS

    TASKS["mail_alerts"].run()
    assert not Task.objects.exclude(error="").exists()
