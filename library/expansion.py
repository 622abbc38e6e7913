"""From the words that were typed to what they mean: with their concepts, by any name, and without function words.

žák s OMJ     ->  žák  (OMJ, or the concept pupil-with-different-mother-tongue by any of its names)
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from library.language import Analyzer, QueryToken, Standing, is_function_word
from library.search import Clause, Concept, Every, Lemma, Not, OneOf, Phrase, Prefix, Some, Word
from library.vocabulary.thesaurus import concepts

SAME = 0.6
"""What the same concept by another name counts beside the typed word."""
RELATED = 0.5
"""What another word of the typed one's family counts: library for knihovna."""
NARROWER = 0.3
"""What a narrower concept counts: asylum for protection."""


class _Token(Struct, frozen=True):
    """A token of one of the words in a row."""

    word: int
    token: QueryToken


def expanded(clause: Clause, analyzer: Analyzer) -> Clause:
    """The clause with each word, or words side by side, that name concepts standing for these too."""
    match clause:
        case Every(clauses):
            return _every([part for run in _runs(clauses) for part in _expanded_run(run, analyzer)])
        case Some(clauses, at_least):
            return Some(tuple(expanded(part, analyzer) for part in clauses), at_least)
        case Word():
            return _every(_expanded_run([clause], analyzer))
        case Phrase() | Prefix() | Concept() | Lemma() | OneOf() | Not():
            return clause


def without_function_words(clause: Clause) -> Clause:
    """The clause without the words that nobody looks for, unless it has no others."""
    match clause:
        case Every(clauses) if not all(map(_is_function, clauses)):
            return _every([part for part in clauses if not _is_function(part)])
        case _:
            return clause


def _is_function(clause: Clause) -> bool:
    return isinstance(clause, Word) and not clause.field and is_function_word(clause.text)


def _every(clauses: Sequence[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else Every(tuple(clauses))


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
    named = list(_of_whole_words(analyzer.named_by([each.token for each in tokens]), tokens))
    made = {
        first: _one_of(words[first : last + 1], found, _relatives(first, last, tokens, analyzer))
        for first, last, found in named
    }
    taken = {place for first, last, _ in named for place in range(first, last + 1)}
    for place in set(range(len(words))) - taken:
        made[place] = _one_of([words[place]], (), _relatives(place, place, tokens, analyzer))
    return [made[place] for place in sorted(made)]


def _relatives(first: int, last: int, tokens: Sequence[_Token], analyzer: Analyzer) -> tuple[str, ...]:
    """Of a single word that is one token."""
    own = [each.token for each in tokens if first <= each.word <= last]
    return analyzer.relatives(own[0]) if len(own) == 1 else ()


def _of_whole_words(named: Sequence[Standing], tokens: Sequence[_Token]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """First word, last word, and concepts of what does not end within a word such as Praha-Krči."""
    for standing in named:
        behind = standing.first + standing.length
        first, last = tokens[standing.first].word, tokens[behind - 1].word
        begins_within = standing.first > 0 and tokens[standing.first - 1].word == first
        ends_within = behind < len(tokens) and tokens[behind].word == last
        if not begins_within and not ends_within:
            yield first, last, standing.concepts


def _one_of(words: Sequence[Word], named: Sequence[str], relatives: tuple[str, ...]) -> Clause:
    typed = without_function_words(_every(words))
    narrower = [each for concept in named for each in concepts()[concept].narrower if each not in named]
    others: list[tuple[Clause, float]] = [(Concept(each), SAME) for each in named]
    others += [(Concept(each), NARROWER) for each in narrower]
    if relatives:
        others.append((Lemma(relatives), RELATED))
    if not others:
        return typed
    # Several words that name one thing score as several when they stand there; so must the thing.
    much = len(typed.clauses) if isinstance(typed, Every) else 1
    return OneOf((typed, *(clause for clause, _ in others)), (1.0, *(weight * much for _, weight in others)))
