"""When do two spellings mean the same? Names, addresses and numbers brought into a form that can be compared."""

import re
import unicodedata

__all__ = ["email_key", "name_key", "phone_key"]

# Scripts whose combining marks are accents or vowel points that people leave out. In others, Devanagari or Thai for one, they are
# letters, and taking them away would make different names equal.
_MARKED = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW"})
# The stretching sign, letters that keyboards mix up, letters that Unicode does not take apart, and the apostrophe within a name.
_ALIKE = str.maketrans(
    {"\u0640": None, "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه"}
    | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "'": None, "\u2019": None}
)
_BETWEEN_SIGNS = re.compile(r"(?<=[\u3400-\u9fff\uac00-\ud7a3])\s+(?=[\u3400-\u9fff\uac00-\ud7a3])")
_EXTENSION = re.compile(r"(?:ext\.?|extension|x|#|доб\.?|durchwahl)\s*(\d+)\s*$", re.IGNORECASE)


def name_key(name: str) -> str:
    """A name as it is compared: in any script, without case, accents, punctuation and the order of its parts.

    Full-width and other compatibility forms become the usual ones. Accents go in Latin, Greek, Cyrillic, Arabic and Hebrew; the letters that
    Arabic and Persian keyboards mix up (ى and ي, ک and ك, ة and ه) are one, and so are ł and l, ø and o, æ and ae, ı and i; й stays й. Blanks
    between Chinese signs and between Korean syllables go, and so does an apostrophe. Nothing is transliterated: 林薇 and Lin Wei are two names.

    Args:
        name: A name of a person or a company.

    Returns:
        The parts in a fixed order with one blank between; empty when there is no letter and no digit.

    Source:
        Unicode Standard Annex 15 (normalisation forms) and section 3.13 of the standard (case folding).

    >>> name_key("VOSS, Sam"), name_key("Ｓａｍ Voss")
    ('sam voss', 'sam voss')
    >>> name_key("José Núñez") == name_key("nunez jose")
    True
    >>> name_key("أحمد") == name_key("احمد"), name_key("Алёна") == name_key("АЛЕНА")
    (True, True)
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_ALIKE)
    kept, accents_go = list[str](), True
    for sign in folded:
        if not unicodedata.combining(sign):
            accents_go = (
                unicodedata.name(sign, "").partition(" ")[0] in _MARKED and sign != "и"
            ) or not sign.isalpha()
            kept.append(sign if unicodedata.category(sign)[0] in "LMN" else " ")
        elif not accents_go:
            kept.append(sign)
    parts = _BETWEEN_SIGNS.sub("", unicodedata.normalize("NFC", "".join(kept))).split()
    return _BETWEEN_SIGNS.sub("", " ".join(sorted(parts)))


def email_key(email: str) -> str:
    """An address as it is compared: without case and blanks around it. Empty when it is no address.

    The part before the @ could tell case apart by the standard (RFC 5321); no provider in use does. Dots and what follows a plus are kept: some
    providers ignore them, others do not.

    >>> email_key(" Lin@Example.COM ")
    'lin@example.com'
    >>> email_key("not an address")
    ''
    """
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    name, at, host = folded.rpartition("@")
    proper = name and at and "." in host.strip(".") and not any(sign.isspace() for sign in folded)
    return folded if proper else ""


def phone_key(phone: str, *, country_code: str | None = None) -> str:
    """A number as it is compared: its digits, whatever is between them, and in whatever script they are written.

    Args:
        phone: As given: ``"+49 (0)30 1234-56"``, ``"0049 30 123456"``, ``"030/123456 ext. 7"``.
        country_code: The code of numbers that name none, such as ``"49"``; their leading zero then gives way to it. Without it a national and an
            international spelling of one number are two, since nothing says which country is meant.

    Returns:
        ``+`` and the digits where the country is known, the bare digits elsewhere, ``x`` and the extension behind; empty where there are fewer than
        five digits, which are nobody's number.

    Source:
        ITU-T E.164 for the international form, E.123 for the ways to write it.

    >>> phone_key("+49 (0)30 1234-56"), phone_key("0049 30 123456"), phone_key("030/123456", country_code="49")
    ('+4930123456', '+4930123456', '+4930123456')
    >>> phone_key("٠٣٠ ١٢٣٤٥٦"), phone_key("030 123456 ext. 7")
    ('030123456', '030123456x7')
    """
    text = "".join(_digit(sign) for sign in unicodedata.normalize("NFKC", phone)).strip()
    found = _EXTENSION.search(text)
    text = text if found is None else text[: found.start()]
    digits = "".join(sign for sign in text.replace("(0)", "") if sign.isdecimal())
    if len(digits) < 5:
        return ""
    if text.startswith("+"):
        digits = f"+{digits}"
    elif digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif country_code is not None:
        digits = f"+{country_code.removeprefix('+')}{digits.removeprefix('0')}"
    return digits if found is None else f"{digits}x{found[1]}"


def _digit(sign: str) -> str:
    """The digit in its European shape; every other sign as it is."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
