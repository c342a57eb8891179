"""What people copy out of other programs, in the shapes that those programs give it."""

import json
import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from editing.pasting import LARGEST_PASTE, clean_paste, clean_pasted_text
from editing.richtext import clean_html
from tests.making import make_user

WORD_POINT = (
    "<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level{level} lfo1'>"
    "<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>{mark}"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span><![endif]>"
    "{text}<o:p></o:p></p>"
)
OLD = "Céng hoµ x· héi chñ nghÜa"


def point(text, level=1, mark="·"):
    return WORD_POINT.format(text=text, level=level, mark=mark)


def test_words_junk_goes_and_what_it_means_stays():
    source = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator '
        'content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0cm} --></style></head><body>'
        "<!--StartFragment--><h1>Hội nghị<o:p></o:p></h1><p class=MsoNormal style='text-indent:36pt'>"
        "<b><span style='font-size:14.0pt;color:red'>Sáng nay</span></b><span lang=VI>, Ban\nhọp."
        "</span></p><p class=MsoNormal>&nbsp;<o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"
    )
    pasted = clean_paste(source)
    assert pasted.html == "<h2>Hội nghị</h2><p><strong>Sáng nay</strong>, Ban họp.</p>"
    assert {"word", "empty"} <= set(pasted.changes)


def test_lists_that_word_fakes_become_lists():
    source = point("Một") + point("Con", level=2, mark="1.") + point("Hai")
    assert clean_paste(source).html == ("<ul><li>Một<ol><li>Con</li></ol></li><li>Hai</li></ul>")


def test_lists_with_numbers_have_numbers():
    assert clean_paste(point("Một", mark="1.") + point("Hai", mark="2.")).html == (
        "<ol><li>Một</li><li>Hai</li></ol>"
    )


def test_two_lists_with_text_between_stay_two():
    source = point("Một") + "<p>Chữ</p>" + point("Hai")
    assert clean_paste(source).html == "<ul><li>Một</li></ul><p>Chữ</p><ul><li>Hai</li></ul>"


def test_typed_dashes_become_a_list_when_there_are_two():
    assert clean_paste("<p>- Một</p><p>-&nbsp;<b>Hai</b></p>").html == (
        "<ul><li>Một</li><li><strong>Hai</strong></li></ul>"
    )
    assert clean_paste("<p>- Chỉ một</p>").html == "<p>- Chỉ một</p>"


def test_google_docs_wraps_all_in_bold_that_is_not_bold():
    source = (
        '<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr">'
        '<span style="font-weight:700">Đậm</span><span style="font-style:italic"> nghiêng</span>'
        "</p></b>"
    )
    assert clean_paste(source).html == "<p><strong>Đậm</strong><em> nghiêng</em></p>"


def test_links_lose_the_tracking_of_google():
    source = '<p><a href="https://www.google.com/url?q=https://dichvucong.gov.vn/&sa=D">x</a></p>'
    assert 'href="https://dichvucong.gov.vn/"' in clean_paste(source).html


def test_libreoffice_lists_have_no_paragraphs_inside():
    source = (
        '<meta name="generator" content="LibreOffice 7.4"/><ul><li><p style="line-height:100%">'
        '<font face="Liberation Serif"><b>Một</b></font></p></li></ul><p><br/></p>'
    )
    assert clean_paste(source).html == "<ul><li><strong>Một</strong></li></ul>"


def test_lines_of_zalo_become_paragraphs():
    source = "<div><span>Kính gửi các phòng,</span><br><br><span>Mời họp.</span></div>"
    assert clean_paste(source).html == "<p>Kính gửi các phòng,</p><p>Mời họp.</p>"


def test_paragraphs_that_old_pages_leave_open_are_closed():
    assert clean_paste("<p>Một<p>Hai<ul><li>a<li>b</ul>").html == (
        "<p>Một</p><p>Hai</p><ul><li>a</li><li>b</li></ul>"
    )


def test_tables_for_looks_dissolve_and_tables_of_facts_stay():
    facts = (
        "<table><tr><td><b>Tên</b></td><td><b>Số</b></td></tr><tr><td>A</td><td>1</td></tr></table>"
    )
    source = f"<table width=100%><tr><td><p>Chữ</p>{facts}</td></tr></table>"
    html = clean_paste(source).html
    assert html.count("<table>") == 1
    assert '<th scope="col">Tên</th>' in html
    assert "<p>Chữ</p>" in html


@pytest.mark.parametrize(
    "source",
    [
        f'<p><font face=".VnTime">{OLD}</font></p>',
        f"<p style=\"font-family:'.VnTime'\">{OLD}</p>",
        f'<style>p.MsoNormal {{font-family:".VnTime"}}</style><p class=MsoNormal>{OLD}</p>',
        f"<p>{OLD}</p>",
    ],
)
def test_old_letters_are_converted_however_their_font_is_named(source):
    assert clean_paste(source).html == "<p>Cộng hoà xã hội chủ nghĩa</p>"


