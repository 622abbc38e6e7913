"""How the files in ../data were learnt from dictionaries; never runs in a search.

__main__.py   python -m library.language.learning: writes the files anew; `measure` says how good the rules are
mending.py    what is wrong with a dictionary of forms, by its own evidence
suffixes.py   rules for the ends of words, from words with their lemmas
"""
