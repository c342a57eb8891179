"""The directory's staff pages: one screen for one official."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.forms import modelform_factory
from django.test import Client

from contacts.models import Appointment, Channel, Duty, Person, PhoneNumber, Post, Unit
from contacts.phonebook import write_numbers
from contacts.succession import hand_over
from editing.models import AuditEntry
from editing.opened import OpenedForm
from tests.making import make_official, make_post, make_unit, make_user, today

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/contacts/appointment/"


def formset(prefix, *rows, initial=0):
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def filled_form(**changes):
    values = {
        "kind": "full",
        "numbers_as_typed": "",
        "new_honorific": "ms",
        "new_name": "Hồ Thị Mới",
    }
    values |= formset("phonenumbers") | formset("channels")
    return {name: value for name, value in (values | changes).items() if value is not None}


def opened(row):
    """What the form says of the moment when it was opened."""
    form = modelform_factory(type(row), form=OpenedForm, fields=[])
    return form(instance=row)["opened"].value()


def change_form(official, **changes):
    numbers = [
        {"id": number.pk, "appointment": official.pk, "is_public": "on", "label": number.label}
        for number in official.phonenumbers.all()
    ]
    values = filled_form(person=official.person_id, post=official.post_id, new_name=None)
    values |= {
        "numbers_as_typed": official.typed_numbers,
        "is_on_hotline": "on",
        "new_honorific": None,
    }
    values |= {"opened": opened(official)}
    values |= formset("phonenumbers", *numbers, initial=len(numbers))
    return {name: value for name, value in (values | changes).items() if value is not None}


def client_with(*codenames):
    """A member of staff with these rights alone."""
    user = make_user(is_superuser=False)
    for codename in codenames:
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="contacts", codename=codename)
        )
    client = Client()
    client.force_login(user)
    return client


# One screen


def test_a_new_official_is_one_form(staff):
    post = make_post()
    answer = staff.post(
        f"{LIST}add/",
        filled_form(
            post=post.pk, numbers_as_typed="0257. 3503 168 - 0913 705 521; Fax: 0257 3503 169"
        ),
    )
    assert answer.status_code == 302
    official = Appointment.objects.get()
    assert str(official.person) == "Bà Hồ Thị Mới"
    assert [number.kind for number in official.phonenumbers.all()] == ["landline", "mobile", "fax"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("0913 705", "thiếu"),
        ("09137055211", "thừa"),
        ("913 705 521", "số 0"),
        ("đang cập nhật", "không phải là số điện thoại"),
        ("057 3828 250", "0257 3828 250"),
        ("9" * 10_000, ""),
    ],
)
def test_what_is_no_number_is_refused_at_the_field_and_comes_back(staff, typed, reason):
    page = staff.post(f"{LIST}add/", filled_form(post=make_post().pk, numbers_as_typed=typed))
    text = page.content.decode()
    assert page.status_code == 200
    assert reason in text
    assert typed.replace("\x00", "")[:20] in text
    assert "Hồ Thị Mới" in text
    assert not Appointment.objects.exists()
    assert not Person.objects.exists()


def test_the_new_number_is_taken_only_when_asked_for(staff):
    post = make_post()
    page = staff.post(f"{LIST}add/", filled_form(post=post.pk, numbers_as_typed="057 3828 250"))
    assert 'data-renew="0257 3828 250"' in page.content.decode()
    staff.post(
        f"{LIST}add/",
        filled_form(post=post.pk, numbers_as_typed="057 3828 250", renew_numbers="1"),
    )
    assert PhoneNumber.objects.get().e164 == "+842573828250"


def test_a_second_holder_is_refused_at_the_post_and_nothing_is_lost(staff):
    official = make_official()
    page = staff.post(
        f"{LIST}add/", filled_form(post=official.post_id, numbers_as_typed="0905 000 111")
    )
    text = page.content.decode()
    assert official.person.name in text
    assert "0905 000 111" in text
    assert Appointment.objects.count() == 1
    assert Person.objects.count() == 1


def test_a_name_that_is_known_is_asked_about(staff):
    official = make_official(name="Hồ Thị Mới")
    post = make_post()
    page = staff.post(f"{LIST}add/", filled_form(post=post.pk))
    assert "đã có trong danh bạ" in page.content.decode()
    staff.post(f"{LIST}add/", filled_form(post=post.pk, is_namesake="on"))
    assert Person.objects.filter(name=official.person.name).count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"numbers_as_typed": "0913\x00705521"},
        {"new_name": ""},
        {"person": "999999"},
        {"post": "abc"},
        {"kind": "x"},
    ],
)
def test_bad_input_is_answered_in_the_form(staff, changes):
    page = staff.post(f"{LIST}add/", filled_form(**{"post": make_post().pk} | changes))
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()


def test_a_person_and_a_new_name_are_too_many(staff):
    person = Person.objects.create(name="Lê Có Sẵn")
    page = staff.post(f"{LIST}add/", filled_form(post=make_post().pk, person=person.pk))
    assert "không làm cả hai" in page.content.decode()


def test_what_is_said_of_a_number_is_saved_and_kept(staff):
    official = make_official("0257 3503 168")
    number = official.phonenumbers.get()
    row = {
        "id": number.pk,
        "appointment": official.pk,
        "label": "Trực ban",
        "is_public": "",
        "languages": ["vi", "en"],
    }
    data = change_form(official) | formset("phonenumbers", row, initial=1)
    assert staff.post(f"{LIST}{official.pk}/change/", data).status_code == 302
    number.refresh_from_db()
    assert (number.label, number.is_public, number.languages) == ("Trực ban", False, "vi,en")
    assert number.e164 == "+842573503168"


def test_numbers_of_posts_and_units_are_typed_in_one_field_too(staff):
    unit = make_unit()
    data = {"name_vi": "Văn phòng", "numbers_as_typed": "0257 3500 100"}
    data |= {
        f"{name}_{code}": ""
        for name in ("functions", "address", "hours", "slug")
        for code in ("vi", "en")
    }
    data |= formset("phonenumbers") | formset("channels") | formset("opening_hours")
    assert staff.post("/quan-tri/contacts/unit/add/", data).status_code == 302
    assert Unit.objects.exclude(pk=unit.pk).get().phonenumbers.count() == 1
    data = {
        "title_vi": "Chánh Văn phòng",
        "unit": unit.pk,
        "rank": 10,
        "numbers_as_typed": "0257 3500 101",
    }
    data |= formset("phonenumbers") | formset("channels")
    assert staff.post("/quan-tri/contacts/post/add/", data).status_code == 302
    assert Post.objects.get().phonenumbers.count() == 1


def test_the_hours_of_a_unit_are_written_out_for_the_foot_of_the_pages(staff):
    unit = make_unit()
    data = {"name_vi": unit.name_vi, "name_en": unit.name_en, "numbers_as_typed": ""}
    data |= {
        f"{name}_{code}": "" for name in ("functions", "address", "hours") for code in ("vi", "en")
    }
    data |= {"slug_vi": unit.slug_vi, "slug_en": unit.slug_en, "opened": opened(unit)}
    hours = {
        "first_weekday": 0,
        "last_weekday": 4,
        "opens": "07:30",
        "closes": "11:30",
        "unit": unit.pk,
    }
    data |= formset("phonenumbers") | formset("channels") | formset("opening_hours", hours)
    assert staff.post(f"/quan-tri/contacts/unit/{unit.pk}/change/", data).status_code == 302
    unit.refresh_from_db()
    assert unit.hours_vi == "Thứ Hai đến Thứ Sáu: 7:30–11:30"
    assert unit.hours_en == "Monday – Friday: 7:30–11:30"


# Two at once


def test_nobody_saves_over_a_colleague_unseen(staff):
    official = make_official("0257 3503 168")
    data = change_form(official, numbers_as_typed="0905 000 111", decision="Quyết định 12")
    write_numbers(official, "0903 522 442")
    page = staff.post(f"{LIST}{official.pk}/change/", data).content.decode()
    for words in ("Ba bản của cùng một nội dung", "0903 522 442", "0905 000 111", "Quyết định 12"):
        assert words in page
    assert official.phonenumbers.get().e164 == "+84903522442"


def test_whoever_was_succeeded_is_not_brought_back_by_a_form_that_was_open(staff):
    official = make_official()
    data = change_form(official)
    hand_over(official, on=today())
    assert staff.post(f"{LIST}{official.pk}/change/", data).status_code == 200
    official.refresh_from_db()
    assert official.ended_on == today()


def test_after_the_comparison_it_can_be_saved(staff):
    official = make_official()
    data = change_form(official, decision="Quyết định 12")
    official.confirm(by=None)
    staff.post(f"{LIST}{official.pk}/change/", data)
    staff.post(f"{LIST}{official.pk}/change/", data | {"opened": opened(official)})
    official.refresh_from_db()
    assert official.decision == "Quyết định 12"


@pytest.mark.parametrize("model", ["unit", "post", "person", "duty", "appointment"])
def test_every_form_says_what_it_was_opened_with(staff, model):
    official = make_official()
    duty = Duty.objects.create(name_vi="Đầu tư", post=official.post)
    keys = {"unit": official.post.unit_id, "post": official.post_id, "duty": duty.pk}
    keys |= {"person": official.person_id, "appointment": official.pk}
    page = staff.get(f"/quan-tri/contacts/{model}/{keys[model]}/change/").content.decode()
    assert page.count('name="opened"') == 1


def test_what_staff_do_is_in_the_audit_trail(staff):
    official = make_official()
    staff.post(f"{LIST}{official.pk}/confirm/")
    staff.post(f"{LIST}{official.pk}/leave/", leave_form(new_name="Hồ Thị Mới"))
    entries = [sorted(entry.changes) for entry in AuditEntry.objects.order_by("pk")]
    assert entries == [["confirmed_on"], ["ended_on", "successor"]]


def test_a_number_that_was_taken_away_meanwhile_is_told_of(staff):
    official = make_official("0257 3503 168")
    data = change_form(official)
    write_numbers(official, "")
    page = staff.post(f"{LIST}{official.pk}/change/", data)
    assert "đã có người khác lưu" in page.content.decode()
    assert not official.phonenumbers.exists()


def test_a_number_that_cannot_be_read_any_more_does_not_block_the_form(staff):
    official = make_official("0257 3503 168")
    official.phonenumbers.update(raw="0257 35")
    data = change_form(official, numbers_as_typed="0257 3503 168")
    assert staff.post(f"{LIST}{official.pk}/change/", data).status_code == 302


# Chips


def test_the_field_is_answered_with_the_numbers_it_holds(staff):
    answer = staff.post(f"{LIST}numbers/", {"text": "0257. 3503 168 - 057 3828 250"})
    data = json.loads(answer.content)
    assert [number["shown"] for number in data["numbers"]] == ["0257 3503 168", "0257 3828 250"]
    assert data["renewed"] == "0257. 3503 168 - 0257 3828 250"
    assert "0257 3503 168" in data["html"]
    assert not PhoneNumber.objects.exists()


def test_a_field_that_holds_no_number_is_answered_with_the_reason(staff):
    data = json.loads(staff.post(f"{LIST}numbers/", {"text": "<b>0913 705</b>"}).content)
    assert data["errors"]
    assert "<b>" not in data["html"]


def test_whatever_is_typed_the_field_is_answered(staff):
    for text in (
        "",
        "\x00",
        "-" * 10_000,
        "0913\x00705521",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ):
        assert staff.post(f"{LIST}numbers/", {"text": text}).status_code == 200


def test_the_form_shows_the_chips_without_a_script(staff):
    official = make_official()
    write_numbers(official, "0257. 3503 168; 0905 000 111 (nội bộ)")
    page = staff.get(f"{LIST}{official.pk}/change/").content.decode()
    chips = page.partition("data-chips")[2].partition("</ul>")[0]
    assert "0257 3503 168" in chips
    assert "nội bộ" in chips


# Confirming


def test_one_click_confirms(staff):
    official = make_official()
    assert f"{LIST}{official.pk}/confirm/" in staff.get(LIST).content.decode()
    staff.post(f"{LIST}{official.pk}/confirm/")
    official.refresh_from_db()
    assert official.confirmed_on == today()
    assert official.confirmed_by is not None


def test_a_link_confirms_nothing(staff):
    official = make_official()
    assert staff.get(f"{LIST}{official.pk}/confirm/").status_code == 405


def test_saving_can_confirm_at_once(staff):
    official = make_official()
    staff.post(f"{LIST}{official.pk}/change/", change_form(official, _confirm="1"))
    official.refresh_from_db()
    assert official.confirmed_on == today()


def test_a_changed_number_is_not_what_was_confirmed(staff):
    official = make_official("0257 3503 168")
    official.confirm(by=None)
    staff.post(
        f"{LIST}{official.pk}/change/", change_form(official, numbers_as_typed="0905 000 111")
    )
    official.refresh_from_db()
    assert not official.is_confirmed


def test_saving_without_a_change_leaves_the_confirmation(staff):
    official = make_official("0257 3503 168")
    official.confirm(by=None)
    staff.post(f"{LIST}{official.pk}/change/", change_form(official))
    official.refresh_from_db()
    assert official.is_confirmed


def test_the_confirm_button_leads_back_to_where_it_stood(staff):
    official = make_official()
    address = f"{LIST}{official.pk}/confirm/"
    back = staff.post(address, headers={"referer": f"http://testserver{LIST}report/"})
    assert back["Location"].endswith(f"{LIST}report/")
    away = staff.post(address, headers={"referer": "https://example.com/"})
    assert away["Location"] == LIST


# Leaving a post


def leave_form(**changes):
    values = {"on": f"{today():%d/%m/%Y}", "kind": "full", "new_honorific": "ms", "new_name": ""}
    return values | changes


def test_leaving_asks_for_the_day_and_the_successor_in_one_step(staff):
    official = make_official("0257 3500 001")
    keep = [number.pk for number in official.phonenumbers.all()]
    answer = staff.post(f"{LIST}{official.pk}/leave/", leave_form(new_name="Hồ Thị Mới", keep=keep))
    assert answer.status_code == 302
    following = Appointment.objects.current().get()
    assert following.person.name == "Hồ Thị Mới"
    assert following.phonenumbers.count() == 1


@pytest.mark.parametrize(
    "changes",
    [{"on": ""}, {"on": "hôm nay"}, {"successor": "abc"}, {"keep": ["999"]}, {"kind": "\x00"}],
)
def test_a_wrong_answer_comes_back_with_all_that_was_typed(staff, changes):
    official = make_official()
    data = leave_form(decision="Quyết định 12") | changes
    page = staff.post(f"{LIST}{official.pk}/leave/", data)
    assert page.status_code == 200
    assert "Quyết định 12" in page.content.decode()
    assert Appointment.objects.current().count() == 1


def test_a_refused_hand_over_leaves_no_person_behind(staff):
    official = make_official(started_on=today())
    page = staff.post(f"{LIST}{official.pk}/leave/", leave_form(new_name="Hồ Thị Mới"))
    assert "phải sau ngày đó" in page.content.decode()
    assert Person.objects.count() == 1


def test_who_is_not_there_cannot_leave(staff):
    assert staff.get(f"{LIST}999999/leave/").status_code == 404


# Order


def test_rows_are_put_in_order_by_dragging(staff):
    posts = [make_post(title_vi=f"Chức vụ {number}") for number in range(3)]
    keys = [posts[2].pk, posts[0].pk, posts[1].pk]
    staff.post("/quan-tri/contacts/post/order/", {"row": keys})
    assert [post.pk for post in Post.objects.all()] == keys


def test_rows_are_moved_by_buttons_without_a_script(staff):
    posts = [make_post(title_vi=f"Chức vụ {number}") for number in range(3)]
    keys = [post.pk for post in posts]
    staff.post("/quan-tri/contacts/post/order/", {"row": keys, "move": f"up:{keys[2]}"})
    assert [post.pk for post in Post.objects.all()] == [keys[0], keys[2], keys[1]]


def test_forged_keys_move_nothing(staff):
    posts = [make_post(title_vi=f"Chức vụ {number}") for number in range(2)]
    data = {"row": ["abc", "\x00", "999999"], "move": "up:abc"}
    assert staff.post("/quan-tri/contacts/post/order/", data).status_code == 302
    assert [post.pk for post in Post.objects.all()] == [post.pk for post in posts]


@pytest.mark.parametrize("model", ["appointment", "post", "unit", "duty"])
def test_every_list_can_be_put_in_order(staff, model):
    post = make_post(has_one_seat=False)
    make_official(post=post)
    make_official(post=post)
    Duty.objects.create(name_vi="Đầu tư", post=post)
    page = staff.get(f"/quan-tri/contacts/{model}/order/").content.decode()
    assert "Xuống" in page


# History


def test_every_change_is_kept_with_before_after_and_who(staff):
    official = make_official("0257 3503 168")
    staff.post(
        f"{LIST}{official.pk}/change/", change_form(official, numbers_as_typed="0905 000 111")
    )
    Channel.objects.create(appointment=official, kind="email", value="dautu@vidu.gov.vn")
    page = staff.get(f"{LIST}{official.pk}/history/").content.decode()
    for words in ("0257 3503 168", "0905 000 111", "dautu@vidu.gov.vn", "canbo"):
        assert words in page
    assert "Xóa" in page


def test_a_changed_choice_is_told_in_words(staff):
    official = make_official()
    staff.post(f"{LIST}{official.pk}/change/", change_form(official, kind="acting"))
    page = staff.get(f"{LIST}{official.pk}/history/").content.decode()
    assert "chính thức" in page
    assert "quyền" in page


def test_units_people_and_matters_have_their_history(staff):
    official = make_official()
    duty = Duty.objects.create(name_vi="Đầu tư", post=official.post)
    for model, key in (
        *(("unit", official.post.unit_id), ("post", official.post_id)),
        *(("person", official.person_id), ("duty", duty.pk)),
    ):
        page = staff.get(f"/quan-tri/contacts/{model}/{key}/history/")
        assert "Thêm" in page.content.decode()
    assert staff.get("/quan-tri/contacts/unit/999999/history/").status_code == 302


def test_any_two_versions_are_compared(staff, clock):
    official = make_official("0257 3503 168")
    for numbers in ("0905 000 111", "0905 000 111, 0905 000 222"):
        clock.shift(timedelta(minutes=10))
        form = change_form(official, numbers_as_typed=numbers, kind="acting")
        staff.post(f"{LIST}{official.pk}/change/", form)
    page = staff.get(f"{LIST}{official.pk}/history/")
    versions = [version.key for version in page.context["versions"]]
    assert len(versions) == 3
    newest, middle, oldest = versions
    assert fields_that_differ(staff, official, middle, newest) == {"số điện thoại 0905 000 222"}
    assert fields_that_differ(staff, official, oldest, newest) == {
        *("loại", "số điện thoại 0257 3503 168"),
        *("số điện thoại 0905 000 111", "số điện thoại 0905 000 222"),
    }
    assert fields_that_differ(staff, official, newest, newest) == set()


def fields_that_differ(staff, official, old, new):
    url = f"{LIST}{official.pk}/history/"
    changes = staff.get(url, {"old": old, "new": new}).context["changes"]
    return {change.field.split(":")[0] for change in changes}


@pytest.mark.parametrize("moment", ["", "hôm qua", "0001-01-01T00:00:00+23:59", "9" * 300, "\x00"])
def test_a_version_that_never_was_compares_nothing(staff, moment):
    official = make_official()
    url = f"{LIST}{official.pk}/history/"
    assert staff.get(url, {"old": moment, "new": moment}).status_code == 200


# Rights

PAGES = [
    ("get", "report/", ["view_appointment"]),
    ("get", "order/", ["view_appointment", "change_appointment"]),
    ("get", "import/", ["view_appointment", "change_appointment", "add_appointment"]),
    ("get", "export.csv", ["view_appointment"]),
    ("post", "numbers/", ["view_appointment"]),
    ("get", "{pk}/leave/", ["view_appointment", "change_appointment"]),
    ("post", "{pk}/confirm/", ["view_appointment", "change_appointment"]),
    ("get", "{pk}/history/", ["view_appointment"]),
]


@pytest.mark.parametrize(("method", "page", "rights"), PAGES)
def test_a_page_opens_with_the_right_and_not_without_its_last(method, page, rights):
    address = LIST + page.format(pk=make_official().pk)
    assert getattr(client_with(*rights), method)(address).status_code in (200, 302)
    assert getattr(client_with(*rights[:-1]), method)(address).status_code == 403


@pytest.mark.parametrize(("method", "page", "rights"), PAGES)
def test_a_page_is_closed_to_citizens(citizen, method, page, rights):
    address = LIST + page.format(pk=make_official().pk)
    answer = getattr(citizen, method)(address)
    assert answer["Location"].startswith("/quan-tri/login/")


def test_who_may_only_change_cannot_bring_in_a_successor():
    official = make_official()
    client = client_with("view_appointment", "change_appointment")
    answer = client.post(f"{LIST}{official.pk}/leave/", leave_form(new_name="Hồ Thị Mới"))
    assert answer.status_code == 403
    assert Appointment.objects.current().count() == 1
    client.post(f"{LIST}{official.pk}/leave/", leave_form())
    assert not Appointment.objects.current().exists()


def test_who_may_only_look_sees_the_form_and_no_confirm_button():
    official = make_official()
    page = client_with("view_appointment").get(f"{LIST}{official.pk}/change/")
    assert page.status_code == 200
    assert "_confirm" not in page.content.decode()


def test_the_list_is_filtered_by_what_is_to_be_confirmed(staff):
    new = make_official(name="Lê Chưa")
    old = make_official(name="Lê Lâu", post=make_post(), confirmed_on=today() - timedelta(days=200))
    true = make_official(name="Lê Đúng", post=make_post(), confirmed_on=today())
    for value, official in (("open", new), ("stale", old), ("true", true)):
        shown = staff.get(LIST, {"confirmation": value}).context["cl"].result_list
        assert list(shown) == [official]
    assert staff.get(LIST, {"confirmation": "bịa"}).context["cl"].result_count == 3
