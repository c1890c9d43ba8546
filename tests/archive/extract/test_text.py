"""Headers, charsets and HTML as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.archive.extract import Limits, charset, extract, headers, html

LIMITS = Limits()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?q?a=C3=A4?=", "aä"),
        ("=?UTF-8?B?w6Q=?= =?UTF-8?B?w7Y=?=", "äö"),
        ("=?utf-8?Q?two words?=", "two words"),
        ('"=?utf-8?q?J=C3=B6rg?=" <a@b>', '"Jörg" <a@b>'),
        ("=?gb2312?B?xOO6ww?=", "你好"),
        ("=?iso-8859-1*de?q?Gr=FC=DFe?=", "Grüße"),
        ("no =?encoded word", "no =?encoded word"),
        ("folded\r\n\tover", "folded over"),
    ],
)
def test_encoded_words_are_decoded_where_they_stand(written: str, meant: str) -> None:
    assert headers.decoded(written) == meant


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("Über".encode(), "Über"),
        ("Größe und Straße für alle Gäste".encode("latin-1"), "Größe und Straße für alle Gäste"),
        ("Счёт на оплату за прошлый месяц".encode("koi8-r"), "Счёт на оплату за прошлый месяц"),
    ],
)
def test_raw_eight_bit_headers_are_decoded_by_what_their_bytes_look_like(raw: bytes, meant: str) -> None:
    assert extract(b"Subject: " + raw + b"\nTo: a@b\n\nx", LIMITS).subject == meant


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("Mon, 22 Jun 2020 21:31:40 -0500", 1592879500),
        ("22 Jun 20 21:31 EST", 1592879460),
        ("Mon, 22 Jun 2020 21:31:40 -0500 (CDT)", 1592879500),
        ("Thu, 1 Jan 1970 00:00:00 +0000", 0),
        ("Mon, 22 Jun 12020 21:31:40 +0000", None),
        ("Mon, 22 Jun 1020 21:31:40 +0000", None),
        ("32 Foo 2020 21:31:40", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_utc_seconds_or_nothing(written: str, seconds: int | None) -> None:
    assert headers.date_s([written]) == seconds


@given(st.text(max_size=60))
def test_no_date_is_an_error(written: str) -> None:
    assert isinstance(headers.date_s([written]), int | None)


@given(st.binary(max_size=200))
def test_no_header_is_an_error(raw: bytes) -> None:
    assert all(isinstance(value, str) for values in headers.fields(raw).values() for value in values)


@pytest.mark.parametrize(
    ("content_type", "label"),
    [
        ("text/plain; charset=utf-8", "utf-8"),
        ('text/plain; CHARSET="ISO-8859-1"; format=flowed', "ISO-8859-1"),
        ("text/plain; charset*=us-ascii'en'utf-8", "utf-8"),
        ("text/plain; charset = koi8-r", "koi8-r"),
        ("text/plain", ""),
    ],
)
def test_the_charset_parameter_is_found(content_type: str, label: str) -> None:
    assert headers.charset_of(content_type) == label


@pytest.mark.parametrize(
    ("words", "encoding", "label"),
    [
        ("plain", "ascii", "us-ascii"),
        ("Grüße", "utf-8", ""),
        ("Grüße", "utf-8", "us-ascii"),
        ("Grüße", "utf-8", "x-unknown"),
        ("Grüße", "latin-1", "iso-8859-1"),
        ("“quotes” and €", "cp1252", "iso-8859-1"),
        ("你好朋友", "gb18030", "gb2312"),
        ("こんにちは", "iso2022_jp", "iso-2022-jp"),
        ("한국어", "cp949", "ks_c_5601-1987"),
        ("Hi ä", "utf-7", "utf-7"),
        ("wide ä", "utf-16", ""),
        ("ไทย", "cp874", "tis-620"),
        ("Заказ принят и будет доставлен завтра, спасибо за покупку", "cp1251", ""),
        ("Dostosowana wiadomość zażółć gęślą jaźń dla wszystkich", "iso8859-2", "iso-8859-2"),
    ],
)
def test_bytes_become_the_words_that_were_meant(words: str, encoding: str, label: str) -> None:
    assert charset.decode(words.encode(encoding), label) == words


def test_one_broken_byte_does_not_lose_the_declared_charset() -> None:
    raw = "Ещё один длинный русский текст ".encode() * 4 + b"\xff"
    assert charset.decode(raw, "utf-8").startswith("Ещё один")


@pytest.mark.parametrize("label", ["base64", "rot13", "idna", "zlib", "undefined", "unicode_escape", "\0", "x" * 99])
def test_a_label_that_is_no_charset_is_ignored(label: str) -> None:
    assert charset.decode("Grüße".encode(), label) == "Grüße"


@given(st.binary(max_size=80), st.sampled_from(["", "utf-8", "utf-16", "gb2312", "iso-2022-jp", "utf-7", "hz"]))
def test_no_bytes_are_an_error(raw: bytes, label: str) -> None:
    assert isinstance(charset.decode(raw, label), str)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>One<p>Two<br>Three", "One\nTwo\nThree"),
        ("H<b>el</b>lo <i>you</i>", "Hello you"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<style>p{}</style><script>x()</script><p>seen</p>", "seen"),
        ('before<img src="x" alt="A picture">after', "before A picture after"),
        ('<a href="http://example.org/">link text</a>', "link text"),
        ("caf&eacute; &amp; &#8364;", "café & €"),
        ("<title>Head</title><body>Body", "Head\nBody"),
        ("<!-- unseen --><p>seen", "seen"),
        ("", ""),
    ],
)
def test_html_gives_the_words_a_reader_sees(markup: str, words: str) -> None:
    assert html.text_of(markup) == words


def test_html_says_its_own_charset_when_the_mail_does_not() -> None:
    raw = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Привет'.encode("koi8-r")
    assert html.text_of(html.decode(raw)) == "Привет"


def test_deeply_nested_html_is_no_danger() -> None:
    assert html.text_of("<div>" * 100_000 + "<!-- not --><style>this</style>deep &amp; safe") == "deep & safe"
