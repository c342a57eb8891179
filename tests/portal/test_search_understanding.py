"""What is typed and what is read in a text come together; and the short ways give the same answers."""

from datetime import date
from itertools import combinations

import pytest
from django.db import connection
from django.utils import timezone, translation

from editing.models import Abbreviation
from portal.models import Page
from portal.search import candidates, engines
from portal.search.answers import common_words, search_everything
from portal.search.asking import one_of, read
from portal.search.candidates import LONG, Filters
from portal.search.engines import All, Beginning, OneOf, Question, engine
from portal.search.highlighting import Highlighter, Text
from portal.search.index import key_at, tidy_thoroughly
from portal.search.models import SearchDocument
from portal.search.tokens import unpack
from tests.making import make_edition, make_unit
from tests.portal import search_second_set
from tests.portal.test_search_relevance import make_corpus

pytestmark = pytest.mark.django_db


def titles(query):
    answer = search_everything(query)
    return [hit.edition.title for hit in (*answer.hits, *answer.near)]


def in_brackets(parts):
    return "".join(f"[{part.text}]" if part.is_marked else part.text for part in parts)


@pytest.mark.parametrize("query", ["quý 2", "quý II", "quý hai", "quy 2", "quys 2", "quý 02"])
def test_a_number_is_found_however_it_is_written(query):
    for text in ("quý 2", "quý II", "quý hai", "quý 02"):
        make_edition(title=f"Báo cáo {text}", lead="", body="")
    make_edition(title="Báo cáo quý ba về hải quan", lead="", body="")
    assert len(search_everything(query).hits) == 4


def test_a_number_in_words_is_not_a_word_with_other_accents(db):
    make_edition(title="Thủ tục hải quan quý một", lead="", body="")
    assert search_everything("thủ tục quý 2").hits == []


def test_a_text_of_the_year_that_is_asked_for_need_not_name_it(db):
    for year in (2024, 2025):
        for title in ("Thưởng Tết cho công nhân", "Lịch nghỉ"):
            lead = "" if title.startswith("Thưởng") else f"Thưởng trước Tết, từ năm {year}."
            make_edition(
                title=f"{title} ({year % 100})", lead=lead, body="", dated=date(year, 1, 9)
            )
    make_edition(title="Thưởng Tết 2025", lead="", body="", dated=date(2024, 12, 1))
    found = ["Thưởng Tết 2025", "Thưởng Tết cho công nhân (25)", "Lịch nghỉ (25)"]
    assert titles("thưởng tết 2025") == titles("thuong tet nam 2025") == found
    assert titles("công văn 12/2025") == []


@pytest.mark.parametrize("query", ["110kV", "110 kV", "trạm 110 kv"])
@pytest.mark.parametrize("text", ["Đóng điện trạm 110 kV", "Đóng điện trạm 110kV"])
def test_a_unit_may_stand_close_to_its_number(query, text):
    make_edition(title=text, lead="", body="")
    assert [hit.edition.title for hit in search_everything(query).hits] == [text]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        *(("12000 m3", "Nâng công suất lên 12.000 m3"), ("1500000", "Thu 1.500.000 đồng")),
        *(
            (number, "Gọi 0257 3999 888 hoặc 0913.705.521")
            for number in ("02573999888", "0913705521")
        ),
    ],
)
def test_long_numbers_are_written_in_groups(query, text, db):
    make_edition(title=text, lead="", body="")
    assert [hit.edition.title for hit in search_everything(query).hits] == [text]


def test_letters_of_a_document_may_stand_close_to_its_number(db):
    make_edition(title="Nghị định 35/2022/NĐ-CP", lead="", body="")
    make_edition(title="Nghị định 36/2022/NĐ-CP", lead="", body="")
    assert titles("NĐ35") == ["Nghị định 35/2022/NĐ-CP"]


def test_the_words_of_a_question_need_not_be_in_its_answer(db):
    make_edition(title="Cấp giấy phép xây dựng", lead="", body="")
    assert len(search_everything("xin giấy phép xây dựng ở đâu").hits) == 1
    assert [term.words[0].spelled for term in read("ở đâu").needed] == ["ở", "đâu"]


