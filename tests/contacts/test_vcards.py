import re

import pytest
import vobject
from django.core.files.base import ContentFile

from contacts.models import Channel
from editing.models import Photo
from tests.making import make_official, make_post, make_unit, today

pytestmark = pytest.mark.django_db


def card(citizen, official, **query):
    answer = citizen.get(f"/duong-day-nong/{official.pk}.vcf", query)
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    return answer.content.decode()


def lines(text):
    """Unfolded, as a parser reads them."""
    return re.sub("\r\n[ \t]", "", text).split("\r\n")


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_a_strict_parser_reads_name_post_and_numbers(citizen, version):
    make_unit()
    official = make_official(
        "0257. 3503 168 nhánh 12", "0913 705 521", name="Nguyễn Xuân Hùng", honorific="mr"
    )
    read = vobject.readOne(card(citizen, official, v=version))
    assert read.version.value == version
    assert read.fn.value == "Nguyễn Xuân Hùng"
    name = read.n.value
    assert (name.family, name.given, name.additional, name.prefix) == (
        *("Nguyễn", "Hùng", "Xuân", "Ông"),
    )
    assert read.org.value == ["Ban Quản lý Khu kinh tế", "Ban Quản lý Khu kinh tế"]
    assert read.title.value == "Trưởng phòng Đầu tư"
    assert "+84913705521" in read.contents["tel"][1].value


def test_numbers_of_version_4_are_addresses_that_dial(citizen):
    official = make_official("0257. 3503 168 nhánh 12", "0913 705 521", "1022")
    found = [line for line in lines(card(citizen, official)) if line.startswith("TEL")]
    assert found == [
        'TEL;TYPE="work,voice";VALUE=uri:tel:+842573503168;ext=12',
        "TEL;TYPE=cell;VALUE=uri:tel:+84913705521",
        "TEL;TYPE=voice:1022",
    ]


def test_old_phones_get_plain_numbers(citizen):
    official = make_official("0257. 3503 168 nhánh 12", "fax 0257 3503 169", "1022")
    found = [line for line in lines(card(citizen, official, v="3.0")) if line.startswith("TEL")]
    assert found == [
        "TEL;TYPE=WORK,VOICE:+842573503168;ext=12",
        "TEL;TYPE=WORK,FAX:+842573503169",
        "TEL;TYPE=VOICE:1022",
    ]


def test_an_unknown_version_gets_the_current_one(citizen):
    assert "VERSION:4.0" in card(citizen, make_official(), v="9'\"<")


def test_e_mail_and_other_channels_are_in_the_card(citizen):
    official = make_official()
    Channel.objects.create(appointment=official, kind="email", value="dautu@vidu.gov.vn")
    Channel.objects.create(appointment=official, kind="zalo", value="https://zalo.me/0905000111")
    Channel.objects.create(
        appointment=official, kind="email", value="noibo@vidu.gov.vn", is_public=False
    )
    found = lines(card(citizen, official))
    assert "EMAIL;TYPE=work:dautu@vidu.gov.vn" in found
    assert "URL:https://zalo.me/0905000111" in found
    assert "noibo" not in card(citizen, official)


@pytest.mark.parametrize("version", ["4.0", "3.0"])
def test_the_portrait_is_inside_the_card(citizen, drawn_photo, version):
    official = make_official()
    official.person.portrait = Photo.store(ContentFile(drawn_photo(640, 640).read()))
    official.person.save()
    text = card(citizen, official, v=version)
    photo = next(line for line in lines(text) if line.startswith("PHOTO"))
    start = {"4.0": "PHOTO:data:image/jpeg;base64,/9j/", "3.0": "PHOTO;ENCODING=b;TYPE=JPEG:/9j/"}
    assert photo.startswith(start[version])
    assert vobject.readOne(text).photo.value


def test_the_card_says_that_nobody_confirmed_it(citizen):
    official = make_official()
    assert "NOTE:Chưa xác nhận" in lines(card(citizen, official))
    official.confirm(by=None)
    assert "NOTE" not in card(citizen, official)


def test_no_line_is_too_long_and_no_letter_is_cut(citizen):
    title = "Trưởng phòng Quản lý quy hoạch, xây dựng; tài nguyên và môi trường\\đất"
    make_official(name="Nguyễn Thị Phương Thảo Nguyên Đường Ngọc Bảo Trân")
    make_official(post=make_post(title_vi=title))
    for version in ("4.0", "3.0"):
        content = citizen.get("/duong-day-nong.vcf", {"v": version}).content
        assert max(len(line) for line in content.split(b"\r\n")) <= 75
        cards = list(vobject.readComponents(content.decode()))
        assert title in [each.title.value for each in cards]
        assert len(cards) == 2


def test_a_line_break_in_a_name_begins_no_line_of_its_own(citizen):
    official = make_official(name="Nguyễn\r\nTEL:113")
    assert "TEL:113" not in lines(card(citizen, official))


def test_in_english_the_card_speaks_english(citizen):
    official = make_official(honorific="mr")
    text = citizen.get(f"/en/hotline/{official.pk}.vcf").content.decode()
    assert "TITLE:Head of Investment" in text
    assert ";Mr;" in text


def test_the_card_of_who_left_is_gone(citizen):
    official = make_official(ended_on=today())
    assert citizen.get(f"/duong-day-nong/{official.pk}.vcf").status_code == 404
    assert citizen.get("/duong-day-nong/999999999999999999.vcf").status_code == 404


def test_a_successor_has_a_card_with_another_identity(citizen):
    one = make_official()
    other = make_official(post=make_post())
    uids = {line for row in (one, other) for line in lines(card(citizen, row)) if line[:3] == "UID"}
    assert len(uids) == 2


def test_one_official_has_one_identity_in_every_language_and_version(citizen):
    official = make_official()
    addresses = (f"/duong-day-nong/{official.pk}.vcf", f"/en/hotline/{official.pk}.vcf")
    texts = [citizen.get(a, {"v": v}).content.decode() for a in addresses for v in ("4.0", "3.0")]
    assert len({line for text in texts for line in lines(text) if line.startswith("UID")}) == 1
