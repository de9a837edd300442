"""What an agent may do: rights of the team, each one a permission « accounts.<code> » (§15.1).

A right opens pages and actions of the admin, named by Django's own permissions; `*` stands for
anything. Adding a model to the admin means naming it here, under the right that opens it.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Right:
    """`label` is read in the matrix; `opens` are patterns of « app.codename »."""

    code: str
    family: str
    label: str
    opens: tuple[str, ...] = ()

    @property
    def codename(self) -> str:
        return self.code.lower()

    @property
    def permission(self) -> str:
        return f"accounts.{self.codename}"


_ADMIN, _FRAUD, _PUBLIC = "Administration", "Fraude et conformité", "Comptes jeunes"
_PRO, _BOOKINGS, _OFFERS = "Acteurs culturels", "Réservations", "Offres"
_TAGS, _FINANCE, _PARTNERS = "Mises en avant", "Finance", "Partenaires"
_MESSAGES = "Messages et notes"

# The 31 rights of the rule book, in its order.
RIGHTS: tuple[Right, ...] = (
    Right("MANAGE_PERMISSIONS", _ADMIN, "voir qui a quels droits", ("auth.view_group",)),
    Right(
        "READ_ADMIN_ACCOUNTS", _ADMIN, "voir les comptes d’agents",
        ("accounts.view_user", "auth.view_group"),
    ),
    Right(
        "MANAGE_ADMIN_ACCOUNTS", _ADMIN, "donner des rôles, réinitialiser un second facteur",
        ("accounts.view_user", "accounts.change_user"),
    ),
    Right(
        "FEATURE_FLIPPING", _ADMIN, "ouvrir et fermer des fonctions",
        ("kernel.view_featureswitch", "kernel.change_featureswitch"),
    ),
    Right(
        "PRO_FRAUD_ACTIONS", _FRAUD, "écrire les règles de contrôle, suspendre une structure",
        ("offers.*moderation*", "venues.close_offerer"),
    ),
    Right(
        "BENEFICIARY_FRAUD_ACTIONS", _FRAUD, "suspendre et bloquer un domaine e-mail",
        ("accounts.*blockeddomain",),
    ),
    Right(
        "READ_PUBLIC_ACCOUNT", _PUBLIC, "voir les jeunes et leurs crédits",
        ("accounts.view_user", "bookings.view_deposit", "bookings.view_local*"),
    ),
    Right(
        "MANAGE_PUBLIC_ACCOUNT", _PUBLIC, "créer et modifier un compte jeune, accorder un crédit",
        (
            "accounts.view_user", "accounts.add_user", "accounts.change_user",
            "bookings.*deposit", "bookings.*_local*",
        ),
    ),
    Right("SUSPEND_USER", _PUBLIC, "suspendre un compte"),
    Right("UNSUSPEND_USER", _PUBLIC, "lever une suspension"),
    Right(
        "READ_PRO_ENTITY", _PRO, "voir structures, lieux et personnes",
        ("accounts.view_user", "venues.view_*"),
    ),
    Right(
        "MANAGE_PRO_ENTITY", _PRO, "modifier structures, lieux et personnes",
        ("accounts.change_user", "venues.change_*"),
    ),
    Right("DELETE_PRO_ENTITY", _PRO, "supprimer une structure ou un lieu", ("venues.delete_*",)),
    Right(
        "MOVE_SIRET", _PRO, "déplacer un SIRET",
        ("finance.*_venuepricingpointlink",),
    ),
    Right("ADVANCED_PRO_SUPPORT", _PRO, "couper un lien de synchronisation"),
    Right(
        "VALIDATE_OFFERER", _PRO, "valider ou refuser structures et rattachements",
        ("venues.decide_*",),
    ),
    Right(
        "READ_BOOKINGS", _BOOKINGS, "voir les réservations",
        ("bookings.view_booking*", "bookings.view_offlineaction"),
    ),
    Right("MANAGE_BOOKINGS", _BOOKINGS, "agir sur une réservation", ("bookings.change_booking",)),
    Right("READ_OFFERS", _OFFERS, "voir les offres", ("offers.view_*", "collective.view_*")),
    Right(
        "MANAGE_OFFERS", _OFFERS, "valider ou refuser une offre",
        (
            "offers.change_offer", "offers.decide_*", "collective.add_*", "collective.change_*",
            "collective.decide_*",
        ),
    ),
    Right("MULTIPLE_OFFERS_ACTIONS", _OFFERS, "décider de plusieurs offres à la fois"),
    Right("READ_TAGS", _TAGS, "voir les sélections", ("offers.view_*selection*",)),
    Right(
        "MANAGE_OFFERER_TAG", _TAGS, "écrire et poser les étiquettes de structures",
        ("venues.view_offerertag*",),
    ),
    Right(
        "MANAGE_OFFERS_AND_VENUES_TAGS", _TAGS, "composer les sélections d’offres",
        (
            "offers.*selection*", "offers.*selectedoffer", "offers.view_offer",
            "venues.view_venuetag",
        ),
    ),
    Right(
        "MANAGE_TAGS_N2", _TAGS, "supprimer une sélection",
        ("offers.delete_*selection*", "venues.*offerertagcategory"),
    ),
    Right("READ_REIMBURSEMENT_RULES", _FINANCE, "voir les barèmes", ("finance.view_*rule*",)),
    Right("CREATE_REIMBURSEMENT_RULES", _FINANCE, "créer un barème", ("finance.*rule*",)),
    Right("READ_INCIDENTS", _FINANCE, "voir les incidents", ("finance.view_*incident*",)),
    Right("MANAGE_INCIDENTS", _FINANCE, "traiter les incidents", ("finance.*incident*",)),
    Right(
        "GENERATE_INVOICES", _FINANCE, "contrôler un lot, émettre les justificatifs",
        ("finance.change_cashflowbatch", "finance.*batch*", "finance.*invoice*"),
    ),
    Right(
        "MANAGE_TECH_PARTNERS", _PARTNERS, "gérer les logiciels partenaires",
        ("venues.*apikey*", "venues.*provider*", "venues.*cinemapivot"),
    ),
)  # fmt: skip

# Rights that this product needs besides: bank deposits (seed 004), payments, messages, « voir
# comme », notes.
OWN_RIGHTS: tuple[Right, ...] = (
    Right("READ_FINANCE", _FINANCE, "voir comptes, lots et virements", ("finance.view_*",)),
    Right(
        "CHECK_BANK_ACCOUNTS", _FINANCE, "contrôler les comptes bancaires",
        ("finance.*bankaccount*",),
    ),
    Right(
        "VALIDATE_INCIDENTS", _FINANCE, "valider un incident proposé par une autre personne",
        ("finance.view_*incident*", "finance.change_financeincident"),
    ),
    Right("READ_MESSAGES", _MESSAGES, "lire les messages sortants", ("kernel.view_outboxmessage",)),
    Right("RESEND_MESSAGES", _MESSAGES, "renvoyer un message", ("kernel.resend_outboxmessage",)),
    Right(
        "READ_JOBS", _ADMIN, "voir travaux planifiés et historique",
        ("kernel.view_jobrun", "kernel.view_actionlog", "accounts.view_seenas"),
    ),
    Right("WRITE_NOTES", _MESSAGES, "écrire une note sur une fiche"),
    Right(
        "EXPORT_USER", _PUBLIC, "extraire les données d’une personne",
        ("accounts.*dataexport", "accounts.view_user"),
    ),
    Right(
        "MANAGE_CONTACTS", _PRO, "publier contacts de territoire et webinaires", ("portal.*",)
    ),
    Right("ANONYMISE_USER", _PUBLIC, "effacer une personne", ("accounts.view_user",)),
    Right("SIGN_IN_AS_PRO", _PRO, "voir le portail comme un acteur culturel"),
)  # fmt: skip

ALL_RIGHTS = (*RIGHTS, *OWN_RIGHTS)
BY_CODE = {right.code: right for right in ALL_RIGHTS}
PERMISSIONS: Any = [
    (right.codename, f"{right.family} : {right.label}"[:255]) for right in ALL_RIGHTS
]