def test_without_accents_no_single_word_is_taken_for_a_small_one(db):
    """“cua” may be a crab."""
    make_edition(title="Nuôi cua biển", lead="", body="")
    make_edition(title="Quy hoạch vùng biển", lead="", body="")
    assert titles("cua bien") == ["Nuôi cua biển"]


def test_keys_that_were_left_over_are_as_good_as_accents(db):
    make_edition(title="Bản quán lỳ", lead="", body="")
    make_edition(title="Ban quản lý", lead="", body="")
    make_edition(title="Bàn quan lý", lead="", body="")
    assert titles("bán quarn lys")[:1] != ["Bản quán lỳ"]
    assert titles("banf quan lys")[0] == "Bàn quan lý"


def test_the_usual_abbreviations_are_known_from_the_start(db):
    assert Abbreviation.objects.filter(short__in=["CCHC", "BHYT", "ATTP", "NOXH"]).count() == 4


@pytest.mark.parametrize("query", ["k.c.n đá bàn", "K.C.N. Đá Bàn", "k c n da ban"])
def test_an_abbreviation_may_have_dots_or_blanks(query):
    make_edition(title="Cắm mốc khu công nghiệp Đá Bàn", lead="", body="")
    make_edition(title="Cắm mốc KCN Đá Bàn", lead="", body="")
    assert len(search_everything(query).hits) == 2


def test_words_close_together_are_shown_where_no_text_has_them_all(db):
    make_edition(title="Cần bốn trăm thợ may lành nghề", lead="", body="")
    make_edition(title="Tin khác", lead="", body="")
    assert titles("tìm nhà máy gần cảng nhận thợ may") == ["Cần bốn trăm thợ may lành nghề"]


@pytest.mark.parametrize("query", ["nhàởxãhội", "#NhàỞXãHội", "nha oxahoi", "nhàở xã hội"])
def test_blanks_that_were_left_out_are_put_in(query):
    make_edition(title="Bốc thăm mua nhà ở xã hội", lead="", body="")
    make_edition(title="Hội nghị về mạng xã hội", lead="", body="")
    assert titles(query)[0] == "Bốc thăm mua nhà ở xã hội"


def test_a_long_question_finds_what_it_is_about(db):
    make_edition(title="Bốc thăm mua nhà ở xã hội", lead="Bao giờ có đợt sau.", body="")
    for title in ("Lịch nghỉ lễ của cơ quan", "Công ty vợ chồng tôi", "Đợt nắng nóng"):
        make_edition(title=title, lead="Cho biết tiếp theo có cần hộ khẩu không.", body="")
    question = (
        "em ơi cho chị hỏi vợ chồng chị làm ở công ty may, con nhỏ, lâu nay thuê trọ, nghe nói sắp"
        " bốc thăm nhà ở xã hội đợt nữa phải không ạ"
    )
    assert titles(question)[0] == "Bốc thăm mua nhà ở xã hội"


def test_of_texts_that_lack_one_word_the_closest_stands_first(db):
    make_edition(title="Thông báo 45 tuyển viên chức", lead="", body="")
    make_edition(title="Bảng lương viên chức", lead="", body="Áp dụng năm nay.")
    assert titles("tuyển dụng viên chức")[0] == "Thông báo 45 tuyển viên chức"


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Khu kinh tế mở", "khu kinh te", "[Khu kinh tế] mở"),
        ("經濟區管理委員會", "經濟", "[經濟]區管理委員會"),
        ("Khu 經濟區 mới", "區 mới", "Khu 經濟[區 mới]"),
        ("Hải quan quý II", "quý 2", "Hải quan [quý II]"),
        ("Đươ\u0300ng mới", "đường", "[Đươ\u0300ng] mới"),
        ("Khuôn khu – KHU, khúc_khu", "khu", "Khuôn [khu] – [KHU], khúc_[khu]"),
        ("Lao động, Cao Bằng, áo ấm", "ao", "Lao động, Cao Bằng, [áo] ấm"),
        ("Hoà bình, hòa hợp", "hòa", "[Hoà] bình, [hòa] hợp"),
        ("Straße mới", "strasse", "[Straße] mới"),
        ("Từ đầu năm, vốn đầu tư tăng", "đầu tư", "Từ [đầu] năm, vốn [đầu tư] tăng"),
        ("Từ đầu năm, vốn đầu tư tăng", "dau tu", "[Từ đầu] năm, vốn [đầu tư] tăng"),
        ("Bàn quan lý cũ", "ban quản lý", "[Bàn quan lý] cũ"),
    ],
)
def test_what_was_found_is_marked_as_it_was_written(text, query, expected):
    assert in_brackets(*Highlighter(read(query)).marked(text)) == expected
    assert Highlighter(read(query)).snippet(Text.of(text)) == text


