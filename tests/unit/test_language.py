"""How text becomes tokens, and words the keys they are found under."""

import pytest

from ingest.samples import FILES
from library.language import Analyzer, TokenTable, clean, detect_language, detect_languages, fold, is_function_word
from library.language.function_words import languages_beyond_doubt
from library.language.lemmas import lemma
from library.language.memo import MOST_KEPT, Memo
from library.language.tokens import LONGEST_AT_ONCE, LONGEST_TOKEN, SHORTEST_AT_ONCE, spans, taken_apart

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Žáci", "zaci"),
        ("ČEŠTINA", "cestina"),
        ("Łódź", "lodz"),
        ("straße", "strasse"),
        ("Київ", "київ"),
        ("їжак", "їжак"),
        ("ґанок", "ганок"),
        ("ёлка", "елка"),
        ("trường", "truong"),
        ("м’яса", "м'яса"),
    ],
)
def test_folding_drops_case_and_marks_but_keeps_the_letters_that_are_others(word: str, folded: str):
    assert fold(word) == folded


def test_cleaning_composes_letters_and_drops_what_nobody_sees():
    assert clean("\ufeffs\u030ckol\u00ada\x00") == "škola "


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Praha-Krči", ["Praha", "Krči"]),
        ("č. 326/1999 Sb., § 42a", ["č", "326", "1999", "Sb", "42a"]),
        ("asistent@skola.example", ["asistent", "skola", "example"]),
        ("м'яса don’t 'děti'", ["м'яса", "don’t", "děti"]),
        ("snake_case", ["snake", "case"]),
        ("...", []),
    ],
)
def test_words_are_what_people_count_as_words(text: str, words: list[str]):
    assert [text[start:end] for start, end in spans(text)] == words


@pytest.mark.parametrize(
    "others",
    [
        [],
        ["", "a " * SHORTEST_AT_ONCE, ""],
        ["a" * LONGEST_AT_ONCE, "..." * SHORTEST_AT_ONCE],
        ["'b'" * SHORTEST_AT_ONCE, "\U0001f600"],
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "děti",
        " Praha-Krči, a@b.cz!",
        "m'a''b' 'c’d’",
        "e\u0301te\u0301 ʼx'ʼ",
        "ab" * 100 + " školy",
        "\ud800 a",
    ],
)
def test_texts_taken_apart_at_once_have_the_same_tokens(text: str, others: list[str]):
    texts = [text, *others, text]
    for apart, each in zip(taken_apart(texts), texts, strict=True):
        assert list(zip(apart.starts, apart.starts + apart.lengths, strict=True)) == list(spans(each))
        assert [apart.lexicon.word(word) for word in apart.words] == [
            each[start:end][:LONGEST_TOKEN] for start, end in spans(each)
        ]


def test_a_memo_works_a_word_out_once_and_forgets_when_it_is_full():
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    memo = Memo(length)
    assert [memo["děti"], memo["děti"], asked] == [4, 4, ["děti"]]
    for number in range(MOST_KEPT):
        memo[str(number)]
    assert len(memo) == 1


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("cs", ["dítě", "děti", "dětem", "dětmi", "DĚTÍ"]),
        ("uk", ["біженець", "біженці", "біженців", "біженцям"]),
        ("sk", ["cudzinec", "cudzinci", "cudzincov"]),
        ("en", ["child", "children"]),
        ("de", ["Haus", "Häuser", "Häusern"]),
        ("pl", ["cudzoziemiec", "cudzoziemcy", "cudzoziemców"]),
        ("ru", ["беженец", "беженцы", "беженцев"]),
    ],
)
def test_the_forms_of_a_word_share_a_key(language: str, forms: list[str]):
    table = ANALYZER.table(" ".join(forms), language)
    shared = set.intersection(*(set(form.lemmas) for form in table.forms))
    assert shared
    assert all(key.startswith(f"{language}:") for key in shared)


@pytest.mark.parametrize("word", ["NNO", "OMJ", "42a", "1999", "xkcd"])
def test_acronyms_numbers_and_short_unknown_words_are_not_guessed_at(word: str):
    assert lemma(word, "cs") is None


