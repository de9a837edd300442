"""IBAN, BIC and RIB file: what a person types, checked with the words that help them (§14.2)."""

import re

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError
from schwifty import BIC, IBAN
from schwifty.exceptions import (
    InvalidAccountCode,
    InvalidBankCode,
    InvalidBBANChecksum,
    InvalidBranchCode,
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    InvalidStructure,
    SchwiftyException,
)

from finance.exceptions import InvalidBic, InvalidIban, InvalidRib

IBAN_MAX_LENGTH = 27
MAX_RIB_BYTES = 10 * 1024 * 1024
# Countries reached by a SEPA transfer.
SEPA_COUNTRIES = frozenset(
    "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT"
    " NL NO PL PT RO RS SE SI SK SM VA".split()
)
_SPACES = re.compile(r"[\s\u00a0\u202f\u2007.-]+")


def normalised(text: str) -> str:
    """Upper case without any space (§14.2-2)."""
    return _SPACES.sub("", text).upper()


def clean_iban(text: str) -> str:
    """The IBAN ready to store; raises InvalidIban that says what to correct."""
    iban = normalised(text)
    if not iban:
        raise InvalidIban("Saisissez l’IBAN du compte.", field="iban")
    if not re.fullmatch(r"[A-Z0-9]+", iban):
        raise InvalidIban("Un IBAN ne contient que des lettres et des chiffres.", field="iban")
    if not re.match(r"[A-Z]{2}\d{2}", iban):
        raise InvalidIban(
            "Un IBAN commence par deux lettres (le pays) et deux chiffres, par exemple FR76.",
            field="iban",
        )
    if iban[:2] not in SEPA_COUNTRIES:
        raise InvalidIban(f"Le pays « {iban[:2]} » ne reçoit pas de virement SEPA.", field="iban")
    try:
        IBAN(iban, validate_bban=iban[:2] == "FR")
    except InvalidLength:
        length = _expected_length(iban[:2])
        raise InvalidIban(
            f"Cet IBAN a {len(iban)} caractères ; il en faut {length} pour « {iban[:2]} ».",
            field="iban",
        ) from None
    except (InvalidChecksumDigits, InvalidBBANChecksum):
        raise InvalidIban(
            "Cet IBAN contient une erreur : la clé de contrôle ne correspond pas. "
            "Recopiez-le depuis votre RIB.",
            field="iban",
        ) from None
    except (
        InvalidStructure,
        InvalidBankCode,
        InvalidBranchCode,
        InvalidAccountCode,
        InvalidCountryCode,
        SchwiftyException,
    ):
        raise InvalidIban(
            "Cet IBAN n’a pas la forme attendue pour son pays. Recopiez-le depuis votre RIB.",
            field="iban",
        ) from None
    if len(iban) > IBAN_MAX_LENGTH:
        raise InvalidIban("Un IBAN de plus de 27 caractères n’est pas accepté.", field="iban")
    return iban


def _expected_length(country: str) -> int:
    return IBAN(f"{country}00", allow_invalid=True).spec.iban_length


def clean_bic(text: str, *, iban: str) -> str:
    """The BIC ready to store, found from the IBAN when left empty; raises InvalidBic."""
    typed = normalised(text)
    if not typed:
        found = IBAN(iban).bic
        if found is None:
            raise InvalidBic("Saisissez le BIC : il ne se déduit pas de cet IBAN.", field="bic")
        return str(found)
    try:
        bic = BIC(typed)
    except SchwiftyException:
        raise InvalidBic(
            "Un BIC a 8 ou 11 caractères, par exemple AGRIFRPP ou AGRIFRPP835.", field="bic"
        ) from None
    # French banks serve their overseas départements and Monaco under other country codes.
    if bic.country_code != iban[:2] and not {bic.country_code, iban[:2]} <= _FRENCH_CODES:
        raise InvalidBic(
            f"Ce BIC est d’un autre pays ({bic.country_code}) que l’IBAN ({iban[:2]}).",
            field="bic",
        )
    return str(bic)


_FRENCH_CODES = frozenset("FR MC GP MQ GF RE PM YT BL MF WF PF NC".split())


def rib_extension(upload: UploadedFile) -> str:
    """« pdf », « jpg » or « png » from the content, whatever the name says; raises InvalidRib."""
    if (upload.size or 0) > MAX_RIB_BYTES:
        raise InvalidRib("Le RIB dépasse 10 Mo.", field="rib")
    if not upload.size:
        raise InvalidRib("Le fichier du RIB est vide.", field="rib")
    upload.seek(0)
    start = upload.read(8)
    upload.seek(0)
    if start.startswith(b"%PDF-"):
        return "pdf"
    if start.startswith(b"\xff\xd8\xff") or start == b"\x89PNG\r\n\x1a\n":
        try:
            Image.open(upload).verify()
        except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
            raise InvalidRib("L’image du RIB est illisible.", field="rib") from None
        finally:
            upload.seek(0)
        return "png" if start.startswith(b"\x89PNG") else "jpg"
    raise InvalidRib("Joignez le RIB au format PDF, JPEG ou PNG.", field="rib")


def content_type_of(name: str) -> str:
    """Type under which a stored RIB is served."""
    return {"pdf": "application/pdf", "png": "image/png"}.get(name.rsplit(".", 1)[-1], "image/jpeg")
