import math
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Duty, Person, PhoneNumber
from contacts.succession import hand_over
from portal.search import ordering
from portal.search.ranking import Ranking
from tests.making import (
    make_board,
    make_edition,
    make_notice,
    make_official,
    make_post,
    make_unit,
)
from vietnamese.folding import fold

pytestmark = pytest.mark.django_db


def found(client, query, address="/tim-kiem/", **parameters):
    response = client.get(address, {"q": query, **parameters})
    assert response.status_code == 200
    return response.context["answer"]


def titles(client, query, **parameters):
    hits = found(client, query, **parameters).hits
    return [hit.edition.title for hit in hits if hit.edition and not hit.is_attached]


@pytest.mark.parametrize(
    "query", ["Đường dây nóng", "duong day nong", "DUONG  DAY-NONG", "đuong dây", "Đươ\u0300ng"]
)
def test_dấu_need_not_be_typed(citizen, query):
    make_edition(title="Công bố đường dây nóng")
    assert titles(citizen, query) == ["Công bố đường dây nóng"]


def test_half_a_syllable_finds_nothing(citizen):
    make_edition(title="Đường dây", lead="", body="")
    assert titles(citizen, "duon") == []


def test_text_and_lead_are_searched_too(citizen):
    make_edition(title="Một", body="<p>Thuế <strong>đất</strong></p>")
    assert titles(citizen, "thue dat") == ["Một"]


def test_typed_accents_stand_before_folded_ones(citizen):
    make_edition(title="Ban quản lý", lead="", body="")
    make_edition(title="Bàn quan lý", lead="", body="")
    assert titles(citizen, "Ban quản lý")[0] == "Ban quản lý"


def test_the_phrase_stands_before_scattered_words(citizen):
    make_edition(title="Khu kinh tế", lead="", body="")
    make_edition(title="Kinh phí khu vực tế bào", lead="", body="")
    assert titles(citizen, "khu kinh te") == ["Khu kinh tế", "Kinh phí khu vực tế bào"]


@pytest.mark.parametrize(
    "query", ["Nguyen Xuan Hung", "truong ban", "0913705521", "0913 705", "+84913705521"]
)
def test_officials_are_a_direct_answer(citizen, query):
    make_official("0913 705 521", name="Nguyễn Xuân Hùng", post=make_post(title_vi="Trưởng ban"))
    answer = found(citizen, query)
    assert [official.person.name for official in answer.officials] == ["Nguyễn Xuân Hùng"]
    assert 'href="tel:+84913705521"' in citizen.get("/tim-kiem/", {"q": query}).content.decode()


@pytest.mark.parametrize("query", ["đầu tư", "dau tu", "quản lý đầu tư"])
def test_who_names_a_matter_sees_who_is_there_for_it(citizen, query):
    make_official("0903 000 111", post=make_post(title_vi="Trưởng phòng Quản lý đầu tư"))
    assert 'href="tel:+84903000111"' in citizen.get("/tim-kiem/", {"q": query}).content.decode()
    assert len(found(citizen, query).officials) == 1


@pytest.mark.parametrize(
    "query",
    [
        *("ai làm trưởng ban", "trưởng ban hiện nay là ai", "sdt truong ban", "hotline trưởng ban"),
        *("số điện thoại anh Hùng", "liên hệ chú Xuân Hùng", "dt anh hung", "sdt trưởng ban"),
    ],
)
def test_one_may_ask_for_an_official_as_one_would_ask_a_person(citizen, query):
    make_official("0913 705 521", name="Nguyễn Xuân Hùng", post=make_post(title_vi="Trưởng ban"))
    make_official("0913 705 522", name="Đỗ Văn An", post=make_post(title_vi="Chánh Văn phòng"))
    answer = found(citizen, query)
    assert [official.person.name for official in answer.officials] == ["Nguyễn Xuân Hùng"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "Nguyễn Xuân Hùg",
            "nguyen xuna hung",
            "trưởng bna",
            "sđt anh Xuna Hùng",
            "đường dây nóg",
        ),
        *(
            "đường giây nóng",
            "duong giay nong",
            "trưởngban",
            "truongban",
            "Nguyrn",
            "Nguyễnxuânhùng",
        ),
    ],
)
def test_one_slip_of_a_letter_still_finds_an_official(citizen, query):
    make_official("0913 705 521", name="Nguyễn Xuân Hùng", post=make_post(title_vi="Trưởng ban"))
    assert [each.person.name for each in found(citizen, query).officials] == ["Nguyễn Xuân Hùng"]


