import csv
import io
import json

import pytest
from openpyxl import load_workbook

from contacts.models import Channel
from editing.spreadsheets import as_csv
from tests.making import make_official, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def official(db):
    row = make_official("0257 3503 168 máy lẻ 12", "Fax: 0257 3503 169", honorific="ms")
    Channel.objects.create(appointment=row, kind="email", value="dautu@vidu.gov.vn")
    return row


def test_the_csv_opens_in_excel_with_its_accents(citizen, official):
    answer = citizen.get("/duong-day-nong.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    header, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    row = dict(zip(header, line, strict=True))
    assert row["Họ và tên"] == "Đặng Thị Ngọc Ưu"
    assert row["Số điện thoại"] == "0257 3503 168 (máy lẻ 12)"
    assert row["Fax"] == "0257 3503 169"
    assert row["Thư điện tử"] == "dautu@vidu.gov.vn"
    assert row["Đã xác nhận ngày"] == "Chưa xác nhận"


def test_the_excel_file_keeps_zeros_and_text(citizen, official):
    sheet = load_workbook(io.BytesIO(citizen.get("/duong-day-nong.xlsx").content)).active
    cells = [cell.value for cell in sheet[2]]
    assert "0257 3503 168 (máy lẻ 12)" in cells
    assert {cell.data_type for cell in sheet[2] if cell.value} == {"s"}


def test_programs_get_stable_keys_and_international_numbers(citizen, official):
    answer = citizen.get("/en/organisation.json")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    [entry] = json.loads(answer.content)["officials"]
    assert entry["title"] == "Head of Investment"
    assert entry["numbers"][0]["uri"] == "tel:+842573503168;ext=12"
    assert entry["confirmed_on"] is None


def test_the_directory_lists_also_who_is_not_on_the_hotline(citizen):
    make_official(name="Ngoài Đường Dây", is_on_hotline=False, post=make_post())
    assert "Ngoài Đường Dây" in citizen.get("/bo-may.csv").content.decode()
    assert "Ngoài Đường Dây" not in citizen.get("/duong-day-nong.csv").content.decode()


def test_no_cell_can_be_taken_for_a_formula():
    assert as_csv([['=HYPERLINK("x")', "@SUM", "+84", "-1"]]).decode("utf-8-sig") == (
        '"\'=HYPERLINK(""x"")",\'@SUM,\'+84,\'-1\r\n'
    )


def test_other_kinds_of_table_do_not_exist(citizen):
    assert citizen.get("/duong-day-nong.exe").status_code == 404


def test_control_characters_do_not_break_the_excel_file(citizen):
    make_official(name="Tên\x0bLạ")
    assert load_workbook(io.BytesIO(citizen.get("/duong-day-nong.xlsx").content)).active
