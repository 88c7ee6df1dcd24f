"""Lists as they are: formats, encodings, headers, days, numbers; and files that no program should write."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pyarrow as pa
import pytest
from pyarrow import parquet

from supplychain.errors import Invalid, Malformed, Refusal
from supplychain.network.imports.cells import checked
from supplychain.network.imports.files import sandbox
from supplychain.network.imports.files.table import Meaning, Options
from supplychain.network.imports.reading import Reading, understood
from supplychain.network.imports.rows import Kind, LinkRow, OrganizationRow
from tests import made_files

WESTERN = (
    "Lieferant;Straße;Land\nMüller & Söhne GmbH;Königsallee 3;Österreich\nFrançois Détaillé;Rue de l'Été;Schweiz\n"
)
CENTRAL = "name;address;country\nŁódź Włókno Sp. z o.o.;ul. Żeromskiego 5, Kraków;Poland\nŚlusarz;Gdańsk;Poland\n"
CZECH = "Název;Adresa\nČeské závody s.r.o.;Plzeň, Křižíkova 12\nPřerovské strojírny;Přerov\n"
HUNGARIAN = "name;address\nMagyar Gyár Kft.;Győr, Fő utca 1\nSzűcs;Debrecen\n"
RUSSIAN = "name,address\nООО Ромашка,Москва улица Ленина 5\n"
SIMPLIFIED = "企业名称,地区\n北京京东方显示技术有限公司,北京\n冠捷显示科技（中国）有限公司,北京\n"
TRADITIONAL = "事業名稱,縣市別\n台灣康寧顯示玻璃股份有限公司,臺中市\n友達光電股份有限公司台中廠,高雄市\n"
JAPANESE = "会社名,住所\n株式会社ムラタ製作所,京都府長岡京市\nトヨタ自動車株式会社,愛知県豊田市\n"
KOREAN = "name,address\n삼성전자 주식회사,경기도 수원시\n"


def rows_of(read: Reading) -> list[Any]:
    return [checked(read.sheet.kind, read.sheet.columns, at, raw) for at, raw in enumerate(read.sheet.rows, start=1)]


def organizations(data: bytes | str, **options: Any) -> list[OrganizationRow]:
    rows = rows_of(of(data, Kind.ORGANIZATIONS, **options))
    assert all(isinstance(row, OrganizationRow) for row in rows), rows
    return rows


def links(data: bytes | str, **options: Any) -> list[LinkRow]:
    rows = rows_of(of(data, Kind.LINKS, **options))
    assert all(isinstance(row, LinkRow) for row in rows), rows
    return rows


def faults(data: bytes | str, kind: Kind = Kind.ORGANIZATIONS, **options: Any) -> list[tuple[int, str | None, str]]:
    found = enumerate(rows_of(of(data, kind, **options)), start=1)
    return [(at, one.column, one.code) for at, row in found if isinstance(row, tuple) for one in row]


def of(data: bytes | str, kind: Kind = Kind.ORGANIZATIONS, **options: Any) -> Reading:
    return understood(data.encode() if isinstance(data, str) else data, kind, None, Options(**options))


def refusal(data: bytes | str, kind: Kind = Kind.ORGANIZATIONS, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        of(data, kind, **options)
    return caught.value.faults[0].code if isinstance(caught.value, Invalid) else caught.value.code


# Encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((WESTERN, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")),
        *((WESTERN, name) for name in ("cp1252", "mac_roman", "cp850")),
        *((CENTRAL, name) for name in ("cp1250", "iso8859_2", "mac_latin2")),
        *((CZECH, name) for name in ("cp1250", "mac_latin2")),
        (HUNGARIAN, "cp1250"),
        *((RUSSIAN, name) for name in ("cp1251", "koi8_r", "mac_cyrillic")),
        *((SIMPLIFIED, name) for name in ("gb18030", "gbk", "gb2312", "utf-16", "utf-8-sig")),
        *((TRADITIONAL, name) for name in ("big5", "cp950", "big5hkscs", "gb18030", "utf-16-be")),
        *((JAPANESE, name) for name in ("shift_jis", "cp932", "euc_jp")),
        (KOREAN, "cp949"),
    ],
)  # fmt: skip
def test_text_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    assert [row.name for row in organizations(raw)] == [row.name for row in organizations(text)]
    assert organizations(raw) == organizations(text)
    assert organizations(raw, encoding=encoding) == organizations(text)


def test_the_answer_says_how_a_text_was_read() -> None:
    told = of(WESTERN.encode("cp1252")).told()
    assert (told["format"], told["encoding"], told["separator"], told["header_row"]) == ("csv", "cp1252", ";", 1)
    assert [(one["heading"], one["column"]) for one in told["columns"]] == [
        ("Lieferant", "name"), ("Straße", "address"), ("Land", "country"),
    ]  # fmt: skip


def test_an_encoding_that_is_said_is_held_to() -> None:
    assert refusal(WESTERN.encode("cp1252"), encoding="utf-8") == "file-not-in-encoding"
    assert refusal(WESTERN, encoding="klingon") == "encoding-not-known"
    assert refusal(WESTERN, encoding="hex") == "encoding-not-known"


def test_a_utf8_text_with_one_wrong_byte_is_not_taken_for_something_else() -> None:
    raw = bytearray((TRADITIONAL * 20).encode())
    raw[-5] = 0xFF
    assert refusal(bytes(raw)) == "file-not-utf8"


# Tables of text -------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    text = separator.join(["name", "country"]) + "\n" + separator.join(['"a, b; c|d\te"', "CN"]) + "\n"
    (row,) = organizations(text)
    assert (row.name, row.country) == ("a, b; c|d e", "CN")
    assert organizations(f"sep={separator}\n{text}") == [row]


def test_titles_above_the_header_and_blank_lines_are_no_rows() -> None:
    text = "Supplier list 2026,,\nas of 1 May,,\n,,\nSupplier Name,Country,Remarks\n\nOne,China,x\n,,\nTwo,USA,\n"
    read = of(text)
    assert (read.header_row, read.sheet.lines) == (4, (6, 8))
    assert (read.sheet.headings, read.sheet.ignored) == (("Supplier Name", "Country"), ("Remarks",))
    assert [(row.name, row.country) for row in rows_of(read)] == [("One", "CN"), ("Two", "US")]


def test_a_header_of_two_rows_or_in_two_languages_is_one_header() -> None:
    two = "Supplier,,Location,\nNumber,Name,Country,Address\nV1,One,CN,Road 1\n"
    (row,) = organizations(two)
    assert (row.code, row.name, row.country, row.address) == ("V1", "One", "CN", "Road 1")
    bilingual = "Supplier Name,Country,Address\n供应商名称,国家,地址\nOne,中国,1 号\n"
    assert [(row.name, row.country) for row in organizations(bilingual)] == [("One", "CN")]
    assert [row.name for row in organizations("供应商名称 Supplier Name / Lieferant (required)*\nOne\n")] == ["One"]


def test_newlines_in_cells_are_blanks_and_the_cell_is_kept_as_written() -> None:
    (row,) = organizations('name,address\n"Acme\nLtd.","1 Road\r\n Shenzhen"\n')
    assert (row.name, row.address) == ("Acme Ltd.", "1 Road Shenzhen")
    assert row.raw == {"name": "Acme\nLtd.", "address": "1 Road\r\n Shenzhen"}


def test_a_row_that_repeats_the_header_or_is_wider_is_told() -> None:
    text = "name,country\nOne,CN\nName,Country\nTwo,CN,x\n"
    assert faults(text) == [(2, None, "header-again"), (3, None, "too-many-cells")]


def test_two_headings_of_one_meaning_give_the_likelier_and_the_same_twice_is_refused() -> None:
    read = of("管制編號,廠名,公司全名\nE1,南廠,某公司\n")
    assert (read.sheet.columns, read.sheet.ignored) == (("code", "name"), ("公司全名",))
    assert refusal("name,Name\na,b\n") == "column-twice"
    assert of("name,x,x\na,b,c\n").sheet.ignored == ("x", "x")


def test_a_header_that_nobody_knows_says_what_was_seen() -> None:
    with pytest.raises(Invalid) as caught:
        of("Kolonne A,Kolonne B\n1,2\n")
    (fault,) = caught.value.faults
    assert (fault.code, fault.params["seen"]) == ("header-not-recognised", "Kolonne A, Kolonne B")
    assert refusal("country,address\nCN,Road\n") == "column-missing"


# What the sender says -------------------------------------------------------------------------


def test_a_mapping_says_columns_constants_and_marks_between_values() -> None:
    meaning = Meaning({"Kolonne A": "name", "Land": None, "Art": "sector"}, {"country": "Norway"}, {"Art": "|"})
    read = of("Kolonne A,Land,Art\nOne,x,Shoes|Bags\nTwo,y,\n", mapping=meaning)
    first, second = rows_of(read)
    assert (first.name, first.country, first.sector, second.country) == ("One", "NO", "Shoes", "NO")
    assert first.raw == {"country": "Norway", "sector": "Shoes|Bags"}
    assert read.sheet.ignored == ("Land",)


def test_a_mapping_of_what_is_not_there_is_refused() -> None:
    assert refusal("name\nOne\n", mapping=Meaning({"Firma": "name"})) == "mapping-heading-missing"
    assert refusal("name\nOne\n", mapping=Meaning({"name": "colour"})) == "unknown-column"
    assert refusal("name\nOne\n", mapping=Meaning({}, {"colour": "red"})) == "unknown-column"


def test_the_sender_may_say_where_the_header_is() -> None:
    text = "name,country\nx,y\nName,Land\nOne,Germany\n"
    assert [row.name for row in organizations(text, header_row=3)] == ["One"]
    assert refusal(text, header_row=9) == "header-row-blank"


# Days and numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["03/04/2020", "13/04/2020"], ["2020-04-03", "2020-04-13"]),
        (["03/04/2020", "04/13/2020"], ["2020-03-04", "2020-04-13"]),
        (["3/4/20", "3/31/23"], ["2020-03-04", "2023-03-31"]),
        (["03.04.2020"], ["2020-04-03"]),
        (["04/04/2020"], ["2020-04-04"]),
        (["2020/4/3", "2020.04.03", "20200403", "2020-04-03T00:00:00"], ["2020-04-03"] * 4),
        (["2020年4月3日", "２０２０-０４-０３", "3 Apr 2020", "April 3, 2020", "03-Apr-20", "3. März 2020"],
         ["2020-04-03"] * 5 + ["2020-03-03"]),
        (["民國104年5月3日"], ["2015-05-03"]),
    ],
)  # fmt: skip
def test_days_are_read_as_their_column_shows(cells: list[str], days: list[str]) -> None:
    text = "supplier;valid_from\n" + "".join(f"V{at};{cell}\n" for at, cell in enumerate(cells))
    assert [row.valid_from and row.valid_from.isoformat() for row in links(text)] == days


def test_an_order_of_days_that_a_column_does_not_show_must_be_said() -> None:
    text = "supplier,valid_from\nV1,03/04/2020\nV2,05/06/2020\n"
    assert refusal(text, Kind.LINKS) == "date-order-unclear"
    assert [str(row.valid_from) for row in links(text, date_order="dmy")] == ["2020-04-03", "2020-06-05"]
    assert [str(row.valid_from) for row in links(text, date_order="mdy")] == ["2020-03-04", "2020-05-06"]
    mixed = "supplier,valid_from\nV1,13/04/2020\nV2,05/16/2020\n"
    assert refusal(mixed, Kind.LINKS) == "date-order-mixed"
    assert faults(mixed, Kind.LINKS, date_order="dmy") == [(2, "valid_from", "not-a-date")]


def test_years_of_the_republic_are_read_where_the_heading_says_so() -> None:
    read = of("supplier,民國年\nV1,104\nV2,113\n", Kind.LINKS)
    assert [(str(row.valid_from), str(row.valid_to)) for row in rows_of(read)] == [
        ("2015-01-01", "2015-12-31"), ("2024-01-01", "2024-12-31"),
    ]  # fmt: skip
    (note,) = read.notes
    assert (note.code, note.count, note.params["example"]) == ("years-of-the-republic", 2, "104 = 2015")
    assert of("supplier,year\nV1,2017年\n", Kind.LINKS).notes == ()
    assert [str(row.valid_from) for row in links("supplier,年度\nV1,104\n")] == ["2015-01-01"]
    assert [str(row.valid_from) for row in links("supplier,valid_from (民國)\nV1,104/05/03\n")] == ["2015-05-03"]
    assert faults("supplier,year\nV1,104\n", Kind.LINKS) == [(1, "year", "not-a-year")]


def test_a_day_that_cannot_be_meant_is_refused_and_a_far_end_is_none() -> None:
    for day in ("1900-01-01", "2999-01-01", "0020-01-01", "2999-12-31"):
        assert faults(f"supplier,valid_from\nV1,{day}\n", Kind.LINKS) == [(1, "valid_from", "implausible-date")]
    for day in ("9999-12-31", "2999-12-31", "31.12.9999"):
        assert [row.valid_to for row in links(f"supplier,valid_to\nV1,{day}\n")] == [None]
    assert faults("supplier,valid_to\nV1,2999-11-30\n", Kind.LINKS) == [(1, "valid_to", "implausible-date")]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234.5", "12"], [1234.5, 12]),
        (["1.234,5", "12"], [1234.5, 12]),
        (["1 234,5", "2\u202f000"], [1234.5, 2000]),
        (["1'234.50"], [1234.5]),
        (["12,34,567.5"], [1234567.5]),
        (["1,234", "12,345"], [1234, 12345]),
        (["1.234", "5.678,9"], [1234, 5678.9]),
        (["845.152", "655.22"], [845.152, 655.22]),
        (["１，２３４．５"], [1234.5]),
        (["€ 1,200", "1200 EUR", "¥1,000.00"], [1200, 1200, 1000]),
        (["1e3"], [1000]),
    ],
)
def test_numbers_are_read_by_the_decimal_mark_of_their_column(cells: list[str], values: list[float]) -> None:
    text = "name;spend\n" + "".join(f"N{at};{cell}\n" for at, cell in enumerate(cells))
    assert [row.spend for row in organizations(text)] == values


def test_a_share_may_be_a_per_cent_and_have_a_decimal_comma() -> None:
    assert [row.share for row in links("supplier;share\nV1;12%\nV2;0,125\nV3;7,5%\n")] == [0.12, 0.125, 0.075]
    assert [row.share for row in links("supplier;share\nV1;0,125\n", decimal=",")] == [0.125]
    assert faults("name,spend\nOne,12x\n") == [(1, "spend", "not-a-number")]


# Cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("China", "CN"), ("CHINA", "CN"), ("中国", "CN"), ("中國", "CN"), ("P.R. China", "CN"), ("CHN", "CN"),
        ("cn", "CN"),
        ("USA", "US"), ("U.S.A.", "US"), ("United States", "US"), ("Vereinigte Staaten", "US"), ("美国", "US"),
        ("Czech", "CZ"), ("Czech Republic", "CZ"), ("Tschechien", "CZ"), ("Korea", "KR"), ("Republic of Korea", "KR"),
        ("Korea, Republic of", "KR"), ("韩国", "KR"), ("Vietnam", "VN"), ("Viet Nam", "VN"), ("Türkei", "TR"),
        ("Turkey", "TR"),
        ("Österreich", "AT"), ("Oesterreich", None), ("Hong Kong", "HK"), ("Taiwan", "TW"), ("臺灣", "TW"),
        ("UAE", "AE"), ("DRC", "CD"),
        ("Slovak Republic", "SK"), ("Cote d'Ivoire", "CI"), ("Côte d’Ivoire", "CI"), ("Deutschland", "DE"),
        ("NO", "NO"),
        ("Yugoslavia", None), ("Europe", None), ("XX", None), ("北韓", "KP"), ("Espagne", "ES"), ("Polska", "PL"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_names(written: str, code: str | None) -> None:
    text = f'name;country\nOne;"{written}"\n'
    if code is None:
        assert faults(text) == [(1, "country", "unknown-country")]
        return
    (row,) = organizations(text)
    assert (row.country, row.raw) == (code, {} if written == code else {"country": written})


def test_ids_are_read_through_what_spreadsheets_put_around_them() -> None:
    text = 'code;name;lei;duns;vat;country\n\'0012;A;"\t5299-00T8 BM49-AURSDO55";12-345-6789;136695976;Germany\n'
    text += "Ｖ１２;B;５２９９００T8BM49AURSDO55;;DE136695976;DE\n"
    first, second = organizations(text)
    assert (first.code, second.code) == ("0012", "V12")
    assert dict(first.identifiers) == {"lei": "529900T8BM49AURSDO55", "duns": "123456789", "vat": "DE136695976"}
    assert dict(second.identifiers)["lei"] == "529900T8BM49AURSDO55"
    assert first.raw["vat"] == "136695976"


def test_words_for_nothing_are_blank_cells_that_are_told_of_and_never_an_end_of_a_link() -> None:
    read = of("name,country,address,sector\nOne,China,NA,-\nTwo,N/A,n/a,无\n")
    first, second = rows_of(read)
    assert (first.address, first.sector, second.country, second.sector) == (None, None, None, None)
    assert (first.raw["address"], second.raw["country"]) == ("NA", "N/A")
    assert {(note.column, note.count) for note in read.notes} == {("country", 1), ("address", 2), ("sector", 2)}
    assert faults("buyer,supplier\nNA,V1\n", Kind.LINKS) == [(1, "buyer", "placeholder-cell")]
    assert faults("name,country\n-,CN\n") == [(1, "name", "placeholder-cell")]
    assert faults("name,spend\nOne,#VALUE!\n") == [(1, "spend", "spreadsheet-error")]


def test_a_sector_in_prose_costs_no_row() -> None:
    read = of("name,industry\nOne,Manufacture of electronic components\nTwo,PCB\n")
    first, second = rows_of(read)
    assert (first.sector, first.raw) == (None, {"sector": "Manufacture of electronic components"})
    assert second.sector == "PCB"
    assert [(note.code, note.count) for note in read.notes] == [("longer-than-kept", 1)]


def test_among_codes_na_is_namibia() -> None:
    assert [row.country for row in organizations("name,country\nOne,NA\nTwo,CN\n")] == ["NA", "CN"]
    assert [row.country for row in organizations("name,country\nOne,NA\nTwo,China\n")] == [None, "CN"]


def test_a_native_name_is_a_chinese_name_only_if_it_is_chinese() -> None:
    text = "country,name,address,native_language_name\n{},One,Road,{}\n"
    assert organizations(text.format("CN", "壹公司"))[0].name_zh == "壹公司"
    read = of(text.format("BD", "এক"))
    assert (rows_of(read)[0].name_zh, read.sheet.ignored) == (None, ("native_language_name",))


def test_what_was_not_changed_is_not_kept_twice() -> None:
    (row,) = organizations("name,country,spend,code\nOne,CN,5,V1\n")
    assert row.raw == {}


# Spreadsheets ----------------------------------------------------------------------------------


def test_a_workbook_is_read_with_its_days_numbers_and_texts() -> None:
    def build(book: Any) -> None:
        page = book.add_worksheet("Links")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["Supplier", "HS code", "Valid from", "Share"])
        page.write_row(1, 0, [20417, 8504])
        page.write_datetime(1, 2, dt.date(2020, 4, 3), day)
        page.write_number(1, 3, 0.25)
        page.write_row(2, 0, ["0012", "8504.40", "2020-04-04"])
        page.write_formula(2, 3, "=1/4", None, 0.25)

    for options in ({}, {"date_1904": True}):
        first, second = links(made_files.xlsx(build, **options))
        assert (first.supplier, first.category, str(first.valid_from), first.share) == (
            "20417",
            "8504",
            "2020-04-03",
            0.25,
        )
        assert (second.supplier, second.category, second.share) == ("0012", "850440", 0.25)


def test_the_sheet_with_the_header_is_read_and_the_others_are_named() -> None:
    def build(book: Any) -> None:
        cover, data, hidden = (book.add_worksheet(name) for name in ("Cover", "Suppliers", "Old"))
        hidden.hide()
        cover.write_row(0, 0, ["Read me", "please"])
        for page, name in ((data, "One"), (hidden, "Two")):
            page.merge_range(0, 0, 0, 2, "Supplier list")
            page.write_row(1, 0, ["Name", "Country", "Address"])
            page.write_row(2, 0, [name, "CN", "Road"])

    book = made_files.xlsx(build)
    read = of(book)
    assert (read.table.sheet, read.table.others, read.header_row) == ("Suppliers", ("Cover", "Old"), 2)
    assert [row.name for row in rows_of(read)] == ["One"]
    assert [row.name for row in organizations(book, sheet="Old")] == ["Two"]
    assert [row.name for row in organizations(book, sheet="3")] == ["Two"]
    assert refusal(book, sheet="New") == "sheet-unknown"


def test_merged_headings_stand_over_all_they_span() -> None:
    def build(book: Any) -> None:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 1, "Supplier")
        page.merge_range(0, 2, 1, 2, "Address")
        page.write_row(1, 0, ["Number", "Name"])
        page.write_row(2, 0, ["V1", "One", "Road 1"])

    (row,) = organizations(made_files.xlsx(build))
    assert (row.code, row.name, row.address) == ("V1", "One", "Road 1")


def test_errors_and_formulas_without_a_value_are_told_cell_by_cell() -> None:
    def build(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["name", "spend", "address"])
        for at, value in enumerate(("#DIV/0!", "#N/A", "?", "7"), start=1):
            page.write(at, 0, f"N{at}")
            page.write_formula(at, 1, "=1/0", None, value)

    book = made_files.xlsx(build)
    book = made_files.changed(book, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"<v>?</v>", b"")})
    read = of(book)
    assert faults(book) == [(1, "spend", "spreadsheet-error"), (3, "spend", "formula-without-value")]
    assert [row.spend for row in rows_of(read) if isinstance(row, OrganizationRow)] == [None, 7]


def test_a_text_that_a_spreadsheet_made_a_date_of_is_told() -> None:
    def build(book: Any) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["code", "name"])
        page.write_datetime(1, 0, dt.date(2020, 3, 4), book.add_format({"num_format": "d-mmm"}))
        page.write(1, 1, "One")

    assert faults(made_files.xlsx(build)) == [(1, "code", "cell-is-a-date")]


@pytest.mark.parametrize(
    "data",
    [
        made_files.sheet(["Firma", "Land"], ["Müller", "Deutschland"]),
        made_files.xls([["Firma", "Land"], ["Müller", "Deutschland"]]),
        made_files.ods([["Firma", "Land"], ["Müller", "Deutschland"]]),
    ],
    ids=["xlsx", "xls", "ods"],
)
def test_every_kind_of_spreadsheet_is_read(data: bytes) -> None:
    assert [(row.name, row.country) for row in organizations(data)] == [("Müller", "DE")]


def test_a_workbook_with_macros_is_read_as_data() -> None:
    book = made_files.changed(
        made_files.sheet(["name"], ["One"]),
        {
            "[Content_Types].xml": lambda xml: xml.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            )
        },
        **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0Sub Auto_Open()"},
    )
    assert [row.name for row in organizations(book)] == ["One"]


def entities(xml: bytes) -> bytes:
    head, _, rest = xml.partition(b"?>")
    return head + b'?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + rest


ONE = made_files.sheet(["name", "country"], ["One", "CN"])
WIDE = made_files.changed(
    ONE,
    {
        "xl/worksheets/sheet1.xml": lambda xml: xml.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        )
    },
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (made_files.bomb(200), "archive-bomb"),
        (made_files.changed(ONE, {"xl/worksheets/sheet1.xml": entities}), "xml-entities"),
        (made_files.changed(ONE, {"xl/workbook.xml": entities}), "xml-entities"),
        (WIDE, "file-too-costly"),
        (made_files.endless_ods(), "spreadsheet-unreadable"),
        (b"name\n" + b"," * 20_000_000, "too-many-columns"),
        (made_files.compound({"EncryptionInfo": b"x" * 5000, "EncryptedPackage": b"y" * 5000}), "file-encrypted"),
        (made_files.xls([["name"], ["One"]], protected=True), "file-encrypted"),
        (made_files.packed({"content.xml": b"x", "META-INF/manifest.xml": b"<m:encryption-data/>"}), "file-encrypted"),
        (made_files.packed({"word/document.xml": b"<x/>"}), "archive-not-a-spreadsheet"),
        (ONE[: len(ONE) // 2], "spreadsheet-unreadable"),
        (ONE[:30], "spreadsheet-unreadable"),
        (made_files.changed(ONE, {"xl/worksheets/sheet1.xml": lambda xml: xml[:-40]}), "spreadsheet-unreadable"),
        (made_files.changed(ONE, {"xl/workbook.xml": lambda _: b"no"}), "spreadsheet-unreadable"),
        (made_files.compound({"Word": b"x" * 5000}), "spreadsheet-unreadable"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "file-format-unknown"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "file-format-unknown"),
        (b"<html><table><tr><td>name</td></tr></table></html>", "file-format-unknown"),
        (b"<?xml version='1.0'?><Workbook><Worksheet/></Workbook>", "xml-not-a-graph"),
        (b"<graphml><graph edgedefault='directed'><node id='a'>", "xml-unreadable"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><graphml>&a;</graphml>", "xml-entities"),
        (b"PAR1 and nothing else", "parquet-unreadable"),
        (b"", "no-rows"),
        (made_files.sheet(), "no-rows"),
        (b"name\n", "no-rows"),
        (b'name\n"' + b"x" * 200_000 + b'"\n', "cell-too-large"),
        (b"name," + b"x," * 1_000_000 + b"\nOne\n", "too-many-columns"),
        (b'{"rows": ', "json-unreadable"),
        (b'{"rows": [1]}', None),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_has_its_code(data: bytes, code: str | None) -> None:
    if code is None:
        assert faults(data) == [(1, None, "not-an-object")]
        return
    assert refusal(data) == code


def test_a_long_cell_is_the_rows_and_a_wrong_ending_is_nobodys() -> None:
    assert faults(f"name\n{'x' * 20_000}\nOne\n") == [(1, None, "cell-too-long")]
    assert [row.name for row in rows_of(understood(ONE, Kind.ORGANIZATIONS, "csv"))] == ["One"]


# Networks and tables of other tools -------------------------------------------------------------


GRAPHML = """<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="n" for="node" attr.name="label" attr.type="string"/>
<key id="c" for="node" attr.name="country" attr.type="string"/>
<key id="h" for="edge" attr.name="hs_code" attr.type="string"/>
<graph edgedefault="{}"><node id="mill"><data key="n">The Mill</data><data key="c">China</data></node><node id="brand"/>
<edge source="mill" target="brand"><data key="h">8504</data></edge></graph></graphml>"""
GEXF = """<?xml version="1.0" encoding="UTF-8"?><gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
<graph defaultedgetype="directed"><nodes><node id="mill" label="The Mill"/><node id="brand" label="The Brand"/></nodes>
<edges><edge id="0" source="mill" target="brand"/></edges></graph></gexf>"""


def test_a_network_gives_its_nodes_or_its_edges_as_goods_flow() -> None:
    nodes = [{"id": "mill", "label": "The Mill", "country": "China"}, {"id": "brand"}]
    for name in ("links", "edges"):
        body = {"directed": True, "nodes": nodes, name: [{"source": "mill", "target": "brand", "hs_code": "8504"}]}
        for data in (orjson.dumps(body), GRAPHML.format("directed").encode()):
            first, second = organizations(data)
            assert (first.code, first.name, first.country, second.name) == ("mill", "The Mill", "CN", "brand")
            (link,) = links(data)
            assert (link.supplier, link.buyer, link.category) == ("mill", "brand", "8504")
    assert [row.name for row in organizations(GEXF)] == ["The Mill", "The Brand"]
    assert [(row.supplier, row.buyer) for row in links(GEXF)] == [("mill", "brand")]


def test_ends_that_are_positions_are_nodes_and_an_edge_without_direction_is_refused() -> None:
    body = {"nodes": [{"id": "mill"}, {"id": "brand"}], "links": [{"source": 0, "target": 1}]}
    assert [(row.supplier, row.buyer) for row in links(orjson.dumps(body))] == [("mill", "brand")]
    assert refusal(orjson.dumps({**body, "directed": False}), Kind.LINKS) == "graph-undirected"
    assert refusal(GRAPHML.format("undirected"), Kind.LINKS) == "graph-undirected"
    assert len(organizations(GRAPHML.format("undirected"))) == 2
    assert refusal(orjson.dumps({"nodes": [1], "links": []})) == "not-an-object"


def test_a_parquet_of_edges_is_read_with_its_types() -> None:
    stream = io.BytesIO()
    day = dt.date(2020, 4, 3)
    table = pa.table({"source": ["mill", "tree"], "target": [7, 8], "valid_from": [day, None], "share": [0.5, None]})
    parquet.write_table(table, stream)
    first, second = links(stream.getvalue())
    assert (first.supplier, first.buyer, first.valid_from, first.share) == ("mill", "7", day, 0.5)
    assert (second.supplier, second.buyer, second.valid_from) == ("tree", "8", None)


def test_json_may_be_a_list_of_objects_with_anybodys_headings() -> None:
    rows = [{"Supplier Name": "One", "Land": "Deutschland", "extra": {"a": 1}}, {"Supplier Name": "Two"}]
    assert [(row.name, row.country) for row in organizations(orjson.dumps(rows))] == [("One", "DE"), ("Two", None)]
    assert faults(b'[{"name": {"a": 1}}]') == [(1, "name", "not-text")]


def test_workbooks_are_read_in_several_threads_at_once() -> None:
    books = [made_files.sheet(["name", "country"], [f"N{at}", "China"]) for at in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert [rows[0].name for rows in pool.map(organizations, books)] == [f"N{at}" for at in range(6)]


# Limits ----------------------------------------------------------------------------------------


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that starts nothing."""
    monkeypatch.setattr(sandbox, "call", None)


@pytest.mark.usefixtures("no_child")
def test_a_bomb_is_refused_before_anything_is_started() -> None:
    with pytest.raises(Malformed):
        of(made_files.bomb(200))
