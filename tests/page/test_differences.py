"""Where documents that are alike stand side by side, what only one of them says is marked."""

from time import process_time

from library.page.differences import MOST_WORDS, differences


def told(one, other):
    of_one, of_other = differences(one, other)
    return [one[start:end] for start, end in of_one], [other[start:end] for start, end in of_other]


def test_words_that_only_one_has_are_told_of_it():
    one = "Poradna pomohla dvaceti rodinám najít byt."
    other = "Naše poradna letos pomohla dvaceti rodinám najít nový byt."
    assert told(one, other) == (["Poradna"], ["Naše poradna letos", "nový"])


def test_of_equal_texts_and_of_texts_with_little_in_common_nothing_is_told():
    assert differences("Poradna pomohla.", "Poradna   pomohla.") == ([], [])
    assert differences("Poradna pomohla rodinám.", "The office helped families.") == ([], [])
    assert differences("", "") == ([], [])


def test_texts_made_to_be_slow_are_compared_in_moments():
    begun = process_time()
    same, turned = "stejně " * 50_000, "stejně jinak " * 50_000
    differences(same, turned)
    differences(" ".join(f"w{n % 40}" for n in range(MOST_WORDS)), " ".join(f"w{-n % 37}" for n in range(MOST_WORDS)))
    differences("x" * 500_000, "x" * 500_000 + "y")
    assert process_time() - begun < 20
