"""Nothing typed is lost, everything done is on record, and whom it concerns is told."""

import json
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editing.mailing import mail_what_is_due
from editing.models import AuditEntry, Autosave, MailRhythm, Notification, Presence, User
from editing.notifying import notify
from news import reports, workflow
from news.models import Edition
from portal.missing import gather_missing_addresses
from portal.models import MissingAddress, Page, Redirect
from tests.making import make_draft, make_edition, make_user
from tests.portal.test_staff import filled_form

pytestmark = pytest.mark.django_db


def form_of(client, edition):
    """What a browser would send back of the form as it is now."""
    page = client.get(f"/quan-tri/news/edition/{edition.pk}/change/")
    form = page.context["adminform"].form
    return filled_form(category=edition.category_id, opened=form["opened"].value())


def save(client, edition, values, **changes):
    url = f"/quan-tri/news/edition/{edition.pk}/change/"
    return client.post(url, values | {"_continue": "1"} | changes)


# Conflicts


def test_the_second_of_two_saves_is_told_and_nothing_is_lost(staff):
    draft = make_draft(title="Lúc đầu", body="<p>Một</p><p>Hai</p>")
    first, second = form_of(staff, draft), form_of(staff, draft)
    save(staff, draft, first, title="Của chị Lan", body="<p>Một</p><p>Hai</p>")
    answer = save(staff, draft, second, title="Của tôi", body="<p>Một</p><p>Hai, của tôi</p>")
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Lúc mở bài", "Bản của tôi", "Gộp cả hai", "Của chị Lan", "Hai, của tôi"):
        assert words in page, words
    assert Edition.objects.get().title == "Của chị Lan"


def test_paragraphs_that_do_not_overlap_are_merged_with_one_button(staff):
    draft = make_draft(body="<p>Một</p>\n<p>Hai</p>")
    first, second = form_of(staff, draft), form_of(staff, draft)
    save(staff, draft, first, body="<p>Một, của chị</p><p>Hai</p>")
    mine = {"body": "<p>Một</p><p>Hai, của tôi</p>"}
    conflict = save(staff, draft, second, **mine).context["adminform"].form
    merge = {name: conflict[name].value() for name in ("opened", "merge_base")}
    merged = save(staff, draft, second, **mine, **merge, _merge="1").context["adminform"].form
    assert merged["body"].value() == "<p>Một, của chị</p>\n<p>Hai, của tôi</p>"
    save(staff, draft, second, body=merged["body"].value(), opened=merged["opened"].value())
    assert "Một, của chị" in Edition.objects.get().body
    assert "Hai, của tôi" in Edition.objects.get().body


def test_who_saves_again_after_the_warning_saves_his_own(staff):
    draft = make_draft()
    first, second = form_of(staff, draft), form_of(staff, draft)
    save(staff, draft, first, title="Của chị Lan")
    conflict = save(staff, draft, second, title="Của tôi").context["adminform"].form
    save(staff, draft, second, title="Của tôi", opened=conflict["opened"].value())
    assert Edition.objects.get().title == "Của tôi"


@pytest.mark.parametrize(
    ("theirs", "shown"),
    [
        ({"notice_level": "1"}, "Khẩn"),
        ({"is_pinned": "on"}, "có"),
        ({"ends_at_0": "30/11/2026", "ends_at_1": "08:00"}, "08:00 30/11/2026"),
    ],
)
def test_what_another_chose_is_shown_and_merged_too(staff, theirs, shown):
    draft = make_draft()
    first, second = form_of(staff, draft), form_of(staff, draft)
    save(staff, draft, first, **theirs)
    answer = save(staff, draft, second, title="Của tôi")
    conflict = answer.context["adminform"].form
    assert shown in [difference.theirs for difference in conflict.differences]
    assert shown in answer.content.decode()
    merge = {name: conflict[name].value() for name in ("opened", "merge_base")}
    merged = save(staff, draft, second, title="Của tôi", **merge, _merge="1")
    form = merged.context["adminform"].form
    for name, value in theirs.items():
        assert form.data[name] in (value, f"{value}:00")
    assert form["title"].value() == "Của tôi"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the others lock the whole database")
def test_a_form_locks_before_it_reads(staff):
    """Otherwise it would save what a step has changed while it waited."""
    draft = make_draft()
    values = form_of(staff, draft)
    with CaptureQueriesContext(connection) as queries:
        save(staff, draft, values)
    asked = [query["sql"] for query in queries if 'FROM "news_edition"' in query["sql"]]
    locks = [at for at, sql in enumerate(asked) if sql.endswith("FOR UPDATE")]
    # What the form is about is fetched with get(), which asks for more than one row.
    reads = [at for at, sql in enumerate(asked) if sql.endswith("LIMIT 21")]
    assert locks[0] < reads[0]


