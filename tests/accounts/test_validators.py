import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from passpro.accounts.models import User
from passpro.accounts.validators import clean_phone


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("abc", ["12 caractères", "une majuscule", "un chiffre", "un caractère spécial"]),
        ("UN-MOT-DE-PASSE-1", ["une minuscule"]),
        ("Un-mot-de-passe", ["un chiffre"]),
        ("UnMotDePasse123", ["un caractère spécial"]),
    ],
)
def test_each_broken_criterion_is_told(password, words):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)

    told = refusal.value.messages
    for word in words:
        assert sum(word in message for message in told) == 1


def test_a_password_like_the_address_is_refused():
    with pytest.raises(ValidationError, match="adresse e-mail"):
        validate_password("Alice.Legoff-1", User(email="alice.legoff@theatre.example"))


@pytest.mark.parametrize("password", ["Mot-de-passe-1!", "Élan vital 2026 ?", "aB3_aaaaaaaaa"])
def test_good_passwords_pass(password):
    validate_password(password)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("01.23.45.67.89", "+33123456789"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("+262 692 12 34 56", "+262692123456"),
    ],
)
def test_phones_are_kept_in_international_form(typed, kept):
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "0012345", "06123456789", "+33", "six", "٠٦١٢٣٤٥٦٧٨"])
def test_what_is_not_a_phone_is_refused(typed):
    with pytest.raises(ValidationError):
        clean_phone(typed)