def test_the_snippet_is_where_the_words_stand_as_typed(db):
    text = "Từ đầu năm. " + "Chưa có gì mới. " * 40 + "Vốn đầu tư tăng."
    snippet = Highlighter(read("đầu tư")).snippet(Text.of(text))
    assert "đầu tư" in snippet
    assert "Từ đầu" not in snippet


def test_what_stands_in_the_title_as_typed_is_marked_only_so_in_the_text(db):
    make_edition(title="Đầu tư công", lead="", body="Ban đầu, từ năm nay.")
    make_edition(title="Tin", lead="", body="Từ đầu tháng tư.")
    first, second = search_everything("đầu tư").hits
    assert in_brackets(first.text) == "Ban [đầu], từ năm nay."
    assert in_brackets(second.text) == "Từ [đầu] tháng [tư]."


def test_a_number_in_words_is_marked_beside_what_it_counts(db):
    query = read("quý 4")
    text = "Quý tư: vốn đầu tư 4 tỷ, quý  IV"
    assert in_brackets(*Highlighter(query).marked(text)) == "[Quý tư]: vốn đầu tư [4] tỷ, [quý  IV]"


def test_a_text_without_blanks_has_a_snippet(db):
    assert len(Highlighter(read("濟")).snippet(Text.of("經" * 3000 + "濟"))) < 400


def test_a_unit_is_found_by_its_name_in_any_language(citizen):
    make_unit(name_vi="Văn phòng đại diện", name_en="Liaison office")
    for query in ("van phong dai dien", "liaison office"):
        found = citizen.get("/tim-kiem/", {"q": query}).context["answer"]
        assert [place.title for place in found.units] == ["Văn phòng đại diện"], query


def test_tokens_are_judged_as_the_database_judges_them(db):
    make_corpus_of(20)
    documents = {row.key: set(tokens_in(row)) for row in SearchDocument.objects.all()}
    for condition in (
        *("khu", All(("khu", "tin")), OneOf(("mot", "hai")), Beginning("kh")),
        *(All((OneOf(("mot", "hai")), "tin")), All(("__khu", "_khu")), "khong_co"),
    ):
        for without in ((), ("mot",), ("mot", "hai")):
            question = Question(1, condition, 1000, without)
            asked = {key for _number, key in engine().ask([question], now())}
            held = {key for key, tokens in documents.items() if question.fits(tokens)}
            assert asked == held, (condition, without)


def make_corpus_of(count):
    numbers = ("một", "hai", "ba", "bốn", "khúc")
    for at in range(count):
        make_edition(title=f"Tin {numbers[at % 5]}", lead="Khu" if at % 3 else "", body="")


def tokens_in(row):
    return unpack(row.packed)


def now():
    return key_at(timezone.now(), last=True)


def test_a_later_question_is_asked_only_where_the_first_leaves_something_open(db):
    make_corpus_of(10)
    first, second = Question(1, "tin", 100), Question(2, "khu", 100, (), 10)
    assert {number for number, _key in engine().ask([first, second], now())} == {1}
    second = Question(2, "khu", 100, (), 9)
    assert {number for number, _key in engine().ask([first, second], now())} == {1, 2}
    nothing = Question(3, "khong_co", 100, (), None)
    last = [nothing, Question(4, "tin", 100, (), None), Question(5, "khu", 100, (), None)]
    assert {number for number, _key in engine().ask(last, now())} == {4}


