"""E-mails that a person may refuse; the others are needed to use the product (J1)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notification:
    """`code` is kept in User.muted_notifications and asked with `user.accepts(code)`."""

    code: str
    label: str
    help: str
    for_beneficiaries: bool

    @property
    def words(self) -> str:
        return f"{self.label} : {self.help[:1].lower()}{self.help[1:]}"


TEAM = "team"
BANK = "bank"
CREDIT = "credit"
EXPIRY = "expiry"

NOTIFICATIONS = (
    Notification(
        TEAM, "L’équipe de mes structures", "Demandes de rattachement et invitations acceptées.",
        for_beneficiaries=False,
    ),
    Notification(
        BANK, "Les comptes bancaires que j’ai déposés", "Corrections demandées et refus.",
        for_beneficiaries=False,
    ),
    Notification(
        CREDIT, "Mon crédit", "Ce que je reçois à mon anniversaire.", for_beneficiaries=True
    ),
    Notification(
        EXPIRY, "Mes réservations non retirées", "Quand le délai de retrait est passé.",
        for_beneficiaries=True,
    ),
)  # fmt: skip


def offered_to(*, is_beneficiary: bool) -> tuple[Notification, ...]:
    return tuple(one for one in NOTIFICATIONS if one.for_beneficiaries == is_beneficiary)