@pytest.mark.parametrize("opened", ["", "bịa đặt", "x:y:z"])
def test_a_form_that_does_not_say_what_it_was_opened_with_is_a_conflict(staff, opened):
    draft = make_draft(title="Lúc đầu")
    save(staff, draft, form_of(staff, draft), title="Của tôi", opened=opened)
    assert Edition.objects.get().title == "Lúc đầu"


def test_pages_are_guarded_as_well(staff):
    page = Page.objects.create(title_vi="Giới thiệu", path_vi="gioi-thieu-thu")
    url = f"/quan-tri/portal/page/{page.pk}/change/"
    values = {"title_vi": "A", "path_vi": "gioi-thieu-thu", "position": "1", "is_public": "on"}
    values["opened"] = staff.get(url).context["adminform"].form["opened"].value()
    staff.post(url, values | {"title_vi": "Của chị Lan"})
    assert staff.post(url, values | {"title_vi": "Của tôi"}).status_code == 200
    page.refresh_from_db()
    assert page.title_vi == "Của chị Lan"


@pytest.mark.parametrize("kind", ["new", "draft"])
def test_a_preview_shows_the_form_in_the_public_design_and_saves_nothing(staff, kind):
    pk = make_draft(title="Đã lưu").pk if kind == "draft" else 0
    values = filled_form(title="Chỉ xem", body="<p>Nội <script>alert(1)</script>dung</p>")
    answer = staff.post("/quan-tri/news/edition/preview/", values | {"preview_of": pk})
    page = answer.content.decode()
    assert "Chỉ xem" in page
    assert "alert(1)" not in page
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert not Edition.objects.filter(title="Chỉ xem").exists()


# Autosave and presence


def autosave(client, **content):
    body = {"pk": 0, "key": "mot", "version": 0, "fields": [["title", "Đang gõ dở"]]} | content
    return client.post(
        "/quan-tri/news/edition/autosave/", json.dumps(body), content_type="application/json"
    )


def test_what_is_typed_before_the_first_save_is_kept_and_offered(staff):
    assert autosave(staff).json()["saved_at"]
    page = staff.get("/quan-tri/news/edition/add/")
    assert page.context["unsaved"][0]["fields"] == [["title", "Đang gõ dở"]]


def test_a_save_drops_what_was_kept_of_its_form_alone(staff):
    autosave(staff)
    autosave(staff, key="hai")
    staff.post("/quan-tri/news/edition/add/", filled_form(form_key="mot", _continue="1"))
    assert [row.form_key for row in Autosave.objects.all()] == ["hai"]


def test_nobody_sees_what_another_keeps(staff, citizen):
    autosave(staff)
    citizen.force_login(make_user())
    assert citizen.get("/quan-tri/news/edition/add/").context["unsaved"] == []


@pytest.mark.parametrize("body", ["", "[]", '{"pk": "x"}', '{"pk": 1}', "\x00"])
def test_a_broken_autosave_is_refused(staff, body):
    answer = staff.post("/quan-tri/news/edition/autosave/", body, content_type="application/json")
    assert answer.status_code == 400


def test_autosave_is_no_history(staff):
    draft = make_draft(title="Đã lưu")
    autosave(staff, pk=draft.pk)
    assert Edition.objects.get().title == "Đã lưu"
    assert not AuditEntry.objects.exists()


def test_presence_names_the_others_and_ends_by_itself(staff, citizen, clock):
    draft = make_draft()
    url = f"/quan-tri/news/edition/{draft.pk}/presence/"
    citizen.force_login(make_user(first_name="Lê Thị An"))
    citizen.post(url)
    assert staff.post(url).json() == {"others": ["Lê Thị An"]}
    clock.shift(timedelta(seconds=51))
    assert staff.post(url).json() == {"others": []}


def test_leaving_ends_presence_at_once(staff):
    draft = make_draft()
    url = f"/quan-tri/news/edition/{draft.pk}/presence/"
    staff.post(url)
    staff.post(f"{url}?leave=1")
    assert not Presence.objects.exists()


# The trail


def test_a_change_is_on_record_with_old_and_new(staff):
    draft = make_draft(title="Tiêu đề cũ")
    save(staff, draft, form_of(staff, draft), title="Tiêu đề mới")
    entry = AuditEntry.objects.filter(action="changed").get()
    assert entry.changes["title"] == ["Tiêu đề cũ", "Tiêu đề mới"]
    assert entry.actor == User.objects.get()


