"""The words on screen are those agreed on, in the catalogue and so everywhere."""

from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

WORDS = {
    # what the portal is made of
    "article": "bài viết",
    "edition": "bản",
    "page": "trang",
    "category": "chuyên mục",
    "tag": "từ khóa",
    "slug": "đường dẫn",
    "lead": "tóm tắt",
    "photo caption": "chú thích ảnh",
    "photo description": "mô tả ảnh",
    "photo credit": "nguồn ảnh",
    "decorative photo (needs no description)": "ảnh trang trí (không cần mô tả)",
    "focal point": "điểm chính của ảnh",
    "attachment": "tệp đính kèm",
    "change note": "ghi chú thay đổi",
    # lists, as the staff look for them
    "editions": "bài viết và thông báo",
    "appointments": "cán bộ và chức vụ",
    "menu entries": "mục đầu trang, chân trang",
    "name of the agency": "tên cơ quan",
    "users": "người dùng",
    # states
    "Draft": "Bản nháp",
    "Awaiting approval": "Chờ duyệt",
    "Returned": "Trả lại để sửa",
    "Scheduled": "Hẹn giờ đăng",
    "Published": "Đã đăng",
    "Replaced by a new edition": "Đã thay bằng bản mới",
    "Withdrawn": "Đã gỡ",
    "In trash": "Thùng rác",
    "Ended": "Đã hết hạn",
    "Urgent": "Khẩn",
    "Important": "Quan trọng",
    "Ordinary": "Thông thường",
    "Must fix": "Phải sửa",
    "Advice": "Nên xem lại",
    # to be reached
    "Hotline": "Đường dây nóng",
    "Contact": "Liên hệ",
    "Feedback": "Phản ánh, kiến nghị",
    "Site map": "Sơ đồ cổng thông tin",
    "Not confirmed": "Chưa xác nhận",
    "Confirm that the entries are still true": "Xác nhận thông tin còn đúng",
    "Confirm that it is still true": "Xác nhận thông tin còn đúng",
    "Within opening hours": "Trong giờ làm việc",
    "Out of hours, open again at %(when)s": "Ngoài giờ, làm việc lại lúc %(when)s",
    "Leaves the post…": "Thôi giữ chức vụ…",
    # visits
    "Total visits": "Tổng lượt truy cập",
    "Visit statistics": "Thống kê truy cập",
    # Django's own pages
    "History": "Lịch sử",
    "Site administration": "Quản trị cổng thông tin",
    "Add": "Thêm",
    "Go": "Thực hiện",
    "Password reset": "Đặt lại mật khẩu",
    "Run the selected action": "Thực hiện thao tác đã chọn",
}

# The spelling of our own texts: “hoà”, “uỷ”, “khoá” carry their tone on the first vowel.
OLD_SPELLINGS = ("uỷ", "hoà ", "khoá", "hoá ", "Uỷ", "thuý", "toà ")


@pytest.mark.parametrize("english", WORDS)
def test_a_word_of_the_glossary_is_on_screen_as_agreed(english):
    with translation.override("vi"):
        assert gettext(english) == WORDS[english]


@pytest.mark.parametrize("spelling", OLD_SPELLINGS)
def test_our_own_texts_are_spelled_the_same_way(spelling):
    folders = ("locale", "docs", "portal/first_content")
    root = Path(__file__).parent.parent
    for folder in folders:
        for path in (root / folder).rglob("*"):
            # The old page stays as it was written.
            if path.suffix in (".po", ".md", ".html"):
                assert spelling not in path.read_text(encoding="utf-8"), path