def test_unicode_under_the_name_of_an_old_font_stays():
    source = '<p><font face=".VnTime">Cộng hoà là gì, đá và cỏ</font></p>'
    assert clean_paste(source).html == "<p>Cộng hoà là gì, đá và cỏ</p>"


def test_pictures_leave_a_mark_that_counts_on():
    pasted = clean_paste('<p>Chữ <img src="data:image/png;base64,AA"></p>', first_picture=3)
    assert pasted.html == "<p>[Ảnh 3]</p><p>Chữ</p>"
    assert pasted.pictures == ["data:image/png;base64,AA"]


def test_a_video_becomes_a_link_and_the_editor_is_told():
    pasted = clean_paste('<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>')
    assert 'href="https://www.youtube.com/watch?v=abcdefghijk"' in pasted.html
    assert "iframe" not in pasted.html
    assert pasted.changes["videos"] == 1


@pytest.mark.parametrize("inner", ["object", "embed", "iframe", "video"])
def test_a_player_inside_a_player_goes_with_it(inner):
    source = (
        f'<object data="x"><object data="y"><{inner} src="z"></{inner}></object></object><p>Chữ</p>'
    )
    assert clean_paste(source).html == "<p>Chữ</p>"


def test_where_all_is_bold_nothing_is():
    source = "<p><b>Một đoạn.</b></p><p><b>Hai đoạn.</b></p><p><b>Ba đoạn.</b></p>"
    assert "<strong>" not in clean_paste(source).html


def test_plain_lines_become_paragraphs_and_markup_in_them_is_text():
    pasted = clean_pasted_text("   Một\r\n\r\n<b>Hai</b>")
    assert pasted.html == "<p>Một</p><p>&lt;b&gt;Hai&lt;/b&gt;</p>"


def flat(source: str) -> str:
    return re.sub(r"\s*(</?(?:ul|ol|li|p)\b[^>]*>)\s*", r"\1", clean_paste(source).html)


def test_a_picture_from_word_costs_no_text_and_its_absence_is_told():
    """Word writes a picture twice, once in a comment for its own eyes."""
    source = (
        "<p class=MsoNormal>Trước<!--[if gte vml 1]><v:shape><v:imagedata src='file:///C:/a.jpg'/>"
        "</v:shape><![endif]--><![if !vml]><img width=624 src='file:///C:/b.jpg'><![endif]></p>"
        "<p class=MsoNormal>Sau</p>"
    )
    pasted = clean_paste(source)
    assert pasted.html == "<p>[Ảnh 1]</p><p>Trước</p><p>Sau</p>"
    assert "1 ảnh không đi theo" in pasted.summary()


@pytest.mark.parametrize(
    ("points", "html"),
    [
        (
            point("Một", mark="1.") + point("a", 2, "a)") + point("b", 2, "b)"),
            '<ol><li>Một<ol type="a"><li>a</li><li>b</li></ol></li></ol>',
        ),
        (point("Bốn", mark="4.") + point("Năm", mark="5."), '<ol start="4"><li>Bốn</li><li>Năm</li></ol>'),
        (point("Một", mark="i.") + point("Hai", mark="ii."), '<ol type="i"><li>Một</li><li>Hai</li></ol>'),
        (point("Tám", mark="h.") + point("Chín", mark="i."), '<ol start="8" type="a"><li>Tám</li><li>Chín</li></ol>'),
        (point("Phạm vi", mark="Điều 1."), "<p>Điều 1. Phạm vi</p>"),
        (point("Một", mark="1.") + point("Một", mark="1."), "<ol><li>Một</li></ol><ol><li>Một</li></ol>"),
        (point("Một", mark="o") + point("Hai", mark="Ø"), "<ul><li>Một</li><li>Hai</li></ul>"),
    ],
)  # fmt: skip
def test_points_of_word_keep_the_numbers_that_word_drew(points, html):
    assert clean_paste(points).html == html


def test_lists_of_google_docs_nest_and_keep_their_letters():
    source = (
        '<b style="font-weight:normal" id="docs-internal-guid-1"><ol><li style="list-style-type:decimal">'
        '<p><span style="font-weight:700">Một</span></p></li><ol><li style="list-style-type:lower-alpha">'
        "<p>Con</p></li></ol></ol></b>"
    )
    assert flat(source) == '<ol><li><strong>Một</strong><ol type="a"><li>Con</li></ol></li></ol>'


def test_lists_that_libreoffice_closes_before_it_goes_deeper_are_one():
    source = "<ul><li><p>A</p><li><p>B</p></ul><ol><ol><li><p>1</p></ol></ol><ul><ul><ul><li><p>x</p></ul></ul></ul>"
    assert flat(source) == "<ul><li>A</li><li>B<ol><li>1<ul><li>x</li></ul></li></ol></li></ul>"


