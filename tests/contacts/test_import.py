"""The directory as a table: saved, filled in, looked at, brought back."""

import csv
import io
import re
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from contacts.importing import TableError, carry_out, export_table, make_plan, read_columns
from contacts.models import Appointment, Channel, Person, PhoneNumber, Post, Unit
from contacts.tables import read_table
from editing.spreadsheets import as_excel
from tests.making import make_official, make_post, make_unit, make_user

pytestmark = pytest.mark.django_db

HEADER = ["Đơn vị", "Chức vụ", "Họ tên", "Số điện thoại"]
ADDRESS = "/quan-tri/contacts/appointment/import/"


def rows_of(*lines, header=HEADER):
    return read_columns([header, *[list(line) for line in lines]])


def plan_of(*lines, header=HEADER, **options):
    return make_plan(rows_of(*lines, header=header), **options)


def errors_of(plan):
    return [(line.number, *error) for line in plan.wrong for error in line.errors]


NEW = ("Phòng Đất đai", "Trưởng phòng", "Hồ Thị Mới", "0257 3500 120 - 0905 000 111")


# What would happen


def test_a_plan_writes_nothing():
    plan = plan_of(NEW)
    assert [line.name for line in plan.new] == ["Hồ Thị Mới"]
    assert not Person.objects.exists()
    assert not Unit.objects.exists()


def test_a_new_row_names_the_unit_and_the_post_that_it_would_make():
    said = " ".join(after for _column, _before, after in plan_of(NEW).new[0].changes)
    assert "đơn vị mới: Phòng Đất đai" in said
    assert "chức vụ mới: Trưởng phòng" in said


def test_every_change_is_told_with_what_was_before():
    official = make_official("0257 3500 001", post=make_post(unit=make_unit(name_vi="Văn phòng")))
    plan = plan_of(("Văn phòng", official.post.title, official.person.name, "0905 000 111"))
    [line] = plan.changed
    assert line.changes == [("Số điện thoại", "0257 3500 001", "0905 000 111")]


def test_what_is_not_in_the_table_stays_as_it_is():
    official = make_official(decision="Quyết định 12", post=make_post(unit=make_unit()))
    row = (official.post.unit.name, official.post.title, official.person.name, "0905 000 111")
    carry_out(rows_of(row))
    official.refresh_from_db()
    assert official.decision == "Quyết định 12"
    assert official.is_on_hotline


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Số điện thoại", "0913 705", "thiếu"),
        ("Số điện thoại", "057 3828 250", "0257 3828 250"),
        ("Số điện thoại", "9" * 2000, "tối đa 1000"),
        ("Từ ngày", "31/02/2026", "không phải là ngày"),
        ("Từ ngày", "hôm qua", "không phải là ngày"),
        ("Thư điện tử", "khong-phai-thu", "không phải là địa chỉ thư điện tử"),
        ("Zalo", "javascript:alert(1)", "https://"),
        ("Đường dây nóng", "có thể", "ghi x"),
        ("Hình thức", "tạm thời", "Không hiểu"),
        ("Xưng hô", "Đồng chí", "Không hiểu"),
        ("Thứ bậc", "-1", "một số"),
        ("Thứ bậc", "99999", "một số"),
        ("Mã số", "12345", "không có mục nào"),
        ("Mã số", "²", "không có mục nào"),
        ("Họ tên", "x" * 121, "tối đa 120"),
    ],
)
def test_a_mistake_is_told_by_row_column_and_reason(column, cell, reason):
    header = [*HEADER[:3], *([column] if column not in HEADER[:3] else [])]
    line = dict(zip(HEADER, NEW, strict=True)) | {column: cell}
    plan = plan_of([line[name] for name in header], header=header)
    [(number, found, said), *_more] = errors_of(plan)
    assert number == 2
    assert reason in said
    assert found


def test_all_mistakes_of_all_rows_are_told_at_once():
    plan = plan_of(NEW, ("", "", "", "0913 705"), ("Phòng A", "", "Ai Đó", "x"), header=HEADER)
    assert [line.number for line in plan.wrong] == [3, 4]
    assert len(errors_of(plan)) == 4 + 2


def test_two_rows_about_one_entry_are_a_mistake():
    assert "dòng 2" in errors_of(plan_of(NEW, NEW))[0][2]


def test_a_seat_that_is_taken_is_a_mistake():
    official = make_official(post=make_post(unit=make_unit(name_vi="Văn phòng")))
    plan = plan_of(("Văn phòng", official.post.title, "Hồ Thị Mới", ""))
    assert official.person.name in errors_of(plan)[0][2]