def test_the_trail_is_neither_changed_nor_deleted(staff):
    draft = make_draft()
    workflow.submit(draft, by=None)
    entry = AuditEntry.objects.get()
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    assert staff.get("/quan-tri/editing/auditentry/").status_code == 200
    assert staff.get(f"/quan-tri/editing/auditentry/{entry.pk}/delete/").status_code == 403


def test_the_trail_keeps_the_name_of_an_account_that_is_gone():
    user = make_user(first_name="Lê Thị An")
    workflow.submit(make_draft(), by=user)
    user.delete()
    assert AuditEntry.objects.get().actor_name == "Lê Thị An"


def test_the_trail_speaks_the_language_of_its_reader(staff, citizen):
    workflow.submit(make_draft(title="Bài thử"), by=None)
    draft = Edition.objects.get()
    save(staff, draft, form_of(staff, draft), title="Bài đã sửa")
    page = staff.get("/quan-tri/editing/auditentry/").content.decode()
    for words in ("hệ thống", "tiêu đề: Bài thử → Bài đã sửa", "bản"):
        assert words in page, words
    citizen.force_login(make_user(language="en"))
    assert "the system" in citizen.get("/quan-tri/editing/auditentry/").content.decode()


def test_changing_the_rule_of_a_category_is_on_record(staff):
    category = make_draft().category
    values = {"name_vi": category.name_vi, "slug_vi": category.slug_vi, "position": "1"}
    staff.post(f"/quan-tri/news/category/{category.pk}/change/", values | {"review": "off"})
    assert AuditEntry.objects.get().changes["review"] == ["required", "off"]


def test_the_trail_is_exported_without_formulas(staff):
    workflow.submit(make_draft(title="=1+1"), by=None)
    answer = staff.post(
        "/quan-tri/editing/auditentry/",
        {"action": "export", "_selected_action": [AuditEntry.objects.get().pk]},
    )
    assert "'=1+1" in answer.content.decode()


# Messages


@pytest.fixture
def with_mail(settings):
    settings.HAS_MAIL_SERVER = True


def tell(user, text="Có bài chờ duyệt"):
    notify([user], text, about=make_draft(), path="/quan-tri/")


def test_a_message_is_counted_in_the_header_until_it_is_seen(staff):
    tell(User.objects.get())
    assert "1 tin báo" in staff.get("/quan-tri/").content.decode()
    assert staff.head("/quan-tri/tin-bao/").status_code == 200
    assert "1 tin báo" in staff.get("/quan-tri/").content.decode()
    page = staff.get("/quan-tri/tin-bao/").content.decode()
    assert "Mới:</strong> <a" in page
    assert "Có bài chờ duyệt" in page
    assert "0 tin báo" in page
    assert "Mới:" not in staff.get("/quan-tri/tin-bao/").content.decode()


def test_messages_are_mailed_once(with_mail):
    tell(make_user(email="an@example.vn"))
    assert mail_what_is_due() == 1
    assert mail_what_is_due() == 0
    assert "/quan-tri/" in mail.outbox[0].body


def test_a_mail_that_fails_is_tried_again(with_mail, monkeypatch):
    tell(make_user(email="an@example.vn"))

    def broken(*args, **kwargs):
        raise OSError("máy chủ thư không trả lời")

    with monkeypatch.context() as patch:
        patch.setattr("editing.mailing.send_mail", broken)
        with pytest.raises(OSError, match="không trả lời"):
            mail_what_is_due()
    assert mail_what_is_due() == 1


def test_who_wants_no_mail_gets_none_and_still_sees_the_message(with_mail):
    user = make_user(email="an@example.vn", mail_rhythm=MailRhythm.NEVER)
    tell(user)
    mail_what_is_due()
    assert mail.outbox == []
    assert Notification.objects.unseen_by(user).exists()


def test_a_daily_mail_leaves_once_in_the_morning(with_mail, time_machine):
    user = make_user(email="an@example.vn", mail_rhythm=MailRhythm.DAILY)
    time_machine.move_to("2026-11-23T23:59:00+00:00", tick=False)  # 6:59 in Viet Nam
    tell(user)
    assert mail_what_is_due() == 0
    time_machine.move_to("2026-11-24T00:00:00+00:00", tick=False)
    assert mail_what_is_due() == 1
    tell(user)
    assert mail_what_is_due() == 0


def test_without_a_mail_server_nothing_counts_as_sent(staff):
    tell(make_user(email="an@example.vn"))
    assert mail_what_is_due() == 0
    assert Notification.objects.to_mail().exists()
    assert "Chưa có máy chủ thư" in staff.get("/quan-tri/").content.decode()


