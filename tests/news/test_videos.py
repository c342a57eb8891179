"""Videos in an article: a link with a picture or a file of ours, for readers and for staff."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from editing.files import CAPTIONS, VIDEOS
from editing.models import File, Photo
from news.checks import advice, must_fix
from news.comparing import compare
from news.models import Edition, EditionVideo
from news.workflow import edit_anew
from tests.making import make_category, make_draft, make_edition, make_user
from tests.portal.test_media import fetch
from tests.portal.test_staff import filled_form
from tests.video_files import captions, mp4

pytestmark = pytest.mark.django_db

YOUTUBE = "https://www.youtube.com/watch?v=abcdefghijk"
LINKED = f'<p>Trước.</p><p><a href="{YOUTUBE}">Video: YouTube</a></p><p>Sau.</p>'


def add_video(edition, **values):
    return EditionVideo.objects.create(edition=edition, **{"title": "Lễ khởi công"} | values)


def add_file(edition, with_captions=True, **values):
    file = File.store(mp4(), "khoi-cong.mp4", kinds=VIDEOS)
    said = File.store(captions(), "phu-de.vtt", kinds=CAPTIONS) if with_captions else None
    return add_video(edition, file=file, captions=said, **values)


def article(client, edition):
    html = client.get(edition.get_absolute_url()).content.decode()
    return html.partition('class="prose"')[2].partition("</article>")[0]


def test_a_link_to_a_video_is_a_card_where_it_stands(citizen):
    html = article(citizen, make_edition(body=LINKED))
    card = html.partition("Trước.")[2].partition("Sau.")[0]
    assert f'href="{YOUTUBE}"' in card
    assert "Video, mở trên YouTube" in card
    assert "<img" not in card


def test_a_poster_of_the_staffs_choosing_stands_over_the_link(citizen, drawn_photo):
    edition, poster = make_edition(body=LINKED), Photo.store(drawn_photo())
    add_video(edition, address=YOUTUBE, poster=poster)
    html = article(citizen, edition)
    card = html.partition("Trước.")[2].partition("Sau.")[0]
    assert poster.url(960) in card
    assert "Lễ khởi công" in card
    assert html.count(YOUTUBE) == 1
    assert fetch(citizen, poster.url(960))[0].status_code == 200


def test_a_mark_places_a_video_and_one_without_follows_the_text(citizen):
    edition = make_edition(body="<p>Trước.</p><p>[Video 2]</p><p>Sau.</p>")
    add_video(edition, address="https://vimeo.com/1", position=1, title="Một")
    add_video(edition, address="https://vimeo.com/2", position=2, title="Hai")
    html = article(citizen, edition)
    order = [html.index(words) for words in ("Trước.", "vimeo.com/2", "Sau.", "vimeo.com/1")]
    assert order == sorted(order)


def test_an_uploaded_video_waits_for_the_reader_and_has_captions(citizen, drawn_photo):
    edition = make_edition()
    video = add_file(edition, poster=Photo.store(drawn_photo()))
    html = article(citizen, edition)
    assert 'controls preload="none"' in html
    assert f'poster="{video.poster.largest_url}"' in html
    assert f'src="{video.file.get_absolute_url()}" type="video/mp4"' in html
    track = html.partition("<track")[2].partition(">")[0]
    assert video.captions.get_absolute_url() in track
    assert 'kind="captions"' in track
    assert 'srclang="vi"' in track


def test_a_video_is_served_inert_and_in_pieces(citizen):
    video = add_file(make_edition())
    address = video.file.get_absolute_url()
    answer, content = fetch(citizen, address, Range="bytes=100-199")
    assert (answer.status_code, len(content)) == (206, 100)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    answer, content = fetch(citizen, video.captions.get_absolute_url())
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert content == captions().getvalue()


def test_the_content_policy_lets_our_own_videos_play_and_no_others(citizen):
    policy = citizen.get("/").headers["Content-Security-Policy"]
    assert "media-src 'self';" in policy
    assert "frame-src" not in policy


def test_nothing_of_a_draft_video_can_be_reached(citizen, drawn_photo):
    video = add_file(make_draft(), poster=Photo.store(drawn_photo()))
    addresses = (
        video.file.get_absolute_url(),
        video.captions.get_absolute_url(),
        video.poster.url(960),
    )
    assert [citizen.get(address).status_code for address in addresses] == [404] * 3


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://x.vn/a"])
def test_an_address_that_is_no_page_is_never_a_link(citizen, address):
    edition = make_edition()
    add_video(edition, address=address)
    assert address not in article(citizen, edition)


def test_a_page_with_many_videos_needs_no_more_queries(
    citizen, drawn_photo, django_assert_max_num_queries
):
    edition = make_edition(body=LINKED)
    for number in range(1, 6):
        add_file(edition, position=number, poster=Photo.store(drawn_photo(500 + number)))
    citizen.get(edition.get_absolute_url())
    with django_assert_max_num_queries(9):
        citizen.get(edition.get_absolute_url())


# Staff


def send(client, **values):
    rows = {"videos-TOTAL_FORMS": "1", "videos-0-title": "Lễ khởi công", "videos-0-position": "1"}
    rows |= {f"videos-0-{name}": value for name, value in values.items()}
    answer = client.post("/quan-tri/news/edition/add/", filled_form(_continue="1") | rows)
    return answer.content.decode()


def test_a_video_comes_in_with_the_article(staff, drawn_photo):
    send(
        staff,
        upload=SimpleUploadedFile("Lễ.mp4", mp4().getvalue()),
        new_captions=SimpleUploadedFile("Lễ.vtt", captions().getvalue()),
        new_poster=SimpleUploadedFile("Lễ.png", drawn_photo().getvalue()),
    )
    video = EditionVideo.objects.get()
    assert (video.file.extension, video.captions.extension) == ("mp4", "vtt")
    assert video.poster == Photo.objects.get()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("youtu.be/abcdefghijk", YOUTUBE),
        ("https://www.youtube.com/embed/abcdefghijk?rel=0", YOUTUBE),
        ("https://example.vn/phim", "https://example.vn/phim"),
    ],
)
def test_the_page_of_a_video_is_kept_of_whatever_address_is_typed(staff, typed, kept):
    send(staff, address=typed)
    assert EditionVideo.objects.get().address == kept


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "Hãy ghi địa chỉ của video hoặc chọn tệp."),
        ({"address": "javascript://x"}, "Đây không phải địa chỉ của một trang."),
        ({"address": "x" * 2000}, "1000"),
        ({"upload": SimpleUploadedFile("a.mp4", b"MZ")}, "không khớp với phần đuôi"),
        ({"upload": SimpleUploadedFile("a.avi", b"RIFF")}, ": mp4"),
    ],
)
def test_what_is_no_video_is_told_at_its_field_and_nothing_is_lost(staff, values, told):
    page = send(staff, **values)
    assert told in page
    assert "Lễ khởi công" in page
    assert not Edition.objects.exists()


def test_a_video_whose_form_comes_back_is_not_to_be_chosen_again(staff):
    page = send(staff, upload=SimpleUploadedFile("a.mp4", mp4().getvalue()), title="")
    file = File.objects.get()
    select = page.partition('name="videos-0-file"')[2].partition("</select>")[0]
    assert f'value="{file.pk}" selected' in select


def test_a_new_edition_takes_its_videos_along(db):
    live = make_edition()
    add_file(live)
    draft = edit_anew(live, by=make_user())
    assert draft.videos.get().title == "Lễ khởi công"
    draft.videos.update(title="Lễ ký kết")
    assert any("ký kết" in str(row.pieces) for row in compare(live, draft))


def test_a_dropped_text_gets_a_row_for_its_video(staff):
    html = '<p>Tiêu đề bài</p><p>Mở đầu.</p><iframe src="https://youtu.be/abcdefghijk"></iframe>'
    make_category()
    staff.post("/quan-tri/news/edition/drop/", {"html": html, "text": "x"})
    video = EditionVideo.objects.get()
    assert (video.address, video.title) == (YOUTUBE, "Video: YouTube")


def test_a_video_without_captions_is_better_looked_at_again(db):
    draft = make_draft()
    add_file(draft, with_captions=False)
    assert "no_captions" in [each.code for each in advice(draft)]
    draft.videos.update(captions=File.store(captions(), "a.vtt", kinds=CAPTIONS))
    assert "no_captions" not in [each.code for each in advice(draft)]


def test_a_place_for_a_video_that_is_not_there_must_be_fixed(db):
    draft = make_draft(body="<p>[Video 1]</p>")
    assert "no_video" in [each.code for each in must_fix(draft)]
    add_video(draft, address=YOUTUBE)
    assert must_fix(draft) == []
