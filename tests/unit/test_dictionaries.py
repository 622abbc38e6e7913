"""The files of the dictionaries say what the dictionaries say."""

from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from library.language import dictionaries
from library.language.dictionaries import SharedDictionary, dictionary, write

THEIRS = DefaultDictionaryFactory().get_dictionary("en")


def test_a_file_has_every_word_of_its_dictionary_and_no_other(tmp_path):
    write("en", tmp_path / "en.trie")
    ours = SharedDictionary(tmp_path / "en.trie")
    assert len(THEIRS) > 100_000
    assert {word: ours.get(word) for word in THEIRS} == dict(THEIRS)
    assert [ours.get(word) for word in ("", "childrenx", "chil", "děti", "\0", "a\0b")] == [None] * 6


def test_a_file_is_made_where_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setattr(dictionaries, "FOLDER", tmp_path / "new")
    assert dictionary.__wrapped__("en").get("children") == "child"
    assert [path.suffix for path in sorted((tmp_path / "new").iterdir())] == [".lock", ".trie"]


def test_where_no_file_can_be_made_the_words_are_the_same(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(dictionaries, "FOLDER", tmp_path / "file" / "folder")
    instead = dictionary.__wrapped__("en")
    assert not isinstance(instead, SharedDictionary)
    assert instead.get("children") == "child"