def test_two_rows_cannot_share_one_seat():
    make_post(unit=make_unit(name_vi="Văn phòng"), title_vi="Chánh Văn phòng")
    plan = plan_of(
        ("Văn phòng", "Chánh Văn phòng", "Hồ Thị Một", ""),
        ("Văn phòng", "Chánh Văn phòng", "Hồ Thị Hai", ""),
    )
    assert [line.number for line in plan.wrong] == [3]


def test_a_new_post_has_as_many_seats_as_the_table_needs():
    carry_out(
        rows_of(
            ("Văn phòng", "Chánh Văn phòng", "Hồ Thị Một", ""),
            ("Văn phòng", "Chuyên viên", "Hồ Thị Hai", ""),
            ("Văn phòng", "Chuyên viên", "Hồ Thị Ba", ""),
        )
    )
    seats = dict(Post.objects.values_list("title_vi", "has_one_seat"))
    assert seats == {"Chánh Văn phòng": True, "Chuyên viên": False}


def test_old_numbers_are_renewed_only_when_asked_for():
    row = (*NEW[:3], "057 3828 250")
    assert plan_of(row).wrong
    carry_out(rows_of(row), renew=True)
    assert PhoneNumber.objects.get().e164 == "+842573828250"


def test_a_plan_asks_as_little_of_the_database_whatever_its_length(django_assert_max_num_queries):
    make_official()
    lines = [
        ("Phòng A", f"Chuyên viên {number}", f"Người {number}", "113") for number in range(200)
    ]
    with django_assert_max_num_queries(9):
        plan_of(*lines)


# Carrying it out


def test_all_of_it_is_done():
    carry_out(rows_of(NEW))
    official = Appointment.objects.get()
    assert str(official.person) == "Hồ Thị Mới"
    assert official.post.unit.slug == "phong-dat-dai"
    assert [number.national for number in official.phonenumbers.all()] == [
        *("0257 3500 120", "0905 000 111"),
    ]


def test_one_mistake_and_nothing_is_done():
    with pytest.raises(TableError):
        carry_out(rows_of(NEW, (*NEW[:2], "Người Sai", "0913 705")))
    assert not Appointment.objects.exists()


def test_what_was_brought_in_is_not_confirmed():
    official = make_official(post=make_post(unit=make_unit(name_vi="Văn phòng")))
    official.confirm(by=None)
    row = ("Văn phòng", official.post.title, official.person.name, "0905 000 111")
    carry_out(rows_of(row))
    official.refresh_from_db()
    assert not official.is_confirmed


def test_a_row_without_change_leaves_the_confirmation():
    official = make_official("0257 3500 001", post=make_post(unit=make_unit(name_vi="Văn phòng")))
    official.confirm(by=None)
    carry_out(rows_of(("Văn phòng", official.post.title, official.person.name, "0257 3500 001")))
    official.refresh_from_db()
    assert official.is_confirmed


def test_channels_are_brought_in_and_taken_away():
    official = make_official(post=make_post(unit=make_unit(name_vi="Văn phòng")))
    Channel.objects.create(appointment=official, kind="email", value="cu@vidu.gov.vn")
    header = [*HEADER[:3], "Thư điện tử", "Zalo"]
    row = [official.post.unit.name, official.post.title, official.person.name]
    carry_out(rows_of([*row, "moi@vidu.gov.vn", "https://zalo.me/1"], header=header))
    found = set(official.channels.values_list("value", flat=True))
    assert found == {"moi@vidu.gov.vn", "https://zalo.me/1"}


def test_the_saved_table_brings_nothing_new():
    make_official("0257 3500 001 máy lẻ 12", "0905 000 111", honorific="ms")
    table = export_table(Appointment.objects.all())
    plan = make_plan(read_columns(table))
    assert (plan.wrong, plan.new, plan.changed, plan.same_count) == ([], [], [], 1)


def test_a_saved_name_can_be_corrected_by_its_number():
    official = make_official(name="Đặng Thị Ngoc Ưu")
    table = export_table(Appointment.objects.all())
    table[1][table[0].index("Họ và tên")] = "Đặng Thị Ngọc Ưu"
    carry_out(read_columns(table))
    official.person.refresh_from_db()
    assert official.person.name == "Đặng Thị Ngọc Ưu"


def test_a_plan_that_is_no_longer_true_is_not_carried_out():
    rows = rows_of(NEW)
    fingerprint = make_plan(rows).fingerprint
    carry_out(rows)
    with pytest.raises(TableError):
        carry_out(rows, expected=fingerprint)


@pytest.mark.slow
def test_two_thousand_contacts_with_mistakes_among_them():
    lines = [
        (
            f"Phòng {number % 20}",
            f"Chuyên viên {number}",
            f"Người Thứ {number}",
            f"0905 {number:06d}",
        )
        for number in range(2000)
    ]
    lines[7] = (*lines[7][:3], "0905")
    lines[1999] = (*lines[1999][:2], "", "")
    plan = plan_of(*lines)
    assert [line.number for line in plan.wrong] == [9, 2001]
    assert len(plan.new) == 1998


