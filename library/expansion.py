"""From the words that were typed to what they mean: with their concepts, by any name, and without function words.

žák s OMJ     ->  žák  (OMJ, or the concept pupil-with-different-mother-tongue by any of its names)
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from library.language import Analyzer, QueryToken, Standing, is_function_word, language_of
from library.search import Clause, Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, Some, Word, every
from library.vocabulary.thesaurus import concepts

SAME = 0.8
"""What the same concept by another name counts beside the typed word."""
TRANSLATED = 0.85
"""What a word of the typed one's families in another language counts: library for knihovna."""
RELATED = 0.6
"""What another word of them in a language of the typed one counts: knihovník for knihovna. It is less surely meant than
a translation, without which the other language would not be found at all."""
NARROWER = 0.5
"""What a narrower concept counts: asylum for protection."""


class _Token(Struct, frozen=True):
    """A token of one of the words in a row."""

    word: int
    token: QueryToken


class _Named(Struct, frozen=True):
    typed: str
    """All the words that name it."""
    concepts: tuple[str, ...]


def expanded(clause: Clause, analyzer: Analyzer) -> Clause:
    """The clause with each word, or words side by side, that name concepts standing for these too."""
    match clause:
        case Every(clauses):
            return every([part for run in _runs(clauses) for part in _expanded_run(run, analyzer)])
        case Some(clauses, at_least):
            return Some(tuple(expanded(part, analyzer) for part in clauses), at_least)
        case Word(field=""):
            return every(_expanded_run([clause], analyzer))
        case Word() | Phrase() | Prefix() | Concept() | Lemma() | OneOf() | Not():
            return clause


def without_function_words(clause: Clause) -> Clause:
    """The clause without the words that nobody looks for, unless it has no others."""
    match clause:
        case Every(clauses) if not all(map(_is_function, clauses)):
            return every([part for part in clauses if not _is_function(part)])
        case _:
            return clause


def _is_function(clause: Clause) -> bool:
    return isinstance(clause, Word) and not clause.field and is_function_word(clause.text)


def _runs(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """The clauses in order, plain words that follow each other together."""
    for _, run in groupby(enumerate(clauses), lambda part: -1 if _is_plain(part[1]) else part[0]):
        yield [clause for _, clause in run]


def _is_plain(clause: Clause) -> bool:
    return isinstance(clause, Word) and not clause.field


def _expanded_run(run: Sequence[Clause], analyzer: Analyzer) -> list[Clause]:
    if not _is_plain(run[0]):
        return [expanded(part, analyzer) for part in run]
    words = [clause for clause in run if isinstance(clause, Word)]
    tokens = [_Token(place, token) for place, word in enumerate(words) for token in analyzer.query_tokens(word.text)]
    named = _named_words(_of_whole_words(analyzer.named_by([each.token for each in tokens]), tokens), words)
    said = [place for place, word in enumerate(words) if not _is_function(word)] or range(len(words))
    return [_one_of(words[place], named.get(place), list(_relatives(place, tokens, analyzer))) for place in said]


def _named_words(named: Iterable[tuple[int, int, tuple[str, ...]]], words: Sequence[Word]) -> dict[int, _Named]:
    """For each word that names a concept, alone or with its neighbours, what it names."""
    found = {}
    for first, last, some in named:
        typed = " ".join(word.text for word in words[first : last + 1])
        found.update(dict.fromkeys(range(first, last + 1), _Named(typed, some)))
    return found


def _relatives(place: int, tokens: Sequence[_Token], analyzer: Analyzer) -> Iterator[tuple[Clause, float]]:
    """The other words that a word may stand for, if it is one token, and what they count."""
    own = [each.token for each in tokens if each.word == place]
    if len(own) != 1:
        return
    relatives = analyzer.relatives(own[0])
    spoken = own[0].languages
    for weight, keys in (
        (TRANSLATED, tuple(key for key in relatives if language_of(key) not in spoken)),
        (RELATED, tuple(key for key in relatives if language_of(key) in spoken)),
    ):
        if keys:
            yield Lemma(keys), weight


def _of_whole_words(named: Sequence[Standing], tokens: Sequence[_Token]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """First word, last word, and concepts of what does not end within a word such as Praha-Krči."""
    for standing in named:
        behind = standing.first + standing.length
        first, last = tokens[standing.first].word, tokens[behind - 1].word
        begins_within = standing.first > 0 and tokens[standing.first - 1].word == first
        ends_within = behind < len(tokens) and tokens[behind].word == last
        if not begins_within and not ends_within:
            yield first, last, standing.concepts


def _one_of(word: Word, named: _Named | None, relatives: Sequence[tuple[Clause, float]]) -> Clause:
    """A word of a concept's label stands for all of the concept: who has that lacks none of the label's words."""
    same = named.concepts if named else ()
    narrower = [each for concept in same for each in concepts()[concept].narrower if each not in same]
    others: list[tuple[Clause, float]] = [(Concept(each), SAME) for each in same]
    others += [(Concept(each), NARROWER) for each in narrower]
    others += relatives
    if not others:
        return word
    clauses, weights = zip((word, 1.0), *others, strict=True)
    return OneOf(clauses, weights, named.typed if named else word.text)
