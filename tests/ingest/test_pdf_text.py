"""What is wrong with the text of PDF pages, and its repair."""

import pytest

from ingest.extract.pdf_layout import Piece, in_reading_order, is_scrambled
from ingest.extract.pdf_text import has_loose_accents, joined, with_accents, without_running_heads

OLD_TEX = "ˇze uzn´an´ı pˇrirozen´e ´uˇcasti obˇcan˚u na ˇr´ızen´ı obce je d˚uleˇzit´e; Plze ˇn, ﬁlozofie, ma d’alˇs´ı"


def test_accents_that_stand_beside_their_letters_are_put_on_them():
    assert has_loose_accents(OLD_TEX)
    assert with_accents(OLD_TEX).startswith("že uznání přirozené účasti občanů na řízení obce je důležité")


def test_a_text_with_letters_of_its_own_has_no_loose_accents():
    assert not has_loose_accents("Říjnové setkání přátel: účast žen i mužů, příště v Plzni; stupnice ´ se nepoužívá.")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("dvojjazyč\ufffený asistent", "dvojjazyčný asistent"),
        ("dvojjazyč-\nný asistent", "dvojjazyčný asistent"),
        ("dvojjazyč‐\nný asistent", "dvojjazyčný asistent"),
        ("česko-\nslovenský, jindy česko-slovenský", "česko-slovenský, jindy česko-slovenský"),
        ("Praha-\nKrč a okolí", "Praha-Krč a okolí"),
        ("zeptá se, je-\nli to možné", "zeptá se, je-li to možné"),
        ("interkul\ufffeturní", "interkulturní"),
        ("слово розді-\nлене", "слово розділене"),
    ],
)
def test_words_divided_at_line_ends_are_joined_and_real_hyphens_stay(text: str, whole: str):
    assert list(joined([text])) == [whole]


def a_book(pages: int) -> list[str]:
    return [
        f"Zpráva {2024}\nText strany číslo {page * 7}.\nDalší věta {page * 31}.\n{page}" for page in range(1, pages + 1)
    ]


def test_running_heads_stay_once_and_page_numbers_never():
    first, *others = without_running_heads(a_book(5))
    assert first == "Zpráva 2024\nText strany číslo 7.\nDalší věta 31."
    assert others[0] == "Text strany číslo 14.\nDalší věta 62."


def test_two_pages_are_too_few_to_know_a_running_head():
    assert list(without_running_heads(a_book(2))) == a_book(2)


def test_a_page_number_goes_that_stands_behind_a_head_which_is_not_known_as_one():
    pages = [f"Oddíl {'abcde'[number]}\n{number + 15}\nvěta {number * 11}\nkonec {number * 17}" for number in range(5)]
    pages = list(without_running_heads(pages))
    assert pages[3] == "Oddíl d\nvěta 33\nkonec 51"


def test_left_and_right_pages_may_have_heads_of_their_own():
    pages = [f"{'Kapitola' if number % 2 else 'Kniha'}\nvěta {number * 11}" for number in range(1, 9)]
    assert list(without_running_heads(pages))[2:] == [f"věta {number * 11}" for number in range(3, 9)]


def a_line(left: float, top: float, text: str, width: float = 200) -> Piece:
    return Piece(left, top - 10, left + width, top, text)


@pytest.mark.parametrize("top", [700, 615])
def test_a_title_over_two_columns_comes_first_however_near_it_is(top):
    rows = [
        [a_line(50, 600 - 14 * row, f"vlevo {row}"), a_line(300, 600 - 14 * row, f"vpravo {row}")] for row in range(8)
    ]
    pieces = [a_line(50, top, "Nadpis", 450), *(piece for row in rows for piece in row)]
    assert is_scrambled(pieces)
    left, right = ([f"{side} {row}" for row in range(8)] for side in ("vlevo", "vpravo"))
    assert in_reading_order(pieces).split("\n") == ["Nadpis", *left, *right]


def test_the_numbers_of_a_list_are_no_column():
    pieces = [
        piece
        for row in range(8)
        for piece in (a_line(50, 600 - 14 * row, f"{row}.", 8), a_line(70, 600 - 14 * row, "bod"))
    ]
    assert in_reading_order(pieces).split("\n") == [f"{row}. bod" for row in range(8)]


def test_narrow_cells_side_by_side_are_a_table():
    pieces = [a_line(50 + 120 * cell, 600 - 14 * row, f"{row}{cell}", 40) for row in range(8) for cell in range(4)]
    assert not is_scrambled(pieces)
