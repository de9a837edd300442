"""E-mails of finance, as they are sent (§23)."""

from typing import Any

import pytest
from django.template.loader import render_to_string

FACTS = {
    "reference": "A260000001",
    "amount": "30,00 €",
    "label": "Théâtre – exploitation",
    "masked_iban": "FR76 •••• •••• 0189",
    "title": "Dom Juan",
    "venue": "Théâtre du Quai",
    "reason": "Compte clos (AC04)",
    "url": "https://passpro.test/ici",
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "event", ["debit_note", "incident_overpayment", "incident_credit_back", "transfer_returned"]
)
def test_email(event: str, count: int, snapshot: Any) -> None:
    facts = FACTS | {"count": count}
    subject = render_to_string(f"email/finance/{event}.subject.txt", facts)
    assert f"{subject}\n{render_to_string(f'email/finance/{event}.txt', facts)}" == snapshot
    assert FACTS["title" if "incident" in event else "amount"] in render_to_string(
        f"email/finance/{event}.html", facts
    )