def test_other_accents_are_right_only_side_by_side(citizen):
    make_official(name="Trần Văn Xuân", post=make_post(title_vi="Trưởng phòng Đầu tư"))
    for query in ("trưỡng phòng đâu tư", "tran van xuân", "xuân đầu tư", "xuan dau tu", "dầu tư"):
        assert len(found(citizen, query).officials) == 1, query
    for query in ("tràn dầu", "tràn dầu tư", "phóng xuân", "xuấn", "dâu", "dẩu từ"):
        assert found(citizen, query).officials == [], query


def test_words_here_and_there_are_nobody(citizen):
    board = make_unit(name_vi="Phòng Quản lý Khu công nghiệp")
    make_official(name="Phạm Văn Hòa", post=make_post(title_vi="Trưởng phòng", unit=board))
    make_official(name="Phạm Thị Lan", post=make_post(title_vi="Kế toán trưởng", unit=board))
    make_official(name="Ngô Thanh Bình", post=make_post(title_vi="Phó Trưởng phòng", unit=board))
    gone = make_official(
        name="Hoàng Văn Đỗ", post=make_post(title_vi="Trưởng phòng cũ", unit=board)
    )
    hand_over(gone, on=timezone.localdate())
    for query in (
        *("văn phòng", "van ban", "thi truong", "thanh lý", "công văn", "thanh", "bính"),
        *("phòng", "trưởng", "toán", "phong"),
    ):
        answer = found(citizen, query)
        assert (answer.officials, answer.former) == ([], []), query
    for query in ("chị lan kế toán", "hòa trưởng phòng", "Thanh Bình", "phạm văn hoà", "đỗ", "hoa"):
        answer = found(citizen, query)
        assert len(answer.officials) + len(answer.former) == 1, query
    assert len(found(citizen, "Phạm").officials) == 2
    assert len(found(citizen, "trưởng phòng quản lý khu công nghiệp").officials) == 2


@pytest.mark.parametrize(
    "query", ["chi lan", "co lan", "cho hỏi số chị Lan", "xin số chị Lan kế toán", "lan ke toan"]
)
def test_one_asks_for_a_person_without_accents_too(citizen, query):
    make_official(name="Phạm Thị Lan", post=make_post(title_vi="Kế toán trưởng"))
    assert len(found(citizen, query).officials) == 1


def test_what_is_left_of_a_question_is_a_name_or_nothing(citizen):
    official = make_official(name="Mai Lan", post=make_post(title_vi="Chuyên viên"))
    Duty.objects.create(
        name_vi="Thuê đất",
        description_vi="Giải phóng mặt bằng, hỗ trợ đầu tư. Cấp phép cho người nước ngoài, nội quy.",
        post=official.post,
    )
    for query in ("gói hỗ trợ", "gặp mặt", "chu dau", "cấp nước", "thuế", "liên hệ đất"):
        assert found(citizen, query).officials == [], query
    for query in ("hỗ trợ đầu tư", "ai phụ trách hỗ trợ đầu tư", "giải phóng mặt bằng", "thuê đất"):
        assert len(found(citizen, query).officials) == 1, query


def test_a_part_of_its_name_is_not_the_hotline(citizen):
    make_official(name="Bùi Xuân Đường")
    make_official(name="Mai Lan")
    for query, count in (("đường", 1), ("nóng", 0), ("dây", 0), ("đường -biển", 1)):
        assert len(found(citizen, query).officials) == count, query
    for query in ("hotline", "số hotline", "dây nóng", "đường dây nóng"):
        answer = found(citizen, query)
        assert len(answer.officials) == 2, query
        assert [place.url for place in answer.places] == ["/duong-day-nong/"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        *(("Trần Thị Lý", "Trưởng phòng Quản lý đầu tư"), ("Nguyễn Văn Trường", "Trưởng ban")),
        *(("Lê Thị Thanh", "Chánh Thanh tra"), ("Võ Hồng Phong", "Trưởng phòng Kế hoạch")),
        *(("Bùi Hữu Tư", "Phó Trưởng phòng Quản lý đầu tư"), ("Đỗ Ban", "Trưởng ban")),
    ],
)
def test_a_name_may_share_a_syllable_with_its_post(name, title, citizen):
    make_official(name=name, post=make_post(title_vi=title))
    for query in (
        name,
        fold(name),
        f"{title} {name}",
        f"ông {name}",
        f"{fold(name)} {fold(title)}",
    ):
        assert len(found(citizen, query).officials) == 1, query


