"""Which addresses show a video, what a pasted one becomes, and which files may be one."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from editing.fields import CaptionsUpload
from editing.files import CAPTIONS, VIDEOS
from editing.models import File
from editing.pasting import clean_paste, clean_pasted_text
from editing.videos import site_of, videos_in, watched_at
from tests.video_files import PLACE, box, captions, mp4

YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
FACEBOOK = "https://www.facebook.com/bqlkkt/videos/123456789/"
TIKTOK = "https://www.tiktok.com/@bqlkkt/video/7123456789"


@pytest.mark.parametrize(
    ("address", "site"),
    [
        (YOUTUBE, "YouTube"),
        ("https://youtu.be/abcdefghijk?t=10", "YouTube"),
        ("https://m.youtube.com/shorts/abcdefghijk", "YouTube"),
        (FACEBOOK, "Facebook"),
        ("https://fb.watch/abc/", "Facebook"),
        (TIKTOK, "TikTok"),
        ("https://vt.tiktok.com/ZS123/", "TikTok"),
        ("https://video.zalo.me/xem/abc", "Zalo"),
        ("https://vimeo.com/12345", "Vimeo"),
        ("https://www.facebook.com/bqlkkt/", ""),
        ("https://www.youtube.com/@bqlkkt", ""),
        ("https://youtube.com.example.vn/watch?v=abcdefghijk", ""),
        ("javascript:alert(1)//youtu.be/abcdefghijk", ""),
        ("xem https://youtu.be/abcdefghijk", ""),
    ],
)
def test_a_site_is_known_by_the_address_of_its_video(address, site):
    assert site_of(address) == site


@pytest.mark.parametrize(
    "source",
    [
        '<iframe src="//www.youtube-nocookie.com/embed/abcdefghijk?rel=0"></iframe>',
        "<p>https://youtu.be/abcdefghijk?si=x</p>",
        '<p><a href="https://youtu.be/abcdefghijk">https://youtu.be/abcdefghijk</a></p>',
        '<object data="https://www.youtube.com/embed/abcdefghijk"></object>',
    ],
)
def test_a_pasted_video_becomes_a_link_however_it_came(source):
    pasted = clean_paste(f"<p>Trước.</p>{source}<p>Sau.</p>")
    assert list(videos_in(pasted.html)) == [(YOUTUBE, "Video: YouTube")]
    assert "không nhúng" in pasted.summary()
    assert "iframe" not in pasted.html


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (
            '<iframe src="https://www.facebook.com/plugins/video.php?height=314&href='
            'https%3A%2F%2Fwww.facebook.com%2Fbqlkkt%2Fvideos%2F123456789%2F&t=0"></iframe>',
            FACEBOOK,
        ),
        (
            f'<div class="fb-video" data-href="{FACEBOOK}"><blockquote>x</blockquote></div>',
            FACEBOOK,
        ),
        (
            f'<blockquote class="tiktok-embed" cite="{TIKTOK}"><section><a href="https://www.tiktok'
            '.com/@bqlkkt">@bqlkkt</a></section></blockquote><script async src="x"></script>',
            TIKTOK,
        ),
    ],
)
def test_what_other_sites_give_to_be_embedded_becomes_a_link(source, address):
    assert [each for each, _words in videos_in(clean_paste(source).html)] == [address]


def test_an_address_that_was_pasted_as_plain_text_is_a_video_too():
    html = clean_pasted_text("Mời xem:\nhttps://youtu.be/abcdefghijk").html
    assert list(videos_in(html)) == [(YOUTUBE, "Video: YouTube")]


def test_a_link_inside_a_sentence_stays_a_link():
    html = clean_paste(f'<p>Xem <a href="{YOUTUBE}">phim tài liệu</a> này.</p>').html
    assert list(videos_in(html)) == []
    assert "phim tài liệu" in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "", "//[", "x"])
def test_what_is_no_page_is_watched_nowhere(address):
    assert watched_at(address) in ("", "https://[")


# Files


@pytest.mark.django_db
def test_a_video_forgets_where_it_was_filmed_and_keeps_its_length():
    sent = mp4()
    assert PLACE in sent.getvalue()
    length = len(sent.getvalue())
    file = File.store(sent, "Lễ khởi công.mp4", kinds=VIDEOS)
    with default_storage.open(file.path) as stored:
        content = stored.read()
    assert PLACE not in content
    assert b"\xa9xyz" not in content
    assert (len(content), file.name) == (length, "le-khoi-cong.mp4")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", BytesIO(b"<html><script>alert(1)</script>")),
        ("a.mp4", BytesIO(b"\x00\x00\x00\x18ftypisom")),
        ("a.mp4", mp4(brand=b"qt  ")),
        ("a.mp4", BytesIO(box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", bytes(9)))),
        ("a.mp4", mp4(b"<script>alert(1)</script>")),
        ("a.mp4", BytesIO(b"")),
        ("a.mov", mp4()),
        ("a.vtt", captions()),
        ("a.html.mp4", BytesIO(b"GIF89a")),
    ],
)
def test_what_is_no_mp4_is_refused_and_leaves_nothing(name, content):
    with pytest.raises(ValidationError):
        File.store(content, name, kinds=VIDEOS)
    assert not File.objects.exists()
    assert not default_storage.exists("files")


@pytest.mark.django_db
@pytest.mark.parametrize("codec", [b"hvc1", b"hev1"])
def test_a_video_that_many_cannot_play_is_refused_with_what_to_do(codec):
    with pytest.raises(ValidationError) as refusal:
        File.store(mp4(codec=codec), "a.mp4", kinds=VIDEOS)
    assert "HEVC (H.265)" in refusal.value.messages[0]
    assert "H.264" in refusal.value.messages[0]


def sent(content: bytes, name: str) -> str:
    """What a form makes of captions."""
    upload = CaptionsUpload().clean(SimpleUploadedFile(name, content))
    return f"{upload.name}\n{upload.read().decode()}"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_captions_of_editing_programs_become_webvtt(encoding):
    srt = (
        "1\r\n00:00:01,000 --> 00:00:04,500\r\n<i>Lễ khởi công</i>\r\n\r\n"
        "2\r\n0:00:05,000 --> 0:00:06,000\r\n{\\an8}Bắt đầu --> ngay\r\nHai dòng\r\n"
    )
    assert sent(srt.encode(encoding), "Lễ.srt") == (
        "Lễ.vtt\nWEBVTT\n\n00:00:01.000 --> 00:00:04.500\nLễ khởi công\n\n"
        "00:00:05.000 --> 00:00:06.000\nBắt đầu → ngay\nHai dòng\n"
    )


@pytest.mark.parametrize("content", [b"", b"khong co gio", b"1\n00:00 --> x\n\x00", b"x" * 2**21])
def test_what_is_no_captions_of_any_kind_is_refused(content):
    with pytest.raises(ValidationError):
        sent(content, "a.srt")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"WEBVTT\n\n",
        b"1\n00:00:01,000 --> 00:00:02,000\nx\n",
        b"WEBVTTx\n\n00:01.000 --> 00:02.000\nx",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe",
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"x" * 2**20,
        mp4().getvalue(),
    ],
)
def test_what_is_no_webvtt_is_refused(content):
    with pytest.raises(ValidationError):
        File.store(BytesIO(content), "a.vtt", kinds=CAPTIONS)


@pytest.mark.django_db
def test_captions_in_vietnamese_are_taken():
    assert File.store(captions(), "phụ đề.vtt", kinds=CAPTIONS).name == "phu-de.vtt"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a.mp4", "a.vtt"])
def test_a_video_is_no_attachment(name):
    with pytest.raises(ValidationError) as refusal:
        File.store(mp4(), name)
    assert refusal.value.code == "unknown_kind"
