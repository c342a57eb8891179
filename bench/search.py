"""How long the database and the ranking take for a first page of search, on the texts that are there.

`make bench` runs it over its sample articles; `DATABASE_URL=… python bench/search.py` over any others.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.utils import translation  # noqa: E402

from editing.shared import under  # noqa: E402
from portal.search.answers import search_everything  # noqa: E402
from portal.search.models import SearchDocument  # noqa: E402

QUERIES = (
    *("các", "khu công nghiệp", "khu cong nghiep", "ban quản lý", "đầu tư", "nghiep kinh khong"),
    *("kiểm tra hệ thống thoát nước mưa", "an toàn lao động", "khong-co-gi-ca", '"nhà ở"', "a"),
    *("thủ tục đất đai cho doanh nghiệp quý 2", "công khai -quý", "mau dinh kem", "ngiep", "2026"),
    *("khu công nghiệp 2025", "nhàở xã hội", "số điện thoại phòng đầu tư"),
    "cho em hỏi làm thủ tục cấp giấy chứng nhận đầu tư cho doanh nghiệp ở khu công nghiệp cần những gì ạ",
    "bao nhieu nguoi lao dong lam viec trong cac khu cong nghiep cua tinh va luong cua ho la bao nhieu",
    "nghiệm thu kiểm tra công khai đầu tư khu công nghiệp hệ thống thoát nước mưa an toàn lao động bến bãi",
)
ROUNDS = 9
BOUND = 50  # milliseconds


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    translation.activate("vi")
    search_everything("khu")
    # As with the processes that serve (`deploy/gunicorn.py`).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    count = SearchDocument.objects.count()
    print(f"{connection.vendor}, {count} texts; milliseconds, of which at most {BOUND} are wanted:")
    print("  median    least    first  of this process alone; first: of words not asked before")
    slow = slow_at_first = 0
    for query in QUERIES:
        times, work = [], []
        for _round in range(ROUNDS):
            start, busy = time.perf_counter(), time.process_time()
            with under(lambda state=query: state):  # nothing changes meanwhile
                answer = search_everything(query)
            times.append((time.perf_counter() - start) * 1000)
            work.append((time.process_time() - busy) * 1000)
        slow += statistics.median(times) > BOUND
        slow_at_first += times[0] > BOUND
        total = "stopped" if answer.took_too_long else answer.total
        print(
            f"{statistics.median(times):8.1f} {min(times):8.1f} {times[0]:8.1f}"
            f" {statistics.median(work):8.1f}  {total:>7}  {query}"
        )
    print(f"{slow} of {len(QUERIES)} take longer, {slow_at_first} at first.")


if __name__ == "__main__":
    main()
