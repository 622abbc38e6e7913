"""Where on the picture of a page that stands which matched in its text."""

from library.facsimiles import Facsimile, WrittenLine, WrittenWord
from library.page.facsimile import Box, boxes


def a_facsimile(*lines: str) -> Facsimile:
    """Each letter is 10 points wide; each line 20 high."""
    return Facsimile(500, 100, tuple(a_line(number, line) for number, line in enumerate(lines)))


def a_line(number: int, line: str) -> WrittenLine:
    words, at = [], 0
    for word in line.split(" "):
        words.append(WrittenWord(word, 10.0 * at, 10.0 * len(word)))
        at += len(word) + 1
    return WrittenLine(20.0 * number, 20.0, tuple(words))


def spans(text: str, *words: str) -> list[tuple[int, int]]:
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def test_a_word_is_marked_where_it_stands_without_the_signs_around_it():
    text = "Malá (škola)."
    assert boxes(a_facsimile("Malá (škola)."), text, spans(text, "škola")) == [Box(60, 0, 50, 20)]


def test_a_word_that_matched_each_time_is_marked_in_the_head_of_the_page_too():
    text = "Škola je malá."
    found = boxes(a_facsimile("Škola 2024", "Škola je malá."), text, spans(text, "Škola"))
    assert found == [Box(0, 0, 50, 20), Box(0, 20, 50, 20)]


def test_a_word_that_matched_once_only_is_found_by_which_of_its_like_it_is():
    text = "škola a malá škola"
    assert boxes(a_facsimile("škola a", "malá škola"), text, [(8, 18)]) == [Box(50, 20, 50, 20), Box(0, 20, 40, 20)]


def test_a_word_that_the_end_of_a_line_divides_is_marked_in_both_lines():
    text = "naše školka"
    assert boxes(a_facsimile("naše škol-", "ka stojí"), text, spans(text, "školka")) == [
        Box(50, 0, 40, 20),
        Box(0, 20, 20, 20),
    ]


def test_diacritics_and_case_of_picture_and_text_may_differ():
    assert boxes(a_facsimile("SKOLA"), "Škola", [(0, 5)]) == [Box(0, 0, 50, 20)]


def test_what_is_not_on_the_picture_is_left_out():
    assert boxes(a_facsimile("jinak"), "škola", [(0, 5)]) == []
    assert boxes(Facsimile(10, 10, ()), "škola", [(0, 5)]) == []
