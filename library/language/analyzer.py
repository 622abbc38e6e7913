"""How a text becomes tokens with keys, and a typed word the keys it is looked for under."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import islice, pairwise
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from library.language.concepts import InLabels, Keys, Standing, in_labels, named_by, named_in
from library.language.families import relatives
from library.language.fold import fold, normal_form
from library.language.function_words import is_function_key
from library.language.lemmas import LEMMA_LANGUAGES, MENDED_LANGUAGES, guessed_lemmas, known_lemmas, lemmas
from library.language.lexicon import Lexicon, WorkOut
from library.language.mistyped import known_near
from library.language.spellings import SPELT_LANGUAGES
from library.language.token_table import (
    EMPTY_TABLE,
    Form,
    Numbered,
    TokenTable,
    WrittenForms,
    language_of,
    placed,
    written_form,
    written_forms,
)
from library.language.tokens import LONGEST_TOKEN, Apart, side_by_side, spans, taken_apart
from library.language.typed import guesses, guesses_as_typed, lemmas_of_likes, typed_lemmas
from library.vocabulary.thesaurus import thesaurus_version

MOST_QUERY_TOKENS = 24
"""Tokens of one typed word or phrase that are looked for; the rest is passed over."""


class QueryToken(Struct, frozen=True):
    """One token of a typed word, and the lemma keys (`cs:dítě`) that it may stand for."""

    form: str
    """As typed, in lower case."""
    surface: str
    """Folded."""
    lemmas: tuple[str, ...]
    """What dictionaries have for the word as it was typed."""
    folded: tuple[str, ...] = ()
    """What they have for other words that fold to the same letters."""
    guessed: tuple[str, ...] = ()
    """Where no dictionary knows it in any way: what suffix rules say, perhaps with a folded lemma."""

    @property
    def languages(self) -> frozenset[str]:
        """Those whose dictionary knows the word as it was typed, else those that know it by its letters."""
        return frozenset(map(language_of, self.lemmas or self.folded))


class Analyzer:
    """Turns text into token tables. Keeps no state but caches, so one serves the whole process."""

    version = f"5 simplemma-{version('simplemma')} thesaurus-{thesaurus_version()}"
    """What a token table was made by: another version means analysing and indexing anew."""

    def table(self, text: str, language: str) -> TokenTable:
        """The tokens of a cleaned text in this language (ISO 639-1; any other value: no lemmas)."""
        (table,) = self.tables([(text, language)])
        return table

    def tables(self, texts: Sequence[tuple[str, str]]) -> list[TokenTable]:
        """The same of several texts with their languages: what there is of a document at once, which is quicker."""
        return self.tables_of(taken_apart([text for text, _ in texts]), [language for _, language in texts])

    def tables_of(self, apart: Sequence[Apart], languages: Sequence[str]) -> list[TokenTable]:
        """The same of texts that have been taken apart together."""
        texts: defaultdict[str, list[Apart]] = defaultdict(list)
        for each, language in zip(apart, languages, strict=True):
            texts[language].append(each)
        tables = {language: iter(_tables(of_language, language)) for language, of_language in texts.items()}
        return [next(tables[language]) for language in languages]

    def query_tokens(self, text: str) -> tuple[QueryToken, ...]:
        """The tokens of a typed word or phrase. No language is guessed: each dictionary that knows a word adds its
        lemma. On words without diacritics every detector confuses Czech with Slovak."""
        words = (text[start : min(end, start + LONGEST_TOKEN)] for start, end in islice(spans(text), MOST_QUERY_TOKENS))
        return tuple(_query_token(word) for word in words)

    def warm(self) -> None:
        """Load all that a typed word is looked up in, which else the first one does; takes seconds."""
        # One that is known, and one in each script that nobody knows: only of such the rules of languages are asked.
        tokens = self.query_tokens("dictionaries qwxzqyw ыщьэъы")
        self.named_by(tokens)
        for token in tokens:
            self.relatives(token)
        is_function_key("")
        # What was looked up for loading is seldom what people type.
        for memo in (known_lemmas, guessed_lemmas, fold):
            memo.cache_clear()

    def named_by(self, tokens: Sequence[QueryToken]) -> tuple[Standing, ...]:
        """The concepts of the thesaurus that typed tokens name by any label in any language, from left to right."""
        return tuple(named_by([_folded_keys(token) for token in tokens], _looked_up))

    def relatives(self, token: QueryToken) -> tuple[str, ...]:
        """The lemma keys of words near to the token's: of another part of speech, or in another language."""
        return relatives((*token.lemmas, *token.folded), _folded_keys(token), _looked_up)

    def known_near(self, word: str, most: int) -> tuple[str, ...]:
        """The words that the library knows in some language, whoever wrote them, of which a typed one may be a slip;
        none for one that a dictionary knows as it is."""
        heard = any(token.lemmas or token.folded for token in self.query_tokens(word))
        return () if heard else known_near(fold(word), _looked_up, most)