# Files


def read(content, name="danh-ba.csv"):
    return read_table(io.BytesIO(content), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_files_are_read_as_offices_save_them(encoding, delimiter):
    text = f"Đơn vị{delimiter}Họ tên\r\nVăn phòng{delimiter}Hồ Thị Ước\r\n"
    assert read(text.encode(encoding)) == [["Đơn vị", "Họ tên"], ["Văn phòng", "Hồ Thị Ước"]]


def test_an_excel_file_is_read_with_its_days_and_numbers():
    book = Workbook()
    book.active.append(["Họ tên", "Từ ngày", "Thứ bậc", "Đường dây nóng"])
    book.active.append(["Hồ Thị Ước", date(2026, 5, 3), 40.0, True])
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue(), "a.xlsx")[1] == ["Hồ Thị Ước", "03/05/2026", "40", "x"]


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (70 * 2**20))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        *((b"PK\x03\x04 not a zip", "a.xlsx"), (b"\xd0\xcf\x11\xe0 old", "a.xls")),
        *((b"\xff\xfe\x00", "a.csv"), ("Họ tên".encode("cp1258", "replace") + b"\xea", "a.csv")),
        *((b"x" * (5 * 2**20 + 1), "a.csv"), (b'"' + b"a" * 200_000, "a.csv")),
    ],
)
def test_a_file_that_is_none_is_refused(content, name):
    with pytest.raises(TableError):
        read(content, name)


def test_a_zip_that_unpacks_to_too_much_is_refused():
    with pytest.raises(TableError) as refusal:
        read(bomb(), "a.xlsx")
    assert "giải nén" in refusal.value.message


@pytest.mark.parametrize(
    "table", [[], [["Tên lạ"]], [["Họ tên", "Họ tên", "Đơn vị", "Chức vụ"]], [[""], ["a"]]]
)
def test_a_table_without_the_columns_it_needs_is_refused(table):
    with pytest.raises(TableError):
        read_columns(table)


# On screen


def upload(staff, table, name="danh-ba.csv", **data):
    text = io.StringIO()
    csv.writer(text).writerows(table)
    file = SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"))
    return staff.post(ADDRESS, {"file": file, **data}).content.decode()


def test_first_it_is_shown_then_done(staff):
    page = upload(staff, [HEADER, NEW])
    assert "Hồ Thị Mới" in page
    assert not Appointment.objects.exists()
    payload = re.search(r'name="table" value="([^"]+)"', page)[1]
    answer = staff.post(ADDRESS, {"table": payload})
    assert answer.status_code == 302
    assert Appointment.objects.count() == 1
    assert Appointment.history.first().history_user == make_user.__globals__["User"].objects.get()


def test_mistakes_are_shown_and_nothing_can_be_done_with_them(staff):
    page = upload(staff, [HEADER, (*NEW[:3], "0913 705")])
    assert "thiếu" in page
    assert 'name="table"' not in page


def test_a_forged_table_is_not_taken(staff):
    page = staff.post(ADDRESS, {"table": "gia-mao"}).content.decode()
    assert "chọn lại tệp" in page
    assert not Appointment.objects.exists()


def test_a_table_that_was_overtaken_is_shown_again(staff):
    page = upload(staff, [HEADER, NEW])
    payload = re.search(r'name="table" value="([^"]+)"', page)[1]
    staff.post(ADDRESS, {"table": payload})
    page = staff.post(ADDRESS, {"table": payload}).content.decode()
    assert "xem lại các thay đổi" in page
    assert Appointment.objects.count() == 1


def test_no_file_and_an_unreadable_one_are_answered_at_the_field(staff):
    assert "errorlist" in staff.post(ADDRESS, {}).content.decode()
    page = upload(staff, [["Cột lạ"]])
    assert "Thiếu các cột" in page


def test_the_directory_is_saved_with_internal_numbers_for_staff_alone(staff, citizen):
    official = make_official()
    PhoneNumber.objects.filter(appointment=official).update(is_public=False)
    for extension in ("csv", "xlsx"):
        address = f"/quan-tri/contacts/appointment/export.{extension}"
        assert staff.get(address).status_code == 200
        assert citizen.get(address).status_code == 302
    assert staff.get("/quan-tri/contacts/appointment/export.json").status_code == 404


def test_an_exported_excel_file_comes_back_unchanged(staff):
    make_official("0257 3500 001", honorific="ms")
    table = export_table(Appointment.objects.all())
    content = as_excel({"Danh bạ": table})
    page = staff.post(ADDRESS, {"file": SimpleUploadedFile("a.xlsx", content)}).content.decode()
    assert "không có gì để nhập" in page
