"""Which piece of a text is shown, and where the matches are in it."""

from hypothesis import given
from hypothesis import strategies as st

from library.fragments import FRAGMENT_LENGTH, LOOK_BACK, Source, cut, whole
from library.language import TokenTable, fold, shared_analyzer
from library.search import Fragment


def source_of(text: str) -> Source:
    return Source("text", 7, text, shared_analyzer().table(text, "cs"))


def tokens_of(table: TokenTable, *surfaces: str) -> list[int]:
    return [token for token, form in enumerate(table.ids) if table.forms[form].surface in surfaces]


def marked(fragment: Fragment) -> list[str]:
    return [fragment.text[start:end] for start, end in fragment.spans]


def test_the_spans_show_the_words_as_they_stand_in_the_text():
    source = source_of("Pomáháme dětem.\nŠkola děti přijala.")
    fragment = cut(source, tokens_of(source.table, "detem", "deti"))
    assert marked(fragment) == ["dětem", "děti"]
    assert fragment.page == 7
    assert "\n" not in fragment.text


def test_different_words_close_together_win_over_one_word_repeated():
    text = "škola " * 30 + "a " * 200 + "Naše škola přijala děti cizinců. " + "a " * 200
    source = source_of(text)
    fragment = cut(source, tokens_of(source.table, "skola", "deti", "cizincu"))
    assert marked(fragment) == ["škola", "děti", "cizinců"]


def test_a_fragment_begins_with_its_sentence_when_that_is_near():
    source = source_of("slovo " * 100 + "Konec věty. Zde začíná asistent. " + "slovo " * 100)
    assert cut(source, tokens_of(source.table, "asistent")).text.startswith("Zde začíná asistent.")


def test_a_match_of_an_older_text_shows_the_beginning_of_the_present_one():
    source = source_of("Krátký text.")
    assert cut(source, [500]) == Fragment("text", 7, "Krátký text.", ())


@given(st.text(alphabet="aá. \n", min_size=1, max_size=2000), st.data())
def test_a_fragment_is_never_much_longer_than_it_should_be_and_its_spans_are_its_words(text: str, data: st.DataObject):
    source = source_of(text)
    if not len(source.table):
        return
    tokens = data.draw(st.lists(st.integers(0, len(source.table) - 1), min_size=1, max_size=9, unique=True).map(sorted))
    fragment = cut(source, tokens)
    longest = max(end - start for start, end in map(source.table.span, tokens))
    assert len(fragment.text) <= FRAGMENT_LENGTH + 2 * LOOK_BACK + longest
    assert fragment.spans
    wanted = {fold(text[slice(*source.table.span(token))]) for token in tokens}
    assert {fold(word) for word in marked(fragment)} <= wanted


def test_a_whole_page_keeps_its_lines():
    source = source_of("První řádek.\nDruhý řádek.")
    page = whole(source, tokens_of(source.table, "radek"))
    assert page.text == source.text
    assert marked(page) == ["řádek", "řádek"]