def test_negation_stays_in_the_lemma():
    assert lemma("nezletilý", "cs") != lemma("zletilý", "cs")


def test_a_typed_word_has_the_lemmas_of_every_dictionary_that_knows_it():
    (token,) = ANALYZER.query_tokens("Praha")
    assert token.surface == "praha"
    assert {"cs:praha", "sk:praha"} <= set(token.lemmas)


def test_a_table_comes_back_whole_from_its_bytes():
    text = "Děti a škola. Dětem škola."
    table = ANALYZER.table(text, "cs")
    again = TokenTable.decode(table.encode())
    assert tuple(again.forms) == tuple(table.forms)
    assert [text[slice(*again.span(token))] for token in range(len(again))] == ["Děti", "a", "škola", "Dětem", "škola"]
    assert len(TokenTable.decode(ANALYZER.table("", "cs").encode())) == 0


def test_an_endless_word_is_a_token_cut_short():
    table = ANALYZER.table("a" * 200_000, "cs")
    assert table.forms[0].form == "a" * LONGEST_TOKEN


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Děti cizinců se ve škole učí česky a pomáhá jim asistent.", "cs"),
        ("Deti cudzincov sa v škole učia po slovensky a pomáha im asistent.", "sk"),
        ("Діти іноземців вчаться у школі, їм допомагає асистент.", "uk"),
        ("Дети иностранцев учатся в школе, им помогает ассистент.", "ru"),
        ("The children of foreigners learn at school with an assistant.", "en"),
        ("Die Kinder lernen in der Schule mit einer Assistentin.", "de"),
        ("Dzieci cudzoziemców uczą się w szkole z asystentem.", "pl"),
        ("Trẻ em người nước ngoài học ở trường với trợ giảng.", "vi"),
        ("12 + 30", ""),
        ("Úvod", ""),
    ],
)
def test_the_language_of_a_text_is_told_unless_it_is_too_short(text: str, language: str):
    assert detect_language(text) == language


def test_a_page_of_one_language_needs_no_model_and_one_with_pieces_of_another_does():
    english = (
        "The children of the families that are new in the town have lessons with an assistant, who is their guide. "
    )
    spanish = "Los alumnos que llegan durante el curso reciben clases de apoyo con una persona que habla su idioma. "
    one, several = taken_apart([english, english + 8 * spanish])
    assert languages_beyond_doubt(one.lexicon, [one.words, several.words]) == ["en", ""]
    assert detect_language(english + 8 * spanish) == "es"


def test_a_page_in_vietnamese_needs_no_model_either():
    text = "Trẻ em của người nước ngoài học ở trường với một trợ giảng và không phải trả tiền để được giúp. "
    (apart,) = taken_apart([text])
    assert languages_beyond_doubt(apart.lexicon, [apart.words]) == ["vi"]


@pytest.mark.parametrize("typed", ["Bez", "který", "ktery", "không", "còn"])
def test_what_carries_a_sentence_is_a_function_word(typed: str):
    assert is_function_word(typed)


@pytest.mark.parametrize("typed", ["škola", "IT", "con"])
def test_a_word_that_is_only_written_like_one_is_none(typed: str):
    assert not is_function_word(typed)


def test_the_languages_of_several_texts_are_those_of_each():
    texts = [
        "",
        "Děti a škola",
        *(path.read_text(encoding="utf-8")[:1500] for path in sorted(FILES.glob("*.md"))),
        "x" * 50,
    ]
    assert detect_languages(texts) == [detect_language(text) for text in texts]


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("podvof", "podvod"),
        ("sebevražrdný", "sebevražedný"),
        ("pritulko", ""),  # of a Ukrainian word in Latin letters no slip is known
        ("пийтулок", "притулок"),
        ("slavnosst", "slavnost"),  # and not slávnosť, which stands behind it in their family
        ("podvod", ""),  # a word
        ("xqz", ""),  # any short word is near to it
        ("[^\\n", ""),
    ],
)
def test_a_slip_is_near_to_words_that_the_library_knows(typed: str, near: str):
    found = ANALYZER.known_near(typed, 1)
    assert found == ((near,) if near else ())