def test_a_remark_calls_the_colleague_it_names(staff):
    colleague = make_user(username="lan.tran")
    draft = make_draft()
    staff.post(f"/quan-tri/news/edition/{draft.pk}/remark/", {"text": "Nhờ @lan.tran xem giúp."})
    assert Notification.objects.get().user == colleague


def test_a_page_that_nobody_has_looked_at_for_long_is_on_the_desk(staff, clock):
    Page.objects.create(title_vi="Chức năng cũ", path_vi="chuc-nang-cu")
    assert "Chức năng cũ" not in staff.get("/quan-tri/").content.decode()
    clock.shift(timedelta(days=366))
    staff.force_login(User.objects.get())
    assert "Chức năng cũ" in staff.get("/quan-tri/").content.decode()


# Groups, report, addresses


@pytest.mark.parametrize(
    ("group", "may", "may_not"),
    [
        ("Người viết bài", "news.add_edition", "news.publish_edition"),
        ("Biên tập viên", "news.edit_others", "news.publish_edition"),
        ("Người duyệt đăng", "news.publish_edition", "news.empty_trash"),
        ("Người duyệt đăng", "news.add_frontstory", "portal.change_agency"),
        ("Biên tập viên", "news.edit_others", "news.add_frontstory"),
        ("Phụ trách danh bạ", "contacts.change_appointment", "news.add_edition"),
        ("Xem thống kê", "stats.view_daytotal", "news.change_edition"),
        ("Quản trị viên", "news.empty_trash", "admin.add_logentry"),
    ],
)
def test_a_group_has_its_rights_and_no_others(group, may, may_not):
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    user = User.objects.get(pk=user.pk)
    assert user.has_perm(may)
    assert not user.has_perm(may_not)


def test_the_report_counts_syllables_and_photos_by_author():
    make_edition(author_line="Lê Thị An", lead="", body="<p>Một hai ba bốn</p>")
    make_edition(author_line="Lê Thị An", lead="", body="<p>Năm</p>")
    rows = reports.articles_published(date(2020, 1, 1), timezone.localdate())
    (own,) = reports.sums_by(rows, "author")
    assert (own.name, own.articles, own.syllables) == ("Lê Thị An", 2, 5)


@pytest.mark.parametrize("kind", ["csv", "xlsx", ""])
def test_the_report_is_shown_and_taken_away(staff, kind):
    make_edition(title="=Công thức")
    answer = staff.get("/quan-tri/news/edition/report/", {"as": kind})
    assert answer.status_code == 200
    if kind == "csv":
        assert "'=Công thức" in answer.content.decode()


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("hôm qua", "31/12/2026", "hợp lệ"),
        ("31/12/2026", "01/01/2026", "kết thúc trước khi bắt đầu"),
    ],
)
def test_a_period_that_is_none_is_told_and_stays_as_typed(staff, first, last, text):
    answer = staff.get(f"/quan-tri/news/edition/report/?first={first}&last={last}")
    page = answer.content.decode()
    assert (answer.status_code, text in page) == (200, True)
    assert f'value="{first}"' in page
    assert f'value="{last}"' in page


def test_the_months_of_the_report_follow_each_other(staff):
    for day in (date(2026, 3, 1), date(2026, 1, 5), date(2026, 3, 2)):
        make_edition(dated=day)
    rows = reports.articles_published(date(2026, 1, 1), date(2026, 12, 31))
    assert [each.name for each in reports.sums_by(rows, "month")] == ["01/2026", "03/2026"]


def test_the_report_needs_its_right(citizen):
    citizen.force_login(make_user(is_superuser=False))
    assert citizen.get("/quan-tri/news/edition/report/").status_code == 403


def test_an_address_asked_for_in_vain_is_listed_and_made_a_redirect(citizen, staff):
    for _time in range(3):
        citizen.get("/trang-cu/gioi-thieu.html")
    gather_missing_addresses()
    assert MissingAddress.objects.get().count == 3
    page = staff.get("/quan-tri/portal/missingaddress/").content.decode()
    assert "old_path=%2Ftrang-cu%2Fgioi-thieu.html" in page


def test_redirects_make_neither_chains_nor_loops(citizen):
    Redirect.objects.create(old_path="/a/", new_path="/b/")
    Redirect.objects.create(old_path="/b/", new_path="/gioi-thieu/")
    assert citizen.get("/a/").headers["Location"] == "/gioi-thieu/"
    with pytest.raises(ValidationError):
        Redirect.objects.create(old_path="/gioi-thieu/", new_path="/a/")
    Redirect.objects.create(old_path="/c/", new_path="/a/")
    assert citizen.get("/c/").headers["Location"] == "/gioi-thieu/"
