"""One text in, one finding out; and the same text put right, none."""

import pytest

from editing.proofreading import Draft, advice, is_file_name, must_fix


def codes(find, title="Khởi công đường gom", lead="Sáng nay.", body="<p>Chữ.</p>"):
    return [finding.code for finding in find(Draft(title, lead, body))]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"title": " "}, "no_title"),
        ({"lead": "", "body": ""}, "no_text"),
        ({"body": "<p>Céng hoµ x· héi chñ nghÜa ViÖt Nam</p>"}, "old_letters"),
        ({"title": "Coäng hoøa xaõ hoäi chuû nghóa"}, "old_letters"),
        ({"body": '<p><a href="http://192.168.1.5/bao-cao">báo cáo</a></p>'}, "dangerous_link"),
        ({"body": '<p><a href="http://may-chu/bao-cao">báo cáo</a></p>'}, "dangerous_link"),
        ({"body": '<p><a href="http://a:b@example.com/">báo cáo</a></p>'}, "dangerous_link"),
        ({"body": '<p><a href="https://xn--dch-0ma.example/">dịch vụ</a></p>'}, "dangerous_link"),
    ],
)
def test_what_must_be_fixed_is_found(draft, code):
    assert codes(must_fix, **draft) == [code]


def test_a_sound_text_has_nothing_to_fix():
    body = '<p>Xem <a href="https://dichvucong.gov.vn/">Cổng dịch vụ công</a>.</p>'
    assert codes(must_fix, body=body) == codes(advice, body=body) == []


LONG = " ".join(["đường"] * 70)


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"lead": ""}, "no_lead"),
        ({"title": "KHỞI CÔNG ĐƯỜNG GOM"}, "capitals"),
        ({"body": "<h2>Một</h2><h4>Hai</h4>"}, "heading_jump"),
        ({"body": "<p><strong>Kết quả đạt được</strong></p>"}, "fake_heading"),
        ({"body": '<p>Xem <a href="/a">tại đây</a>.</p>'}, "empty_link"),
        ({"body": f'<p><a href="/a">https://example.com/{"a" * 40}</a></p>'}, "bare_link"),
        ({"body": f"<p>{LONG}.</p>"}, "long_sentence"),
        ({"body": "<p>Đoàn thăm CBCCVC của đơn vị.</p>"}, "abbreviation"),
        ({"body": "<p>Thứ hai, ngày 05/03/2026.</p>"}, "weekday"),
        ({"body": "<p>Từ 05/03/2026 đến 06/03/2026.</p><p>Ngày 05/03/2025.</p>"}, "two_dates"),
        ({"body": "<p>Ông A, CCCD số 054091001234.</p>"}, "identity"),
        ({"body": "<p>Liên hệ 0913 705 521.</p>"}, "mobile"),
    ],
)
def test_what_is_better_looked_at_again_is_found(draft, code):
    assert codes(advice, **draft) == [code]


@pytest.mark.parametrize(
    "body",
    [
        "<p>Cán bộ, công chức, viên chức (CBCCVC) của đơn vị.</p><p>CBCCVC dự họp.</p>",
        "<p>Ban Quản lý Khu kinh tế họp.</p><p>BQLKKT kết luận.</p>",
        "<p>Quyết định 12/2026/QĐ-UBND của UBND tỉnh, chương IV.</p>",
        "<p>Thứ năm, ngày 05/03/2026.</p>",
        "<h2>Một</h2><h3>Hai</h3>",
        "<p><strong>Chú ý:</strong> mang theo giấy tờ.</p>",
        "<p>Tổng vốn 054 091 tỉ đồng, mã 123456789.</p>",
    ],
)
def test_what_is_well_is_left_in_peace(body):
    assert codes(advice, body=body) == []


def test_what_staff_have_on_their_list_needs_no_words():
    known = frozenset({"CBCCVC", "BQL KKT"})
    body = "<p>CBCCVC của BQL KKT dự họp.</p>"
    assert codes(advice, body=body) == ["abbreviation"] * 3
    assert [each.code for each in advice(Draft("Tin", "Có.", body, known))] == []
    # Only as it stands on the list.
    alone = Draft("Tin", "Có.", "<p>KKT và BQL.</p>", known)
    assert [each.about for each in advice(alone)] == ["KKT", "BQL"]


@pytest.mark.parametrize("name", ["IMG_2045.JPG", "anh hop.png", "DSC0012", "zalo_1234"])
def test_the_name_of_a_file_is_known(name):
    assert is_file_name(name)


def test_a_description_is_no_file_name():
    assert not is_file_name("Trưởng ban phát biểu trước hội trường")


def test_a_dismissal_holds_for_the_same_words_only():
    one, again = (list(advice(Draft("A B", "", "<p>x</p>")))[0] for _time in range(2))
    other = list(advice(Draft("TIN MỚI", "Có.", "<p>x</p>")))[0]
    changed = list(advice(Draft("TIN KHÁC", "Có.", "<p>x</p>")))[0]
    assert one.key == again.key
    assert other.key != changed.key
