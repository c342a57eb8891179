"""Sample content: the same articles every time, plausible, marked as samples, and about nobody.

Article N depends on N alone, so 1,000 samples are the first 1,000 of 100,000.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from editing.models import File, Photo
from editing.richtext import paragraphs
from news.models import (
    Article,
    Attachment,
    Category,
    Edition,
    EditionPhoto,
    NoticeLevel,
    State,
    Tag,
)
from news.months import recount_everything
from portal.models import Agency
from portal.search.engines import engine
from portal.search.index import write
from vietnamese.slugs import slugify

ORIGIN = "sample:"
MARK = "Bài mẫu"
BATCH = 1000
PHOTOS = 24
# Every so many articles, one is a notice, carries a photo, an attachment.
NOTICE_EVERY, PHOTO_EVERY, ATTACHMENT_EVERY = 9, 3, 11
CURRENT_NOTICES = 12
YEARS = 6

_CATEGORIES = (
    ("Đầu tư", "Investment"),
    ("Quy hoạch – xây dựng", "Planning and construction"),
    ("Môi trường", "Environment"),
    ("Doanh nghiệp", "Enterprises"),
    ("Lao động", "Labour"),
    ("Chuyển đổi số", "Digital transformation"),
)
_NOTICES = ("Thông báo", "Notices")
_TAGS: tuple[str, ...] = (
    "khu công nghiệp",
    "hạ tầng",
    "thủ tục hành chính",
    "an toàn lao động",
    "nước sạch",
)
_TAGS += ("cây xanh", "giao thông", "đào tạo")

_OPENINGS: tuple[str, ...] = (
    "Khảo sát",
    "Rà soát",
    "Kiểm tra",
    "Triển khai",
    "Nghiệm thu",
    "Lấy ý kiến về",
)
_OPENINGS += ("Tập huấn về", "Công khai", "Đánh giá", "Hướng dẫn", "Tổng kết", "Đối thoại về")
_SUBJECTS = (
    *("tuyến đường trục vào khu công nghiệp", "hệ thống thoát nước mưa", "dải cây xanh cách ly"),
    *("thủ tục đất đai cho doanh nghiệp", "phương án phòng cháy, chữa cháy"),
    *("quy hoạch phân khu chức năng", "chất lượng nước thải sau xử lý", "nhà ở cho người lao động"),
    *("dịch vụ công trực tuyến", "chữ ký số trong toàn cơ quan", "tiến độ giải phóng mặt bằng"),
    *("kế hoạch tuyển dụng của doanh nghiệp", "mạng lưới cấp điện", "quan trắc môi trường định kỳ"),
    *("cơ sở dữ liệu dự án đầu tư", "bến bãi tập kết hàng hóa", "công tác vệ sinh công nghiệp"),
)
_ENDINGS = ("quý %d", "6 tháng đầu năm", "năm nay", "đợt %d", "giai đoạn tới", "trong tháng")
_SENTENCES = (
    "Đoàn công tác ghi nhận hiện trạng, đối chiếu với hồ sơ và lập danh mục những việc cần làm tiếp.",
    "Các bộ phận liên quan thống nhất thời hạn, phân công rõ việc và báo cáo kết quả hằng tuần.",
    "Doanh nghiệp được hướng dẫn chuẩn bị hồ sơ đầy đủ ngay từ đầu để không phải đi lại nhiều lần.",
    "Ý kiến của người dân quanh khu vực được tổng hợp, trả lời và niêm yết công khai.",
    "Kết quả đo đạc sẽ được cập nhật vào cơ sở dữ liệu dùng chung trước cuối tháng.",
    "Phần việc còn vướng mắc được tách riêng để xử lý trước, không chờ toàn bộ hồ sơ hoàn tất.",
    "Mưa lớn kéo dài ảnh hưởng đến thi công; đơn vị thi công bố trí thêm ca để bù tiến độ.",
    "Đường nội bộ được bổ sung biển báo, vạch sơn và hệ thống chiếu sáng ở các điểm giao cắt.",
    "Lớp tập huấn có phần thực hành, mỗi học viên tự làm trọn một bộ hồ sơ mẫu.",
    "Số liệu nêu trong bài chỉ nhằm minh họa cách trình bày, không phản ánh một sự việc có thật.",
    "Thời gian giải quyết thủ tục được rút ngắn nhờ kiểm tra trước các giấy tờ bắt buộc.",
    "Mọi thay đổi so với phương án ban đầu đều phải được ghi lại và giải thích lý do.",
    "Việc giữ gìn cảnh quan, trồng bổ sung cây bóng mát được làm cùng lúc với sửa chữa vỉa hè.",
    "Buổi làm việc kết thúc bằng danh sách việc cụ thể, có người chịu trách nhiệm và ngày hoàn thành.",
)


@dataclass(frozen=True)
class Sample:
    """One article before it becomes rows."""

    number: int
    title: str
    lead: str
    body: str
    published_at: datetime
    is_notice: bool


def sample(number: int, *, until: datetime) -> Sample:
    """Article `number`, dated within the YEARS before `until`."""
    chance = random.Random(number)  # noqa: S311
    title = _title(chance, number)
    sentences = chance.sample(_SENTENCES, k=9)
    body = paragraphs([" ".join(sentences[at : at + 3]) for at in (0, 3, 6)])
    span = timedelta(days=365 * YEARS).total_seconds()
    # A step that is coprime to nothing in sight spreads neighbours over the years.
    age = (number * 0.6180339887) % 1 * span
    is_notice = number % NOTICE_EVERY == 0
    published_at = until - timedelta(seconds=int(age) + 60)
    if is_notice and number // NOTICE_EVERY < CURRENT_NOTICES:
        published_at = until - timedelta(days=number // NOTICE_EVERY, hours=1)
    return Sample(number, title, sentences[0], body, published_at, is_notice)


def _title(chance: random.Random, number: int) -> str:
    ending = chance.choice(_ENDINGS)
    ending = ending % chance.randint(1, 4) if "%d" in ending else ending
    return f"{chance.choice(_OPENINGS)} {chance.choice(_SUBJECTS)} {ending}"


class SampleMaker:
    """Makes the samples that are missing."""

    def __init__(self, until: datetime, *, photos: int = PHOTOS) -> None:
        self.until = until
        Agency.load()
        self.notices = _category(_NOTICES, is_notice_board=True)
        self.categories = [_category(names) for names in _CATEGORIES]
        self.tags = [_tag(name) for name in _TAGS]
        self.photos = [_photo(number) for number in range(photos)]
        self.file = _file()

    def make(self, count: int) -> Iterator[int]:
        """Yields how many are there after each batch; a batch is whole or not there at all."""
        present = Article.objects.filter(origin__startswith=ORIGIN).count()
        for start in range(present, count, BATCH):
            numbers = range(start, min(start + BATCH, count))
            self._make_batch([sample(number, until=self.until) for number in numbers])
            engine().keep_quick()
            yield numbers.stop
        recount_everything()

    @transaction.atomic
    def _make_batch(self, samples: list[Sample]) -> None:
        Agency.objects.filter(has_samples=False).update(has_samples=True)
        articles = Article.objects.bulk_create(
            Article(origin=f"{ORIGIN}{each.number:07d}", first_published_at=each.published_at)
            for each in samples
        )
        pairs = list(zip(samples, articles, strict=True))
        editions = [self._edition(each, article) for each, article in pairs]
        editions = Edition.objects.bulk_create(editions)
        self._add_photos(samples, editions)
        self._add_files(samples, editions)
        self._add_tags(samples, editions)
        write(editions)

    def _edition(self, each: Sample, article: Article) -> Edition:
        edition = Edition(
            article=article,
            category=self.notices
            if each.is_notice
            else self.categories[each.number % len(self.categories)],
            title=each.title,
            lead=each.lead,
            body=each.body,
            source=MARK,
            lead_photo=self._photo(each.number),
            state=State.APPROVED,
            live_from=each.published_at,
            ends_at=self._end(each),
            notice_level=self._level(each),
            is_pinned=each.number == 2 * NOTICE_EVERY,
        )
        edition.fill_derived()
        return edition

    def _photo(self, number: int) -> Photo | None:
        has_photo = number % PHOTO_EVERY == 0 and number % NOTICE_EVERY != 0
        # Neighbours by date are far apart by number, and should not look alike.
        chance = random.Random(f"photo {number}")  # noqa: S311
        return chance.choice(self.photos) if has_photo else None

    def _end(self, each: Sample) -> datetime | None:
        if not each.is_notice:
            return None
        is_current = each.number // NOTICE_EVERY < CURRENT_NOTICES
        if is_current:
            return self.until + timedelta(days=30 + each.number)
        return min(each.published_at + timedelta(days=30), self.until)

    def _level(self, each: Sample) -> NoticeLevel:
        if each.number == NOTICE_EVERY:
            return NoticeLevel.URGENT
        return NoticeLevel.IMPORTANT if each.number % 4 == 0 else NoticeLevel.ORDINARY

    def _add_photos(self, samples: list[Sample], editions: list[Edition]) -> None:
        EditionPhoto.objects.bulk_create(
            EditionPhoto(
                edition=edition, photo=edition.lead_photo, caption=f"Ảnh minh họa: {edition.title}"
            )
            for edition in editions
            if edition.lead_photo_id
        )

    def _add_files(self, samples: list[Sample], editions: list[Edition]) -> None:
        Attachment.objects.bulk_create(
            Attachment(edition=edition, file=self.file, title="Văn bản mẫu đính kèm")
            for each, edition in zip(samples, editions, strict=True)
            if each.number % ATTACHMENT_EVERY == 0
        )

    def _add_tags(self, samples: list[Sample], editions: list[Edition]) -> None:
        links = Edition.tags.through
        links.objects.bulk_create(
            links(edition_id=edition.pk, tag_id=self.tags[each.number % len(self.tags)].pk)
            for each, edition in zip(samples, editions, strict=True)
        )


def _category(names: tuple[str, str], *, is_notice_board: bool = False) -> Category:
    vietnamese, english = names
    row, _made = Category.objects.get_or_create(
        slug_vi=slugify(vietnamese),
        defaults={
            "name_vi": vietnamese,
            "name_en": english,
            "is_notice_board": is_notice_board,
            "introduction_vi": f"{MARK}: chuyên mục này chứa nội dung mẫu.",
        },
    )
    return row


def _tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug_vi=slugify(name), defaults={"name_vi": name})[0]


_SKIES = ("#cfe3ec", "#f3e2c7", "#dbe7d6", "#d9dcec")
_LANDS = ("#0a4b6b", "#4f7b54", "#8a6d3b", "#5c5470")


def _photo(number: int) -> Photo:
    """A drawn landscape: sky, sun, hills or waves; nothing in it exists."""
    file = io.BytesIO()
    _draw(number).save(file, "PNG")
    file.seek(0)
    return Photo.store(file, description=f"Hình vẽ minh họa số {number + 1}", credit="Hình vẽ mẫu")


def _draw(number: int) -> Image.Image:
    chance = random.Random(number)  # noqa: S311
    width, height = 1200, 800
    picture = Image.new("RGB", (width, height), _SKIES[number % len(_SKIES)])
    pen = ImageDraw.Draw(picture)
    x, y = chance.randint(200, 1000), chance.randint(120, 320)
    pen.ellipse((x - 70, y - 70, x + 70, y + 70), fill="#d99a2b")
    for layer in range(3):
        base = 380 + layer * 120
        wave, shift = chance.randint(40, 90), chance.random() * 6
        points = [
            (at, base + wave * math.sin(at / (160 + 40 * layer) + shift))
            for at in range(0, width + 20, 20)
        ]
        colour = _LANDS[(number + layer) % len(_LANDS)]
        pen.polygon([*points, (width, height), (0, height)], fill=colour)
    return picture


_PDF = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
/Resources <</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> >> >> >> endobj
4 0 obj <</Length 52>> stream
BT /F1 24 Tf 72 760 Td (VAN BAN MAU / SAMPLE) Tj ET
endstream endobj
trailer <</Root 1 0 R>>
startxref
0
%%EOF
"""


def _file() -> File:
    return File.store(io.BytesIO(_PDF), "Văn bản mẫu.pdf")


def remove_samples() -> Iterator[int]:
    """Takes every sample out again, with photos, files, tags and categories that nothing else
    uses; yields how many articles are gone."""
    gone = 0
    while keys := list(
        Article.objects.filter(origin__startswith=ORIGIN).values_list("pk", flat=True)[:BATCH]
    ):
        Article.objects.filter(pk__in=keys).delete()
        gone += len(keys)
        yield gone
    _remove_what_is_left()


def _remove_what_is_left() -> None:
    for photo in Photo.objects.filter(credit="Hình vẽ mẫu", uses=None):
        for path in photo.paths():
            default_storage.delete(path)
        photo.delete()
    for file in File.objects.filter(name="van-ban-mau.pdf", uses=None):
        default_storage.delete(file.path)
        file.delete()
    Tag.objects.filter(slug_vi__in=[slugify(name) for name in _TAGS], editions=None).delete()
    Category.objects.filter(introduction_vi__startswith=MARK, editions=None).delete()
    Agency.objects.update(has_samples=False)
    recount_everything()


def start_of_today() -> datetime:
    """The day's beginning, so that two runs on one day make the same."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
