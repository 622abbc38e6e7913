"""Words by number, and what is known of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from library.language import detect_language, shared_analyzer, taken_apart
from library.language.lexicon import MOST_WORDS, Lexicon, lexicon
from library.language.tokens import LONGEST_TOKEN, SHORTEST_AT_ONCE


def test_a_word_keeps_its_number_and_is_worked_out_once_however_many_come_between():
    asked: list[str] = []

    def length(word: str) -> tuple[int, str]:
        asked.append(word)
        return len(word), word.upper()

    words = Lexicon()
    first = words.numbers(["děti", "a", "děti"], 3)
    lengths, _ = words.known(first, length, np.uint8, np.object_)
    others = words.numbers(map(str, range(1000)), 1000)
    again = words.numbers(["a", "děti"], 2)
    longer, upper = words.known(np.concatenate((others, again)), length, np.uint8, np.object_)
    assert [first.tolist(), again.tolist()] == [[0, 1, 0], [1, 0]]
    assert [lengths.take(first).tolist(), longer.take(again).tolist()] == [[4, 1, 4], [1, 4]]
    assert [upper[again[1]], words.word(int(again[1]))] == ["DĚTI", "děti"]
    assert [asked.count("děti"), asked.count("a"), len(asked)] == [1, 1, 1002]


def strings_of(text: list[str], asked: list[str]) -> Callable[[NDArray[np.intp]], list[str]]:
    def strings(places: NDArray[np.intp]) -> list[str]:
        asked.extend(text[place] for place in places)
        return [text[place] for place in places]

    return strings


def test_words_by_their_hashes_have_the_numbers_that_they_have_as_strings_wherever_these_are_kept():
    text = ["děti", "a", "škola", "děti", "kurz"]
    hashes = np.array([7 << 60, 1 << 63, (7 << 60) + 1, 7 << 60, (7 << 60) + 2], np.uint64)  # of three one place
    asked: list[str] = []
    words = Lexicon()
    school = int(words.numbers(["škola"], 1)[0])
    for _ in range(3):
        numbers = words.hashed_numbers(hashes, strings_of(text, asked)).tolist()
        assert [words.word(number) for number in numbers] == text
        assert numbers[2] == school
    assert [asked.count("a"), len(words)] == [1, 4]


def test_a_word_whose_place_another_has_is_asked_for_once_all_the_same():
    text = ["děti", "škola"]
    hashes = np.array([7 << 60, (7 << 60) + (1 << 32)], np.uint64)
    asked: list[str] = []
    words = Lexicon()
    for order in ([0], [1], [0, 1], [1, 0]):
        some = [text[place] for place in order]
        numbers = words.hashed_numbers(hashes[order], strings_of(some, asked)).tolist()
        assert [words.word(number) for number in numbers] == some
    assert asked == text


def test_a_word_that_stands_in_a_long_text_and_in_one_with_marks_has_one_number():
    endless = "x" * LONGEST_TOKEN
    plain, marked = (
        taken_apart([f"škola {endless}y " * SHORTEST_AT_ONCE, ""]),
        taken_apart([f"n\u0308 škola {endless}z"]),
    )
    assert set(plain[0].words.tolist()) == set(marked[0].words[1:].tolist())
    assert taken_apart([" " * SHORTEST_AT_ONCE])[0].words.tolist() == []


def test_threads_that_meet_the_same_new_words_give_them_the_same_numbers():
    words = Lexicon()
    texts = [[f"w{number}" for number in range(start, start + 3000)] for start in (0, 1500, 500, 2500)] * 4

    def number(text: list[str]) -> list[str]:
        return [words.word(number) for number in words.numbers(text, len(text)).tolist()]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(number, texts)) == texts
    assert len(words) == 5500


def test_a_lexicon_with_many_words_is_followed_by_an_empty_one_while_its_texts_are_still_analysed():
    (before,) = taken_apart(["Děti chodí do školy."])
    full = before.lexicon
    full.numbers(map(str, range(MOST_WORDS)), MOST_WORDS)
    (after,) = taken_apart(["Děti chodí do školy."])
    assert [after.lexicon is full, lexicon() is after.lexicon, len(after.lexicon)] == [False, True, 4]
    tables = [shared_analyzer().tables_of([apart], ["cs"])[0].encode() for apart in (before, after)]
    assert tables[0] == tables[1]


def test_pages_of_one_document_in_several_languages_have_the_lemmas_and_labels_of_their_own():
    pages = {
        "Asistent pedagoga pomáhá dětem z jiných zemí, které se učí česky a jsou ve škole nové.": "cs",
        "The teaching assistant helps the children of the families who are new in the town and their school.": "en",
        "Škola": "cs",
    }
    languages = [detect_language(page) or "cs" for page in pages]
    assert languages == list(pages.values())
    together = shared_analyzer().tables(list(zip(pages, languages, strict=True)))
    alone = [shared_analyzer().table(page, language) for page, language in pages.items()]
    assert [table.encode() for table in together] == [table.encode() for table in alone]
    assert {key.partition(":")[0] for form in together[1].forms for key in form.lemmas} == {"en"}


def test_a_label_ends_with_its_page_and_places_are_counted_from_the_beginning_of_each():
    texts = ["", "Pomáhá asistent", "pedagoga, asistent pedagoga", "", "ten asistent pedagoga a ten asistent"]
    tables = shared_analyzer().tables([(text, "cs") for text in texts])
    assert [table.encode() for table in tables] == [shared_analyzer().table(text, "cs").encode() for text in texts]
    places = [[place for named in table.concepts for place in named.places] for table in tables]
    assert places == [[], [], [(0, 1), (1, 2)], [], [(1, 2)]]
