"""What a new portal holds before anybody has written anything: the agency's name, its menu, the
pages that the law and courtesy ask for, and the article and hotline of its old site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from contacts.models import Unit
from news.models import Category
from portal.models import Agency, Destination, Link, LinkGroup, MenuItem, Page, Place

FOLDER = Path(__file__).parent
OLD_PAGE = FOLDER / "trang-cu-28-12-2021.txt"


@dataclass(frozen=True)
class PageText:
    path_vi: str
    path_en: str
    title_vi: str
    title_en: str
    summary_vi: str
    summary_en: str

    def body(self, language: str) -> str:
        return (FOLDER / f"{self.path_vi}.{language}.html").read_text(encoding="utf-8")


PAGES = (
    PageText(
        "gioi-thieu",
        "about",
        "Giới thiệu",
        "About",
        "Ban Quản lý Khu kinh tế và những nhiệm vụ đã công bố.",
        "The Economic Zone Authority and its published tasks.",
    ),
    PageText(
        "du-lieu-ca-nhan",
        "personal-data",
        "Dữ liệu cá nhân",
        "Personal data",
        "Trang công khai không có cookie và không ghi lại người đọc.",
        "Public pages set no cookie and do not record their readers.",
    ),
    PageText(
        "ho-tro-tiep-can",
        "accessibility",
        "Hỗ trợ tiếp cận",
        "Accessibility",
        "Cổng thông tin dùng được bằng bàn phím, trình đọc màn hình và trên mạng yếu.",
        "Usable by keyboard, with a screen reader and on a weak network.",
    ),
    PageText(
        "su-dung-lai-thong-tin",
        "reuse",
        "Sử dụng lại thông tin",
        "Reuse of information",
        "Được dùng lại khi ghi rõ nguồn.",
        "Reuse is welcome if the source is named.",
    ),
)

# (destination, Vietnamese, English)
_MENU = (
    (Destination.HOME, "Trang chủ", "Home"),
    ("gioi-thieu", "Giới thiệu", "About"),
    (Destination.NEWS, "Tin tức", "News"),
    (Destination.NOTICES, "Thông báo", "Notices"),
    (Destination.ORGANISATION, "Bộ máy", "Organisation"),
    (Destination.CONTACT, "Liên hệ", "Contact"),
    (Destination.HOTLINE, "Đường dây nóng", "Hotline"),
)
_NATIONAL_PORTAL = "https://dichvucong.gov.vn/"

_TASKS = (
    (Destination.HOTLINE, "Gọi đường dây nóng", "Call the hotline"),
    (Destination.NOTICES, "Xem thông báo", "Read notices"),
    (Destination.SEARCH, "Tìm tin và cán bộ", "Find news and officials"),
    (_NATIONAL_PORTAL, "Dịch vụ công trực tuyến", "Online public services"),
    (Destination.FEEDBACK, "Phản ánh, kiến nghị", "Feedback"),
)
_CARDS = (
    (
        Destination.STATISTICS,
        "Cách đếm lượt truy cập",
        "How visits are counted",
        "Số liệu thật, không tính truy cập tự động, công khai cách tính.",
        "Real figures without robots, and how they are made.",
    ),
    (
        "ho-tro-tiep-can",
        "Hỗ trợ tiếp cận",
        "Accessibility",
        "Dùng được bằng bàn phím, trình đọc màn hình, trên mạng yếu.",
        "By keyboard, with a screen reader, on a weak network.",
    ),
    (
        "du-lieu-ca-nhan",
        "Dữ liệu cá nhân",
        "Personal data",
        "Không cookie, không theo dõi người đọc.",
        "No cookie, no tracking of readers.",
    ),
    (
        Destination.SITEMAP,
        "Sơ đồ cổng thông tin",
        "Site map",
        "Mọi mục trên một trang.",
        "Everything on one page.",
    ),
)
_FOOTER = (
    (Destination.SITEMAP, "Sơ đồ cổng thông tin", "Site map"),
    (Destination.STATISTICS, "Thống kê truy cập", "Visit statistics"),
    (Destination.FEEDBACK, "Phản ánh, kiến nghị", "Feedback"),
    ("ho-tro-tiep-can", "Hỗ trợ tiếp cận", "Accessibility"),
    ("du-lieu-ca-nhan", "Dữ liệu cá nhân", "Personal data"),
    ("su-dung-lai-thong-tin", "Sử dụng lại thông tin", "Reuse of information"),
    (Destination.FEED, "Tin qua RSS", "News by RSS"),
    (Destination.ALERTS, "Nhận tin qua thư", "News by e-mail"),
)


@transaction.atomic
def make_first_content() -> bool:
    """Makes it once; False if it was made before, whatever staff have changed since."""
    agency = Agency.load()
    if agency.first_content_at is not None:
        return False
    _name_agency(agency)
    _make_categories()
    _make_pages()
    _make_menu()
    _make_links()
    return True


def _name_agency(agency: Agency) -> None:
    agency.name_vi, agency.name_en = "Ban Quản lý Khu kinh tế", "Economic Zone Authority"
    agency.short_name_vi, agency.short_name_en = "BQL KKT", "EZA"
    agency.first_content_at = timezone.now()
    agency.save()
    Unit.objects.get_or_create(parent=None, name_vi=agency.name_vi, name_en=agency.name_en)


def _make_categories() -> None:
    Category.objects.get_or_create(
        slug_vi="hoat-dong",
        defaults={"name_vi": "Hoạt động của Ban", "name_en": "Activities", "position": 10},
    )
    Category.objects.get_or_create(
        slug_vi="thong-bao",
        defaults={
            "name_vi": "Thông báo",
            "name_en": "Notices",
            "is_notice_board": True,
            "position": 20,
        },
    )


def _make_pages() -> None:
    for position, text in enumerate(PAGES, start=1):
        Page.objects.create(
            path_vi=text.path_vi,
            path_en=text.path_en,
            title_vi=text.title_vi,
            title_en=text.title_en,
            summary_vi=text.summary_vi,
            summary_en=text.summary_en,
            body_vi=text.body("vi"),
            body_en=text.body("en"),
            position=position * 10,
        )


def _make_menu() -> None:
    rows = [
        *[(Place.MENU, *entry, "", "") for entry in _MENU],
        *[(Place.TASKS, *entry, "", "") for entry in _TASKS],
        *[(Place.CARDS, *entry) for entry in _CARDS],
        *[(Place.FOOTER, *entry, "", "") for entry in _FOOTER],
    ]
    pages = {page.path_vi: page for page in Page.objects.all()}
    for position, (place, target, label_vi, label_en, note_vi, note_en) in enumerate(rows, start=1):
        item = MenuItem(place=place, position=position * 10)
        item.label_vi, item.label_en = label_vi, label_en
        item.note_vi, item.note_en = note_vi, note_en
        if target in Destination.values:
            item.destination = target
        elif target in pages:
            item.page = pages[target]
        else:
            item.url_vi = target
        item.save()


def _make_links() -> None:
    group = LinkGroup.objects.create(title_vi="Liên kết", title_en="Links")
    Link.objects.create(
        group=group,
        title_vi="Cổng Dịch vụ công Quốc gia",
        title_en="National Public Service Portal",
        url_vi=_NATIONAL_PORTAL,
    )