def test_lists_without_any_point_above_them_only_go_in():
    assert (
        flat("<ol><ol><li>Sâu</li></ol><li>Ngoài</li></ol>")
        == "<ol><li>Sâu</li><li>Ngoài</li></ol>"
    )


def online(text: str, level: int, kind: str = "ul", start: int = 1) -> str:
    return (
        f'<div class="ListContainerWrapper"><{kind} start="{start}"><li class="OutlineElement" '
        f'data-aria-level="{level}"><p>{text}</p></li></{kind}></div>'
    )


def test_word_on_the_web_gives_lists_and_headings_in_its_own_way():
    source = (
        '<div class="OutlineElement"><p role="heading" aria-level="2">Kết quả</p></div>'
        + online("Một", 1, "ol") + online("Con", 2) + online("Hai", 1, "ol", 2)
    )  # fmt: skip
    assert flat(source) == "<h2>Kết quả</h2><ol><li>Một<ul><li>Con</li></ul></li><li>Hai</li></ol>"


def test_signs_that_chat_programs_draw_are_signs():
    source = '<div>Mời họp <img class="emoji" alt="📢" src="https://example.com/1.png"></div><div><br></div>'
    pasted = clean_paste(source)
    assert (pasted.html, pasted.pictures) == ("<p>Mời họp 📢</p>", [])


@pytest.mark.parametrize(
    ("address", "real"),
    [
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.vn%2Fa%3Ffbclid%3DIw1&h=AT0", "https://example.vn/a"),
        ("https://www.google.com/url?q=https://example.vn/b&sa=D", "https://example.vn/b"),
        ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.vn%2Fc&data=05", "https://example.vn/c"),
        ("https://example.vn/d?utm_source=x&so=5&utm_medium=y", "https://example.vn/d?so=5"),
        ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
        ("https://example.vn/e?q=1", "https://example.vn/e?q=1"),
    ],
)  # fmt: skip
def test_links_lead_where_they_lead_without_telling_who_sent_the_reader(address, real):
    html = clean_paste(f'<p><a href="{address.replace("&", "&amp;")}">x</a></p>').html
    assert html == f'<p><a href="{real}" rel="noopener">x</a></p>'


def test_a_link_around_a_picture_leaves_no_empty_link():
    html = clean_paste(
        '<p><a href="https://example.vn"><img src="https://example.vn/a.png"></a></p>'
    ).html
    assert html == "<p>[Ảnh 1]</p>"


def test_old_and_new_letters_in_one_font_are_told_apart_by_paragraph():
    source = (
        f'<p><font face=".VnTimeH">ñy ban</font></p><p><font face=".VnTime">{OLD}</font> và Unicode</p>'
        '<p style="font-family:.VnTime">Đã có từ năm ngoái</p><p style="font-family:.VnTime">có</p>'
    )
    assert flat(source) == (
        "<p>ỦY BAN</p><p>Cộng hoà xã hội chủ nghĩa và Unicode</p><p>Đã có từ năm ngoái</p><p>có</p>"
    )


@pytest.mark.parametrize("source", ["<blockquote>" * 300 + "x", "x" * (LARGEST_PASTE + 1)])
def test_what_no_person_writes_is_refused(source):
    with pytest.raises(ValidationError):
        clean_paste(source)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>/ pbdivulx'\"=&;!-[]\u00a0đ1"), max_size=120))
def test_whatever_is_pasted_is_clean(source):
    html = clean_paste(source).html
    assert clean_html(html) == clean_html(clean_html(html))


@pytest.mark.django_db
class TestTheAddress:
    address = "/quan-tri/news/edition/paste/"

    def post(self, client, content):
        return client.post(self.address, json.dumps(content), "application/json")

    def test_the_editor_gets_clean_html_and_a_line_in_the_readers_words(self, staff):
        answer = self.post(staff, {"html": point("Một") + point("Hai")}).json()
        assert answer["html"] == "<ul><li>Một</li><li>Hai</li></ul>"
        assert "1 danh sách" in answer["summary"]

    @pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"first_picture": [1]}'])
    def test_nonsense_is_refused(self, staff, content):
        answer = staff.post(self.address, content, "application/json")
        assert answer.status_code == 400

    def test_pictures_that_the_browser_holds_are_told_from_others(self, staff):
        html = '<img src="data:,2"><img src="file:///C:/a.png"><img src="data:,1"><p>x</p>'
        answer = self.post(staff, {"html": html, "first_picture": 4}).json()
        assert answer["pictures"] == [2, 0, 1]
        assert "[Ảnh 6]" in answer["html"]
        assert "đưa 2 ảnh vào" in answer["summary"]
        assert "1 ảnh không đi theo" in answer["summary"]

    def test_staff_without_the_right_are_refused(self, citizen):
        citizen.force_login(make_user(is_superuser=False))
        assert self.post(citizen, {"text": "x"}).status_code == 403