def test_anh_at_the_end_is_a_name(citizen):
    make_official(name="Nguyễn Văn An", post=make_post(title_vi="Chánh Văn phòng"))
    gone = make_official(name="Nguyễn Trọng Nghĩa", post=make_post(title_vi="Trưởng ban"))
    hand_over(gone, on=timezone.localdate())
    make_edition(title="Tin", lead="", body="Anh, bác.")
    for query in (
        *("Nguyễn Văn Anh", "Nguyễn Trọng Anh", "nguyen van anh", "Nguyễn Văn Bác"),
        *("Nguyễn Văn Ân", "Nguyễn Trọng Nghía", "Nguyễn Văn Số"),
    ):
        answer = found(citizen, query)
        assert (answer.officials, answer.former) == ([], []), query


def test_who_held_a_post_is_found_as_one_asks_for_him(citizen):
    gone = make_official(name="Nguyễn Trọng Nghĩa", post=make_post(title_vi="Trưởng ban"))
    hand_over(gone, on=timezone.localdate(), successor=Person.objects.create(name="Lê Văn Bình"))
    for query in (
        *("ông Nghĩa", "sđt ông Nghĩa", "nguyên trưởng ban Nguyễn Trọng Nghĩa", "cựu trưởng ban"),
        *("nguyên trưởng ban", "nghĩa", "trưởng ban Nghĩa", "trưởng ban cũ"),
        *("Nguyễn Trọng Nghỉa", "nguyễn trọng nghiã"),
    ):
        assert [row.person.name for row in found(citizen, query).former] == [
            "Nguyễn Trọng Nghĩa"
        ], query
    assert found(citizen, "trưởng ban").former == []


def test_a_list_in_what_somebody_does_is_one_thing(citizen):
    official = make_official(name="Mai Lan", post=make_post(title_vi="Chuyên viên"))
    Duty.objects.create(
        name_vi="Cung cấp thông tin cho báo chí",
        description_vi=(
            "Tiếp nhận đơn thư khiếu nại, tố cáo, kiến nghị. Phòng cháy, chữa cháy, cứu nạn, cứu hộ."
            " Bảo vệ hành lang an toàn đường bộ, xử lý vi phạm hành lang an toàn."
        ),
        post=official.post,
    )
    for query in ("khiếu nại, tố cáo", "khieu nai to cao", "PCCC", "cứu nạn cứu hộ", "tố cáo"):
        assert len(found(citizen, query).officials) == 1, query
    for query in ("thông báo", "an toàn", "báo", "thông tin an toàn"):
        assert found(citizen, query).officials == [], query


def test_a_post_may_be_asked_for_with_the_agency(citizen):
    board = make_unit(name_vi="Ban Quản lý Khu kinh tế")
    office = make_unit(name_vi="Văn phòng", parent=board)
    leaders = make_unit(name_vi="Lãnh đạo Ban", parent=board)
    make_official(name="Lê Văn Bình", post=make_post(title_vi="Trưởng ban", unit=leaders))
    make_official(name="Mai Lan", post=make_post(title_vi="Chánh Văn phòng", unit=office))
    for query, name in (
        *((f"trưởng {board}", "Lê Văn Bình") for board in ("ban quản lý khu kinh tế", "BQL KKT")),
        *((f"chánh văn phòng {board}", "Mai Lan") for board in ("BQL KKT", "ban quản lý")),
        *(("truong ban quan ly", "Lê Văn Bình"), ("Lê Văn Bình ban quản lý KKT", "Lê Văn Bình")),
    ):
        assert [row.person.name for row in found(citizen, query).officials] == [name], query
    assert found(citizen, "chánh văn phòng kinh tế").officials == []
    answer = found(citizen, "văn phòng ban quản lý khu kinh tế")
    assert [place.title for place in answer.units] == ["Văn phòng"]


@pytest.mark.parametrize(
    "query",
    [
        *("sđt 0913705521", "gọi 0913705521", "0913705521 là ai", "đt: 0913 705 521"),
        "0913705521 lừa đảo",
    ],
)
def test_a_number_may_stand_in_a_question(query, citizen):
    make_official("0913 705 521", name="Mai Lan")
    assert len(found(citizen, query).officials) == 1


@pytest.mark.parametrize(
    "query", ["trương phòng đầu tư", "trưởng phòng đàu tư", "trưởng phòng quản lý đấu tư"]
)
def test_one_accent_of_several_may_be_wrong(query, citizen):
    make_official(name="Mai Lan", post=make_post(title_vi="Trưởng phòng Quản lý đầu tư"))
    assert len(found(citizen, query).officials) == 1


def test_in_english_one_says_mister(citizen):
    make_official(name="Lê Văn Bình", post=make_post(title_en="Head of Investment"))
    for query in ("Mr Binh", "Mr Le Van Binh", "contact Ms Binh", "head of investment"):
        assert len(found(citizen, query, "/en/search/").officials) == 1, query