@pytest.mark.slow
@pytest.mark.parametrize(("few", "counted"), [(0, 1000), (0, 0), (2, 5)])
def test_the_short_ways_give_the_same_answers(monkeypatch, few, counted):
    """Whether tokens, titles or the database say which tier a text belongs to."""
    make_corpus(search_second_set)
    queries = [(kind, query) for kind, query, _title in search_second_set.QUERIES][::3]
    before = [found(kind, query) for kind, query in queries]
    gates = {candidates.FEW: few, candidates.MOST_COUNTED: counted}
    plain = candidates.questions_of

    def other_gates(query, filters):
        return [
            Question(
                each.number,
                each.condition,
                each.limit,
                each.without,
                gates.get(each.above, each.above),
            )
            for each in plain(query, filters)
        ]

    monkeypatch.setattr(candidates, "questions_of", other_gates)
    if not few:
        monkeypatch.setattr(candidates, "_compare_tokens", lambda *_all: None)
    if not counted:
        monkeypatch.setattr(candidates, "_compare_titles", lambda *_all: None)
    monkeypatch.setattr(candidates, "FEW", few)
    assert [found(kind, query) for kind, query in queries] == before


def found(kind, query):
    with translation.override("en" if kind == "english" else "vi"):
        answer = search_everything(query, "1", Filters())
    return query, [hit.edition.title for hit in answer.hits]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no pieces.")
