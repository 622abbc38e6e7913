"""Which languages the library serves."""

LANGUAGES = ("cs", "en", "uk", "sk", "pl", "ru", "de", "vi", "ar", "fr", "es")
"""ISO 639-1. Words of those in `lemmas.LEMMA_LANGUAGES` are lemmatised, the others folded and searched by surface."""