def test_a_slip_finds_what_somebody_does(citizen):
    official = make_official(name="Mai Lan", post=make_post(title_vi="Chuyên viên"))
    Duty.objects.create(name_vi="Đền bù", description_vi="Giải phóng mặt bằng", post=official.post)
    assert len(found(citizen, "giải phóng mặt bằg").officials) == 1


def test_a_post_that_nobody_holds_is_found_with_its_number(citizen):
    unit = make_unit(name_vi="Thanh tra Ban")
    post = make_post(title_vi="Chánh Thanh tra", unit=unit)
    PhoneNumber.objects.create(raw="0257 3811 811", post=post)
    PhoneNumber.objects.create(raw="0257 3828 999", unit=unit)
    for query in ("chánh thanh tra", "0257 3811 811"):
        (place,) = found(citizen, query).units
        assert place.is_vacant
        page = citizen.get("/tim-kiem/", {"q": query}).content.decode()
        assert "Chức vụ hiện còn khuyết" in page
        assert 'href="tel:+842573811811"' in page
    (place,) = found(citizen, "0257 3828 999").units
    assert [number.dial for number in place.numbers] == ["02573828999"]
    assert found(citizen, "công văn 3828").units == []
    make_official(name="Mai Lan", post=post)
    assert found(citizen, "chánh thanh tra").units == []


def test_who_finds_somebody_is_not_asked_whether_he_meant_a_word(citizen):
    make_edition(title="Làm sạch biển", lead="", body="")
    assert found(citizen, "Lâm").did_you_mean == "làm"
    make_official(name="Đinh Văn Lâm")
    assert found(citizen, "Lâm").did_you_mean == ""


def test_where_a_slip_finds_somebody_the_texts_are_shown_too(citizen):
    make_official(name="Mai Lan", post=make_post(title_vi="Trưởng phòng Môi trường"))
    make_edition(title="Giấy phép môi trường", lead="", body="")
    answer = found(citizen, "môi trườg")
    assert len(answer.officials) == len(answer.near) == 1
    assert "Giấy phép" in citizen.get("/tim-kiem/", {"q": "môi trườg"}).content.decode()


def test_a_name_that_sounds_alike_is_another_one(citizen):
    make_official(name="Nguyễn Văn Chí", post=make_post(title_vi="Trưởng ban"))
    for query in ("Nguyễn Văn Trí", "ông Trí", "trưởng ban Trí", "nguyen van chien", "van hien"):
        assert found(citizen, query).officials == [], query


def test_what_no_text_has_may_be_a_slip_of_a_whole_name(citizen):
    make_official(name="Nguyễn Xuân Hùng", post=make_post(title_vi="Trưởng ban"))
    assert len(found(citizen, "nguyễn xuân hùn").officials) == 1
    make_edition(title="Hùn vốn")
    assert found(citizen, "nguyễn xuân hùn").officials == []


def test_a_word_that_nobody_has_is_no_slip(citizen):
    make_official("0913 705 521", name="Nguyễn Xuân Hùng", post=make_post(title_vi="Trưởng ban"))
    for name in ("Hồ Thị Thu Hà", "Phạm Minh Tú", "Lê Văn Hạnh"):
        make_official(name=name, post=make_post(title_vi="Chánh Văn phòng"))
    for query in (
        *("hùg", "hùng vương", "lệ phí trưởng ban", "xuna hùg", "bán hàng", "ban công", "hồ sơ"),
        *(
            "Xuân Hương",
            "bản vẽ",
            "nắng nóng",
            "đường đá",
            "thu hồi",
            "hà nội",
            "quy định",
            "xử lý",
        ),
        *("văn phòng ảo", "công văn", '"trưởng bna"', "trưởng bna -hùng", "ho so", "thu hoi"),
    ):
        assert found(citizen, query).officials == [], query


def test_a_word_of_an_english_text_is_no_slip(citizen):
    make_official(name="Mai Lan", post=make_post(title_en="Head of Investment"))
    make_edition(title="A new law", language="en")
    assert found(citizen, "investment law", "/en/search/").officials == []
    assert len(found(citizen, "investment lnn", "/en/search/").officials) == 1


def test_a_word_that_asks_for_nobody_is_no_question(citizen):
    make_official(name="Lê Ánh")
    assert found(citizen, "điện thoại").officials == []
    assert len(found(citizen, "ánh").officials) == 1