@lru_cache(maxsize=1)
def shared_analyzer() -> Analyzer:
    """The one analyzer of this process."""
    return Analyzer()


def _looked_up(word: str, language: str) -> Form:
    found = lemmas(word, language) if language in LEMMA_LANGUAGES else ()
    return Form(normal_form(word), tuple(_key(lemma, language) for lemma in found))


class _Known(NamedTuple):
    """What is known of the words of texts in a language, each at its number."""

    forms: NDArray[np.object_]
    """As a table keeps them."""
    labels: InLabels


def _known(lexicon: Lexicon, words: NDArray[np.uint32], language: str) -> _Known:
    types = (np.object_, np.object_, np.bool_, np.uint64, np.uint64)
    forms, *labels = lexicon.known(words, _work_out(language), *types)
    return _Known(forms, InLabels(*labels))


@lru_cache(maxsize=32)
def _work_out(language: str) -> WorkOut:
    in_labels_of = in_labels(language, _looked_up)

    def work_out(word: str) -> tuple[Any, ...]:
        form = _looked_up(word, language)
        return written_form(form, language), *in_labels_of(form)

    return work_out


def _tables(apart: Sequence[Apart], language: str) -> list[TokenTable]:
    """Of texts in one language."""
    texts, bounds = side_by_side(apart)
    known = _known(texts.lexicon, texts.words, language)
    tokens = bounds.tolist()
    where = placed(texts, tokens)
    forms = known.forms.take(where.different).tolist()
    named = named_in(texts, bounds, known.labels)
    return [
        TokenTable(
            forms=WrittenForms(
                written_forms(forms[first:behind], language),
                Numbered(texts.lexicon.id, language, where.different[first:behind]),
            ),
            ids=where.ids[begin:end] - np.uint32(first),
            starts=where.starts[begin:end],
            lengths=where.lengths[begin:end],
            concepts=concepts,
        )
        if begin < end
        else EMPTY_TABLE
        for (begin, end), (first, behind), concepts in zip(pairwise(tokens), pairwise(where.bounds), named, strict=True)
    ]


@lru_cache(maxsize=1 << 14)
def _query_token(word: str) -> QueryToken:
    form, surface = normal_form(word), fold(word)
    known = {language: typed_lemmas(word, language) for language in LEMMA_LANGUAGES}
    folded = {language: lemmas_of_likes(word, language) for language in SPELT_LANGUAGES}
    typed = any(known.values())
    heard = typed or any(folded.values())
    for language in MENDED_LANGUAGES if heard else ():
        # Where Slovak knows a word that the smaller Czech dictionary lacks, the Czech rules have a say too.
        if not known[language] and (typed or form != surface):
            known[language] = guesses_as_typed(word, language)
        elif not known[language] and not folded[language]:
            folded[language] = guesses(word, language)
    guessed = {} if heard else {language: guesses(word, language) for language in LEMMA_LANGUAGES}
    return QueryToken(form, surface, _keys(known), _keys(folded), _keys(guessed))


def _keys(lemmas_by_language: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    keys = (_key(lemma, language) for language, found in lemmas_by_language.items() for lemma in found)
    return tuple(dict.fromkeys(keys))


def _folded_keys(token: QueryToken) -> Keys:
    keys = (*token.lemmas, *token.folded, *token.guessed)
    return frozenset((*map(fold, keys), f"={token.surface}", f"={token.form}"))


def _key(found: str, language: str) -> str:
    return f"{language}:{found}"
