from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contacts.models import Appointment, PhoneNumber
from editing.guessing import Caption, Paragraph
from news.models import Article, Edition
from portal.first_content import OLD_PAGE
from portal.importing import import_page
from portal.old_pages import OldPageError, read_old_page

SEED = OLD_PAGE.read_bytes()


def page(**parts):
    """A small page of an old site."""
    lines = [
        "Ngày 05/03/2022",
        "",
        *parts.get("article", ["\u00a0\u00a0 Sáng 04/3, Ban làm việc với nhà đầu tư."]),
    ]
    return "\n".join([*lines, "", *parts.get("boxes", [])]).encode(parts.get("encoding", "utf-8"))


def test_the_seed_is_read_whole():
    seed = read_old_page(SEED)
    assert str(seed.published_on) == "2021-12-28"
    assert seed.lead.startswith("Ngày 27/12/2021, Ban Quản lý Khu kinh tế (BQL KKT) tổ chức")
    assert [type(block) for block in seed.blocks] == [
        *(Caption, Paragraph, Paragraph, Caption, Paragraph, Paragraph)
    ]
    assert seed.author == "Đỗ Thanh Thái"
    assert (seed.notices, seed.visit_total) == ([], None)


def test_every_word_of_the_seeds_article_is_kept_and_nothing_of_the_boxes():
    seed = read_old_page(SEED)
    read = " ".join([seed.lead, *[block.text for block in seed.blocks], seed.author])
    article = SEED.decode().partition("Thông báo\n")[0].partition("Ngày 28/12/2021")[2]
    assert read.split() == article.replace("\u00a0", " ").split()


def test_a_missing_title_is_proposed_and_marked():
    seed = read_old_page(SEED)
    assert seed.title_is_proposed
    assert seed.title.startswith("Hội nghị cán bộ công chức viên chức")


def test_a_short_line_after_the_date_is_the_title():
    read = read_old_page(
        page(article=["Làm việc với nhà đầu tư", "", "  Sáng 04/3, Ban họp.", "  Xong."])
    )
    assert (read.title, read.title_is_proposed) == ("Làm việc với nhà đầu tư", False)


def test_a_source_is_no_author():
    read = read_old_page(page(article=["  Sáng 04/3, Ban họp.", "", "Nguồn: Báo Phú Yên"]))
    assert (read.author, read.source) == ("", "Báo Phú Yên")


def test_a_readable_total_is_read():
    assert (
        read_old_page(page(boxes=["Thống kê truy cập", "Tổng: 7.448.251"])).visit_total == 7_448_251
    )


def test_what_stands_in_the_notice_box_is_reported_and_not_published():
    read = read_old_page(page(boxes=["Thông báo", "Cúp điện ngày mai"]))
    assert read.notices == ["Cúp điện ngày mai"]
    assert "Cúp điện ngày mai" in [finding.text for finding in read.findings]


def test_saved_html_reads_like_text():
    html = (
        "<html><head><title>Trang</title><script>x</script></head><body><p>Ngày 05/03/2022</p>"
        "<p>&nbsp;&nbsp;&nbsp;Sáng 04/3,<br>Ban\nhọp.</p><div>Đường dây nóng</div>"
        "<div>Bà Lê Thị Ưu - Trưởng phòng<br>ĐT: 0257 3503 168</div></body></html>"
    )
    read = read_old_page(html.encode())
    assert "Ban họp." in " ".join([read.lead, *[block.text for block in read.blocks]])
    assert (read.officials[0].name, len(read.officials[0].numbers)) == ("Lê Thị Ưu", 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(encoding):
    assert read_old_page(page(encoding=encoding)).lead.endswith("nhà đầu tư.")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"\x00\x01\x02",
        b"Khong co ngay",
        "Ngày 31/02/2022\nChữ".encode(),
        "Ngày 01/02/2022".encode(),
    ],
)
def test_a_broken_file_is_refused(content):
    with pytest.raises(OldPageError):
        read_old_page(content)


@pytest.mark.django_db
class TestRecords:
    def test_the_article_carries_its_day_and_its_captions(self):
        import_page(SEED)
        edition = Edition.objects.live().get()
        assert str(edition.listed_at.date()) == "2021-12-27"  # 17:00 UTC is midnight in Vietnam
        assert [photo.caption[:20] for photo in edition.photos.all()] == [
            "Đ/c Nguyễn Xuân Hùng",
            "Lãnh đạo Ban trao gi",
        ]
        assert edition.body.index("[Ảnh 1]") < edition.body.index("[Ảnh 2]")

    def test_three_officials_and_six_numbers_none_confirmed(self):
        import_page(SEED)
        officials = Appointment.objects.on_hotline()
        assert [str(row.post) for row in officials] == [
            "Trưởng ban",
            "Phó Trưởng ban",
            "Chánh Văn phòng",
        ]
        assert PhoneNumber.objects.filter(e164__startswith="+84").count() == 6
        assert not officials.exclude(confirmed_on=None).exists()

    def test_a_second_run_changes_nothing(self):
        import_page(SEED)
        outcome = import_page(SEED)
        assert outcome.made == []
        assert (Article.objects.count(), Appointment.objects.count()) == (1, 3)

    def test_a_dry_run_writes_nothing(self):
        outcome = import_page(SEED, dry_run=True)
        assert len(outcome.made) == 4
        assert not Article.objects.exists()
        assert not Appointment.objects.exists()

    def test_a_broken_file_is_named_and_the_rest_goes_in(self, tmp_path):
        (tmp_path / "tot.txt").write_bytes(SEED)
        (tmp_path / "hong.txt").write_bytes(b"\x00\x01")
        errors = StringIO()
        call_command("import_page", str(tmp_path), stdout=StringIO(), stderr=errors)
        assert "hong.txt" in errors.getvalue()
        assert Article.objects.count() == 1

    def test_a_path_that_is_not_there_is_named(self):
        with pytest.raises(CommandError, match="khong-co"):
            call_command("import_page", "/khong-co", stdout=StringIO())

    def test_the_report_says_what_could_not_be_read(self):
        output = StringIO()
        call_command("import_page", str(OLD_PAGE), stdout=output)
        for words in ("tụchoàn", "logo development", "+842573503168"):
            assert words in output.getvalue()
