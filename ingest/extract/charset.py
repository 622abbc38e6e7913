"""Which letters the bytes of a text stand for."""

import codecs
from itertools import islice, pairwise

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("windows-1250", "iso-8859-2", "windows-1251", "koi8-u", "windows-1252", "cp852", "cp866", "mac_latin2")
"""The first of those that score the same is taken."""
_LESS_LIKELY = {"mac_latin2": 3.0}
"""By how much more an encoding must score. Few files are from old Macs: without this, hundreds of short texts in other
encodings are taken for one of theirs; with 1.5 some are, with 2.5 none of tens of thousands."""
_OF_MACS = {"x-mac-ce": "mac_latin2", "x-mac-cyrillic": "mac_cyrillic", "x-mac-ukrainian": "mac_cyrillic"}
"""Names that Python does not know."""
_SAMPLE = 20_000
"""Bytes with letters of their own that tell the encoding as well as all of them would."""
_LAST_LETTER = "\u2fff"
"""Before it stand all alphabets and the signs between words; behind it what no served language is written in."""

# Everyday words with the letters that ASCII has not, in the languages served: the pairs of letters in them are common,
# while a wrong encoding turns them into pairs that no word has.
_WORDS = """
který při příští žádost může být společnost občanů úřad děti dítě dítěte škola školní učitelů rodičů město městský
čeština česky český řešení přístup péče zákon zařízení služby pomoc práce pracovní život životní úvod závěr také či již
než že jako větší všech tří různých možnost možností účast věk věc dělat úspěch ještě čtyři síť síťové teď loď ať
šťastný
důležité ďábel ňadra týdně týden čas účel část její něj něco ženy muži lidé zkušenosti doporučení jazyková výuka třídě
azyl ukrajinský cizinců uprchlíků překážky tlumočení nejvíc současně podle závažný svůj obě způsob bydlení nájem
ktorý žiadosť môže byť spoločnosť ľudia ľudí deťom veľmi školy učiteľ učiteľka mäso päť kľúč dĺžka vŕba stĺp tiež
że się są być które także może język dzieci społeczność można również łatwo zażółć gęślą jaźń członków świat pięć
ćwiczenie
і в на що це як для та від до він вона вони його її які який яка бути було є не так але дуже діти школа права людей
країна україна київ їх їй ґанок об'єднання допомога робота житло мова мови навчання вчитель захист громада місто під час
и на что это как для он она они его её который быть было не так но очень дети школа права людей россия язык помощь
работа жильё обучение учитель защита город время если чтобы общество эти объект съезд ещё
für über können möglich Schüler Größe größer straße Behörde gehören Österreich öffentlich Übung müssen hätte wäre
été être à où même français élève où très après première leçon façon cœur île août hôpital réfugiés año niño están
información también más días según título único óptimo
"""
_PUNCTUATION = str.maketrans(dict.fromkeys("“”„‘’‚«»–—…•·§°€", " "))
"""Signs that stand around words in any language."""
_PAIRS = frozenset(
    pair for word in _WORDS.split() for pair in pairwise(f" {word} ".lower()) if not "".join(pair).isascii()
)


def decode(raw: bytes, declared: str = "") -> str:
    """The text: by its byte order mark, as UTF-8 where it is, as declared where that fits, or else as it reads best."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace")
    for encoding in ("utf-8", utf16_without_mark(raw), _OF_MACS.get(declared.lower(), declared)):
        text = _verified(raw, encoding)
        if text is not None:
            return text
    sample = b"\n".join(islice((line for line in raw.splitlines() if not line.isascii()), 1_000))[:_SAMPLE]
    return raw.decode(max(_LEGACY, key=lambda encoding: _score(sample, encoding)), errors="replace")


def utf16_without_mark(raw: bytes) -> str:
    """The encoding of UTF-16 that has no byte order mark, or nothing: every other byte of its spaces and line ends is
    zero."""
    zeros = raw[:4_000:2].count(0), raw[1:4_000:2].count(0)
    if max(zeros) * 20 < len(raw[:4_000]) or min(zeros) * 4 > max(zeros):
        return ""
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    text = raw[:4_000].decode(encoding, errors="replace")
    # In a few bytes of anything, zeros may stand so.
    return encoding if sum(map(_is_strange, text)) * 10 <= len(text) else ""


def _is_strange(letter: str) -> bool:
    """Whether it is a sign that texts in the languages served hardly have."""
    return letter > _LAST_LETTER or not (letter.isprintable() or letter.isspace())


def _verified(raw: bytes, encoding: str) -> str | None:
    if not encoding:
        return None
    try:
        text = raw.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None
    return text


def _score(sample: bytes, encoding: str) -> float:
    """How much the sample reads like words in this encoding: each pair of letters with one beyond ASCII counts."""
    text = sample.decode(encoding, errors="replace").translate(_PUNCTUATION)
    seen = [pair for pair in pairwise(f" {text} ") if not "".join(pair).isascii()]
    known = sum(_normal(pair) in _PAIRS for pair in seen)
    wrong = sum(not (left + right).replace(" ", "").isalpha() or _turns_capital(left, right) for left, right in seen)
    return known - 0.5 * wrong - _LESS_LIKELY.get(encoding, 0.0)


def _normal(pair: tuple[str, str]) -> tuple[str, str]:
    left, right = (letter.lower() if letter.isalpha() else " " for letter in pair)
    return left, right


def _turns_capital(left: str, right: str) -> bool:
    return left.islower() and right.isupper()