def test_the_pieces_of_the_index_are_merged_once_a_day(db):
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {engines.TABLE} ({engines.TABLE}, rank) VALUES ('automerge', 0)"
        )
        make_corpus_of(6)
        cursor.execute(f"SELECT count(DISTINCT segid) FROM {engines.TABLE}_idx")
        assert cursor.fetchone()[0] > engines.MOST_PIECES
        tidy_thoroughly()
        cursor.execute(f"SELECT count(DISTINCT segid) FROM {engines.TABLE}_idx")
        assert cursor.fetchone()[0] == 1
    assert len(search_everything("tin").hits) == 6


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no pieces.")
def test_texts_that_are_written_together_are_no_pieces(db):
    engine().add([(key, {"khu"}) for key in range(60, 0, -1)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT segid) FROM {engines.TABLE}_idx")
        assert cursor.fetchone()[0] <= 1


def test_a_long_list_of_what_is_not_wanted_is_cut():
    assert len(read("cảng " + " ".join(f"-{word}" for word in "abcdefghiklmno")).without) == 4


def test_of_a_very_long_question_the_small_words_are_left_out_first():
    words = [
        word.spelled for word in read("và của cho các những về " * 5 + "bến cảng Vũng Sâm").words
    ]
    assert words[-4:] == ["bến", "cảng", "vũng", "sâm"]


@pytest.mark.parametrize("count", range(2, 9))
def test_all_words_but_one_are_any_that_lack_at_most_one(count):
    words = "abcdefgh"[:count]
    condition = read(" ".join(words)).all_but_one()
    assert condition is not None
    question = Question(1, condition, 1)
    for size in range(count + 1):
        for some in combinations(words, size):
            assert question.fits(set(some)) is (size >= count - 1)


def test_of_a_long_question_what_most_texts_have_is_not_needed(db):
    for number in range(20):
        make_edition(title=f"Thông báo số {number}", lead="Ban Quản lý đề nghị.", body="")
    make_edition(title="Cấp phép cầu cảng nước sâu bến hàng lỏng", lead="", body="")
    long = "đề nghị Ban Quản lý cấp phép cầu cảng nước sâu bến hàng lỏng"
    assert [hit.edition.title for hit in search_everything(long).hits] == [
        "Cấp phép cầu cảng nước sâu bến hàng lỏng"
    ]
    assert not search_everything("Ban Quản lý cấp phép cầu cảng").hits
    assert not search_everything(f"{long} xuân").hits


def test_as_many_words_as_make_a_story_stay_needed(db):
    for number in range(20):
        make_edition(title=f"Thông báo số {number}", lead="Một hai ba bốn năm sáu.", body="")
    query = read("một hai ba bốn năm sáu thông báo cấp phép cầu cảng")
    left = query.without_common(common_words(), most=LONG, most_lists=99).needed
    assert len(left) == LONG
    assert {"cấp", "phép", "cầu", "cảng"} <= {term.words[0].spelled for term in left}


@pytest.mark.parametrize(
    "query",
    [
        "lập hai đầy bốn sáng mạng lao tới",
        "lpa hia dyà bnố snág mnạg loa",
        "một hai ba bốn năm sáu bảy tám chín mười",
        "GPMT ĐKKD ATLĐ CĐS CSDL KDC XLNT QHCT QLTT PCCC BQLDA ATVSLĐ CCN DNNN",
        "cấp phép cầu cảng -đất -biển -người -đường",
    ],
)
def test_what_is_near_takes_few_lists(query, monkeypatch):
    """Whatever is asked: each is as long as there are texts where its word is common."""
    syllables = "đầy sáng mạng lao tới là cấp tập dày dạy sang mang nao tôi bốn bón hai hài"
    make_edition(title="Tin", lead="", body=f"<p>{syllables}</p>")
    asked = []
    ask = type(engine()).ask
    monkeypatch.setattr(
        type(engine()),
        "ask",
        lambda self, questions, highest: asked.append(questions) or ask(self, questions, highest),
    )
    search_everything(query)
    _wide, near = asked
    assert all(len(tokens_of(question.condition)) <= 64 for question in near)


def tokens_of(condition):
    if isinstance(condition, str):
        return {condition}
    return set().union(*map(tokens_of, condition.parts))


def test_who_leaves_out_much_means_what_he_says(db):
    make_edition(title="Cảng", lead="", body="")
    make_edition(title="Cấp phép cầu, khởi công ở vịnh", lead="", body="")
    assert titles("cấp cảng vịnh") == titles("cấp cảng khởi vịnh") != []
    assert titles("cấp cảng vịnh -đất") != []
    assert titles("cấp cảng khởi vịnh -đất") == []


def test_a_phrase_that_is_left_out_is_left_out_as_a_phrase(db):
    make_edition(title="Trạm bơm xã", lead="", body="")
    make_edition(title="Bơm nước ở trạm xã", lead="", body="")
    assert titles('xã -"trạm bơm"') == titles('xa -"tram bom"') == ["Bơm nước ở trạm xã"]


@pytest.mark.parametrize("query", ["khu công nghiêp", "khú công nghiệp"])
def test_accents_that_no_title_has_are_asked_about(query, db):
    """Though a text has what was typed, apart or as an abbreviation."""
    for number in range(3):
        make_edition(title=f"Khu công nghiệp {number}", lead="", body="")
    make_edition(title="KCN An Phú", lead="", body="Khu, khú, công, nghiêp, nghiệp.")
    assert search_everything(query).did_you_mean == "khu công nghiệp"
    assert not search_everything("khu công nghiệp").did_you_mean


def test_what_some_title_has_is_not_asked_about(db):
    for title in ("Bán đất", "Bản đất", "Bản đất", "Bản tin", "Bán"):
        make_edition(title=title, lead="", body="")
    make_edition(title="Nộp hồ sơ qua trình duyệt", lead="", body="Trong quá trình nộp.")
    for query in ("bán đất", "bán", "ban dat", "quá trình"):
        assert not search_everything(query).did_you_mean


def test_three_words_in_quotes_stand_side_by_side(db):
    """Though each two of them do elsewhere."""
    make_edition(title="Khu kinh doanh, nền kinh tế biển", lead="", body="")
    make_edition(title="Tin", lead="", body="<p>Khu kinh doanh. Kinh tế.</p><p>Khu kinh tế.</p>")
    make_edition(title="Khu kinh tế", lead="", body="")
    Page.objects.create(title_vi="Khu kinh tế là gì", path_vi="khu-kinh-te", is_public=True)
    found = search_everything('"khu kinh tế"')
    assert {"".join(part.text for part in hit.title) for hit in found.hits} == {
        *("Khu kinh tế", "Tin", "Khu kinh tế là gì")
    }
    assert found.total == 3
    make_edition(title="Tin của cộng tác viên", author_line="Trần Quốc Bảo")
    assert search_everything('"Trần Quốc Bảo"').total == 1


def test_a_text_that_names_another_year_is_not_of_the_year_of_its_date(db):
    make_edition(title="Nghị định 224/2026/NĐ-CP", lead="", body="", dated=date(2026, 1, 9))
    make_edition(title="Hỏi đáp Nghị định 224/2025", lead="", body="", dated=date(2026, 9, 9))
    make_edition(title="Hỏi đáp Nghị định 224", lead="", body="", dated=date(2026, 9, 8))
    assert titles("nghị định 224 năm 2026") == [
        *("Nghị định 224/2026/NĐ-CP", "Hỏi đáp Nghị định 224", "Hỏi đáp Nghị định 224/2025")
    ]


def test_an_abbreviation_does_not_have_accents_that_its_words_have_not(db):
    for number in range(3):
        make_edition(title=f"Khu công nghiệp {number}", lead="", body="")
    make_edition(title="KCN An Phú", lead="", body="")
    assert titles("khu công nghiêp")[-1] == titles("khu cong nghiep")[-1] == "KCN An Phú"
    assert (
        read("khu công nghiệp", [("KCN", "Khu công nghiệp")]).as_spelled()
        != read("khu công nghiêp", [("KCN", "Khu công nghiệp")]).as_spelled()
    )


@pytest.mark.parametrize(
    ("query", "number"),
    [
        *(
            (query, "224/2026/NĐ-CP")
            for query in ("224/2026/NĐCP", "ndcp 224", "nghị định 224 nđcp")
        ),
        *(("1523/QĐUBND", "1523/QĐ-UBND"), ("05/2026/TTBXD", "05/2026/TT-BXD")),
        *(('"224/2026/NĐCP"', "224/2026/NĐ-CP"), ("1523QĐUBND", "1523/QĐ-UBND")),
    ],
)
def test_who_issued_a_document_may_stand_close_to_its_kind(query, number, db):
    for each in ("224/2026/NĐ-CP", "1523/QĐ-UBND", "05/2026/TT-BXD"):
        make_edition(title=f"Nghị định, quyết định, thông tư {each}", lead="", body="")
    (hit,) = search_everything(query).hits
    assert hit.edition.title.endswith(number)


def test_what_several_words_say_together_is_not_one_word_to_leave_out(db):
    assert Abbreviation.objects.filter(full__iexact="giấy phép xây dựng").exists()
    make_edition(title="Cấp giấy phép xây dựng", lead="", body="")
    make_edition(title="Nhà xưởng cho thuê", lead="", body="")
    assert titles("giấy phép xây dựng nhà xưởng") == [
        "Cấp giấy phép xây dựng",
        "Nhà xưởng cho thuê",
    ]
    query = read("KCN An Phú mở rộng", [("KCN", "Khu công nghiệp")])
    assert Question(1, query.all_but_one(), 1).fits({"an", "phu", "mo", "rong"})
    long = read("khu công nghiệp An Phú", [("KCN", "Khu công nghiệp")])
    assert Question(1, long.all_but_one(), 1).fits({"kcn", "phu"})
    assert not Question(1, long.all_but_one(), 1).fits({"an", "phu"})
    assert read("khu công nghiệp", [("KCN", "Khu công nghiệp")]).all_but_one() is None


def test_a_syllable_that_no_text_has_may_be_meant_as_it_is(db):
    make_edition(title="Giới thiệu việc làm", lead="", body="")
    make_edition(title="Tin về một việc", lead="", body="Đang làm.")
    assert titles("tìm việc làm")[0] == "Giới thiệu việc làm"


def test_or_it_may_be_a_slip(db):
    make_edition(title="Thông báo tuyển dụng", lead="", body="")
    make_edition(title="Thông tin về tuyển sinh, sử dụng đất", lead="", body="")
    assert titles("thông boa tuyển dụng")[0] == "Thông báo tuyển dụng"


@pytest.mark.parametrize("query", ["tạm trừ", "xửa chữa đường", "lắng nóng", "sửa chữa đường giây"])
def test_what_sounds_alike_is_found(query, db):
    for title in ("Tạm chừ", "Sửa chữa đường dây", "Nắng nóng"):
        make_edition(title=title, lead="", body="")
    assert len(titles(query)) == 1


@pytest.mark.parametrize("query", ["tạm trừ", "trừ tạm", "giây tạm"])
def test_what_sounds_alike_is_nearer_than_one_word_less(query, db):
    make_edition(title="Tạm chừ, tạm dây", lead="", body="", dated=date(2025, 1, 9))
    make_edition(title="Tạm nghỉ", lead="", body="", dated=date(2026, 1, 9))
    assert titles(query)[0] == "Tạm chừ, tạm dây"


@pytest.mark.parametrize(
    ("text", "query"),
    [
        *(("Quản lý đất", "quản lí đất"), ("Bác sĩ", "bác sỹ"), ("Quí hai", "quý 2")),
        *(("Kĩ thuật", "ky thuat"), ("Công ty", "công ti"), ("Mỹ Phú", "mĩ phú")),
    ],
)
def test_i_and_y_are_one_letter_where_both_are_written(text, query, db):
    make_edition(title=text, lead="", body="")
    assert [hit.edition.title for hit in search_everything(query).hits] == [text]
    assert in_brackets(search_everything(query).hits[0].title) == f"[{text}]"


def test_a_question_may_say_that_there_is_something(db):
    make_edition(title="Khi nào nước sạch trở lại", lead="", body="")
    assert search_everything("khi nào thì có nước sạch trở lại vậy").total == 1


def test_accents_that_no_text_has_are_asked_about(db):
    for _number in range(3):
        make_edition(title="Tin", lead="", body="Về đất đai và quy hoạch.")
    assert search_everything("đất đại").did_you_mean == "đất đai"
    assert not search_everything("đất đai").did_you_mean
    make_edition(title="Tin", lead="", body="Đất đai, đất dài.")
    assert search_everything("đất đại").did_you_mean == "đất đai"


def test_one_text_does_not_make_a_word_common(db):
    for _number in range(2):
        make_edition(title="Tin", lead="", body="Cảnh báo lũ.")
    assert not search_everything("bão lũ").did_you_mean
    make_edition(title="Tin", lead="", body="Cảnh báo lũ.")
    assert search_everything("bão lũ").did_you_mean == "báo lũ"


def test_nobody_is_asked_to_leave_out_accents(db):
    make_edition(title="Hoa Hiep industrial park", lead="", body="", language="en")
    with translation.override("en"):
        answer = search_everything("Hòa Hiệp")
    assert (answer.total, answer.did_you_mean) == (1, "")


def test_a_page_is_of_the_year_in_which_it_was_changed(db):
    Page.objects.create(title_vi="Giới thiệu", path_vi="gioi-thieu", is_public=True)
    year = str(timezone.localdate().year)
    (choice,) = search_everything("giới thiệu").years
    assert (choice.value, choice.count) == (year, 1)
    assert search_everything("giới thiệu", filters=Filters(year=year)).total == 1


def test_a_company_is_no_document(db):
    assert read("CTCP").terms[0].others == ()


@pytest.mark.parametrize("query", ["bản sao", "tại chỗ", "hàng không", "đất ở", "về hưu"])
def test_of_two_words_none_is_small(query, db):
    make_edition(title="Bản tin, tại lễ, hàng hóa, đất đai, về phép", lead="", body="")
    assert search_everything(query).hits == []


def test_what_an_abbreviation_stands_for_stands_side_by_side(db):
    make_edition(title="Công khai quy hoạch khu vực nông nghiệp", lead="", body="")
    make_edition(title="Khu công nghiệp", lead="", body="")
    assert titles("KCN") == ["Khu công nghiệp"]
    make_edition(title="Khu nào có công nghệ nông nghiệp", lead="", body="")
    assert search_everything("khu công nghiệp").total == 3


@pytest.mark.parametrize("query", ["báo cáo quý 4", "báo cáo quý IV", "bao cao quy 4"])
def test_a_number_in_words_stands_beside_what_it_counts(query, db):
    make_edition(title="Báo cáo quý II", lead="", body="Vốn đầu tư tăng.")
    make_edition(title="Báo cáo quý tư", lead="", body="")
    assert [hit.edition.title for hit in search_everything(query).hits] == ["Báo cáo quý tư"]


def test_accents_typed_in_part_decide_too(db):
    make_edition(title="Thuế đất phi nông nghiệp", lead="", body="", dated=date(2025, 1, 9))
    make_edition(title="Thuê đất khu công nghiệp", lead="", body="", dated=date(2026, 1, 9))
    assert titles("thuế dat")[0] == titles("thuees dat")[0] == "Thuế đất phi nông nghiệp"


def test_accents_weigh_where_not_all_words_are_found(db):
    make_edition(title="Bão số 13", lead="", body="", dated=date(2025, 1, 9))
    make_edition(title="Điều kiện bảo lãnh", lead="", body="", dated=date(2026, 1, 9))
    make_edition(title="Thông báo", lead="", body="", dated=date(2026, 1, 9))
    assert titles("siêu bão")[0] == "Bão số 13"


def test_syllables_with_other_accents_here_and_there_are_not_found(db):
    make_edition(title="Tin", lead="", body="Tổ trưởng nộp báo cáo.")
    answer = search_everything("tố cáo")
    assert answer.hits == []
    assert answer.is_in_vain
    assert len(answer.near) == 1
    make_edition(title="Giải quyết tố cáo", lead="", body="")
    assert search_everything("tố cáo").total == 2
    assert titles("tố cáo")[0] == "Giải quyết tố cáo"
    assert search_everything("to cao").total == 2


def test_two_words_together_are_nearer_than_all_of_them_apart(db):
    make_edition(title="Tin", lead="", body="Tổ trưởng nộp báo cáo về đất, đi công tác.")
    make_edition(title="Giải quyết tố cáo", lead="", body="")
    assert titles("tố cáo đất công") == ["Giải quyết tố cáo", "Tin"]


def test_what_a_text_has_by_chance_does_not_hide_what_is_near(db):
    make_edition(
        title="Hội nghị", lead="", body="Thủ tục. Đất. Đai. Doanh nghiệp. Thuê. Khu. Nhà. Xưởng."
    )
    make_edition(title="Thủ tục thuê đất cho doanh nghiệp", lead="", body="")
    answer = search_everything("thủ tục thuê đất đai nhà xưởng cho doanh nghiệp")
    assert [hit.edition.title for hit in answer.hits] == ["Hội nghị"]
    assert [hit.edition.title for hit in answer.near] == ["Thủ tục thuê đất cho doanh nghiệp"]


def test_past_the_last_page_is_the_last_page(citizen):
    for number in range(25):
        make_edition(title=f"Bến cảng {number}", lead="", body="")
    answer = citizen.get("/tim-kiem/?q=bến+cảng&page=9").context["answer"]
    assert (answer.page, len(answer.hits)) == (2, 5)


def test_syllables_here_and_there_do_not_hide_two_words_together(db):
    make_edition(title="Đơn giá bồi thường cây trồng, vật nuôi", lead="", body="")
    make_edition(title="Tin", lead="", body="Đoàn đến thăm. Nhiều người trồng hoa. Có một cây đa.")
    assert titles("đền bù cây trồng")[0] == "Đơn giá bồi thường cây trồng, vật nuôi"
    assert titles("den bu cay trong")[0] == "Đơn giá bồi thường cây trồng, vật nuôi"


def test_three_words_by_chance_do_not_hide_what_is_near(db):
    make_edition(title="Lịch cắt điện tháng 12", lead="", body="")
    make_edition(title="Tin", lead="", body="Lịch họp. Giờ cao điểm. Cắt băng.")
    assert "Lịch cắt điện tháng 12" in titles("lich cat diem")


def test_a_page_has_no_date_that_answers_for_a_year(db):
    year = timezone.localdate().year
    Page.objects.create(title_vi="Giới thiệu", path_vi="gioi-thieu", is_public=True)
    make_edition(title="Tin", lead=f"Giới thiệu năm {year}.", body="")
    first, second = search_everything(f"giới thiệu {year}").hits
    assert (first.edition is not None, second.kind) == (True, "page")


def test_beside_a_slip_the_other_words_have_their_accents(db):
    make_edition(title="Kiểm kê tài sản nhà xưởng", lead="", body="", dated=date(2025, 1, 9))
    make_edition(title="Kiem ke tai san nha xuong", lead="", body="", dated=date(2026, 1, 9))
    assert titles("kiểm kê tài sản nhà xưởng")[0] == "Kiểm kê tài sản nhà xưởng"
    assert titles("kiểm kê tài sản nhà xưởngg")[0] == "Kiểm kê tài sản nhà xưởng"


def test_what_stands_for_a_word_is_looked_for_by_its_pairs_alone():
    (term,) = read("KCN", [("KCN", "Khu công nghiệp")]).terms
    assert tokens_of(one_of(term)) == {"kcn", "khu_cong", "cong_nghiep"}


@pytest.mark.parametrize("query", ["khởi coong", "khoi coong"])
def test_two_o_are_a_key_that_was_left_over(query, db):
    make_edition(title="Khởi công", lead="", body="")
    assert search_everything(query).total == 1
