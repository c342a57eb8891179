import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from editing.richtext import clean_html, plain_text
from news.models import Edition
from tests.making import make_draft


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java&#x09;script:alert(1)">x</a>',
        "<svg onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<p onclick=alert(1)>x</p>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<style>*{background:url(//evil)}</style>",
        "<![CDATA[<img src=x onerror=alert(1)>]]>",
        '<p style="position:fixed">x</p>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    ],
)
def test_nothing_that_runs_survives(payload):
    cleaned = clean_html(f"<p>Chữ</p>{payload}").lower()
    for trace in (
        "<script",
        "onerror=",
        "onload=",
        "onclick=",
        "javascript:",
        "<svg",
        "<iframe",
        "<style",
        "style=",
        "data:",
    ):
        assert trace not in cleaned.replace("&lt;", "‹"), cleaned


def test_bold_and_italic_become_what_they_mean():
    assert clean_html("<p><b>Đ</b><i>ư</i></p>") == "<p><strong>Đ</strong><em>ư</em></p>"


def test_indents_of_no_break_spaces_go():
    assert (
        clean_html("<p>\u00a0\u00a0&nbsp;Bước sang năm</p><p>&nbsp;</p>") == "<p>Bước sang năm</p>"
    )


def test_decomposed_letters_are_composed():
    assert clean_html("<p>Đươ\u0300ng</p>") == "<p>Đường</p>"


def test_lists_tables_and_links_stay():
    text = '<ul><li>Một</li></ul><table><tbody><tr><th scope="row">A</th><td>1</td></tr></tbody></table>'
    assert clean_html(text) == text
    assert 'href="https://dichvucong.gov.vn/"' in clean_html(
        '<a href="https://dichvucong.gov.vn/">x</a>'
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text):
    once = clean_html(text)
    assert clean_html(once) == once


@pytest.mark.django_db
def test_every_way_into_the_database_is_cleaned():
    dirty = "<p>Chữ</p><script>alert(1)</script>"
    saved = make_draft(body=dirty)
    Edition.objects.filter(pk=saved.pk).update(body=dirty)
    saved.refresh_from_db()
    assert saved.body == "<p>Chữ</p>"
    other = make_draft()
    other.body = dirty
    Edition.objects.bulk_update([other], ["body"])
    other.refresh_from_db()
    assert other.body == "<p>Chữ</p>"


def test_plain_text_has_a_line_for_each_block():
    assert plain_text("<h2>Đề mục</h2><p>Một &amp; hai</p>") == "Đề mục\nMột & hai"