def test_who_looks_for_the_hotline_gets_its_numbers_and_its_page(citizen):
    make_official("0913 705 521", name="Nguyễn Xuân Hùng")
    make_official("0913 705 522", name="Đỗ Văn An", is_on_hotline=False)
    for query in ("số điện thoại đường dây nóng", "gọi đường dây nóng", "sdt duong day nong"):
        assert len(found(citizen, query).officials) == 1
    answer = found(citizen, "duong day nong")
    assert [official.person.name for official in answer.officials] == ["Nguyễn Xuân Hùng"]
    assert [place.url for place in answer.places] == ["/duong-day-nong/"]
    assert [place.url for place in found(citizen, "hotline", "/en/search/").places] == [
        "/en/hotline/"
    ]


def test_notices_are_found(citizen):
    make_edition(title="Lịch cúp nước", category=make_board())
    assert titles(citizen, "lich cup nuoc") == ["Lịch cúp nước"]


@pytest.mark.parametrize(
    "query",
    [
        *(
            "",
            " ",
            '"',
            "'",
            "\x00",
            "%",
            "_",
            "\\",
            "*",
            "a" * 10_000,
            "AND OR NOT",
            "(((",
            "😀",
            "--",
        ),
        *(
            "'; DROP TABLE news_edition; --",
            "<script>alert(1)</script>",
            "\u202e",
            "😀" * 500,
            "%%%s",
        ),
    ],
)
def test_anything_may_be_typed(citizen, query):
    make_edition()
    found(citizen, query)


def test_bytes_that_are_no_text_are_answered_too(citizen):
    assert citizen.get("/tim-kiem/?q=%ff%fe%00").status_code == 200
    assert citizen.get("/tim-kiem/?q=%ED%A0%80").status_code == 200


def test_what_is_typed_is_shown_and_not_run(citizen):
    page = citizen.get("/tim-kiem/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_an_empty_answer_helps(citizen):
    make_official("0913 705 521")
    assert "tel:+84913705521" in citizen.get("/tim-kiem/?q=khong-co-gi").content.decode()


def test_wildcards_are_no_wildcards(citizen):
    make_edition(title="Thuế suất", lead="", body="")
    assert titles(citizen, "th%e") == []


def test_who_looks_for_a_former_official_is_told_since_when_and_who_follows(citizen):
    former = make_official("0257 3500 120", name="Đặng Thị Ngọc Ưu")
    successor = Person.objects.create(name="Hồ Văn Mới", honorific="mr")
    hand_over(former, on=timezone.localdate(), successor=successor)
    for query in ("Đặng Thị Ngọc Ưu", "dang thi ngoc uu"):
        page = citizen.get("/tim-kiem/", {"q": query}).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert f"{timezone.localdate():%d/%m/%Y}" in main
        assert "Hồ Văn Mới" in main


@pytest.mark.parametrize(
    "query", ["giay phep xay dung o dau", "làm giấy phép xây dựng cần gì", "xin giấy phép thế nào"]
)
def test_a_question_finds_what_it_asks_about(citizen, query):
    make_edition(title="Hướng dẫn cấp giấy phép xây dựng")
    make_edition(title="Tin về cây xanh")
    answer = found(citizen, query)
    found_first = [hit.edition.title for hit in (*answer.hits, *answer.near)]
    assert found_first == ["Hướng dẫn cấp giấy phép xây dựng"]


@pytest.mark.parametrize("is_over", [False, True])
def test_only_texts_that_may_come_before_the_last_one_shown_are_read(citizen, monkeypatch, is_over):
    """And the answers are the same as if all were. What is over stands below a phrase in the lead."""
    for number in range(60):
        in_title, in_lead = number % 2 == 0, number % 3 == 1
        wanted = {"ends_at": timezone.now() - timedelta(hours=2)} if in_title and is_over else {}
        make_notice(
            title=f"{'Cảng và các loài hải sản, cá biển' if in_title else 'Tin'} số {number}",
            lead="Về cảng cá của tỉnh." if in_lead else "Về việc khác.",
            body="<p>Cá về cảng.</p>",
            live_from=timezone.now() - timedelta(days=1 + number),
            **wanted,
        )
    read = []
    texts = ordering.texts_of
    monkeypatch.setattr(ordering, "texts_of", lambda keys: read.append(keys) or texts(keys))
    pages = ["1", "2", "3"]
    asked = [titles(citizen, "cang ca", page=page) for page in pages]
    assert len(read) == (3 if is_over else 2)
    assert asked[0][0].startswith("Tin" if is_over else "Cảng")
    monkeypatch.setattr(Ranking, "at_most", lambda *_: math.inf)
    assert [titles(citizen, "cang ca", page=page) for page in pages] == asked
    assert len(read) == (6 if is_over else 5)
    assert len({title for page in asked for title in page}) == 60
