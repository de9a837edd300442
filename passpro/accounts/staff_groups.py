"""Roles of the team and their rights, declared here and written after each migration (ROL-02).

A role is a group; its rights are those of staff_rights.py, plus the permissions that they open.
Several roles add up (ROL-01); nobody needs the superuser flag (ROL-04).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from passpro.accounts.staff_rights import BY_CODE, OWN_RIGHTS, RIGHTS


@dataclass(frozen=True, slots=True)
class Role:
    """`code` is the rule book's word, `name` the group's; `table` its line of §15.2."""

    code: str
    name: str
    text: str
    table: tuple[str, ...]
    besides: tuple[str, ...] = ()

    @property
    def rights(self) -> tuple[str, ...]:
        return self.table + self.besides


def _all_but(*codes: str) -> tuple[str, ...]:
    return tuple(right.code for right in RIGHTS if right.code not in codes)


_NOTES = ("WRITE_NOTES",)
_MAIL = ("READ_MESSAGES", "RESEND_MESSAGES")
_OWN = tuple(right.code for right in OWN_RIGHTS)

# §15.2 word for word, then what the role has besides in this product.
ROLES: tuple[Role, ...] = (
    Role(
        "admin", "Administration", "Comptes de l’équipe et réglages",
        ("MANAGE_PERMISSIONS", "READ_ADMIN_ACCOUNTS", "MANAGE_ADMIN_ACCOUNTS", "READ_TAGS",
         "MANAGE_OFFERER_TAG", "MANAGE_OFFERS_AND_VENUES_TAGS", "MANAGE_TAGS_N2"),
        ("READ_JOBS", "EXPORT_USER", "ANONYMISE_USER", "MANAGE_CONTACTS", *_MAIL, *_NOTES),
    ),
    Role(
        "support_n1", "Support N1", "Premier accueil des jeunes", ("READ_PUBLIC_ACCOUNT",), _NOTES
    ),
    Role(
        "support_n2", "Support jeunes", "Comptes et crédits des jeunes",
        ("READ_PUBLIC_ACCOUNT", "MANAGE_PUBLIC_ACCOUNT", "SUSPEND_USER"),
        ("EXPORT_USER", *_MAIL, *_NOTES),
    ),
    Role(
        "support_pro", "Support pro", "Aide aux acteurs culturels",
        ("READ_PRO_ENTITY", "MANAGE_PRO_ENTITY", "DELETE_PRO_ENTITY", "READ_BOOKINGS",
         "MANAGE_BOOKINGS", "READ_OFFERS", "READ_REIMBURSEMENT_RULES", "READ_INCIDENTS",
         "MANAGE_INCIDENTS", "MANAGE_TECH_PARTNERS"),
        ("READ_FINANCE", "SIGN_IN_AS_PRO", "SUSPEND_USER", "UNSUSPEND_USER", "EXPORT_USER",
         *_MAIL, *_NOTES),
    ),
    Role(
        "support_pro_n2", "Support pro N2", "Cas difficiles des acteurs culturels",
        ("MOVE_SIRET", "ADVANCED_PRO_SUPPORT"), _NOTES,
    ),
    Role(
        "fraude_conformite", "Conformité", "Contrôle des offres et fraude",
        ("PRO_FRAUD_ACTIONS", "READ_PUBLIC_ACCOUNT", "READ_PRO_ENTITY", "VALIDATE_OFFERER",
         "READ_BOOKINGS", "MANAGE_BOOKINGS", "READ_OFFERS", "MANAGE_OFFERS",
         "MULTIPLE_OFFERS_ACTIONS"),
        ("SIGN_IN_AS_PRO", *_NOTES),
    ),
    Role(
        "fraude_jeunes", "Fraude jeunes", "Fraude des comptes jeunes",
        ("READ_PUBLIC_ACCOUNT", "SUSPEND_USER", "UNSUSPEND_USER", "BENEFICIARY_FRAUD_ACTIONS",
         "READ_BOOKINGS", "MANAGE_BOOKINGS"),
        _NOTES,
    ),
    Role(
        "daf", "Finance (lecture)", "Direction financière",
        ("READ_REIMBURSEMENT_RULES", "READ_INCIDENTS"), ("READ_FINANCE",),
    ),
    Role(
        "responsable_daf", "Finance", "Lots de virements et barèmes",
        ("READ_REIMBURSEMENT_RULES", "CREATE_REIMBURSEMENT_RULES", "GENERATE_INVOICES"),
        ("READ_FINANCE", "READ_INCIDENTS", "VALIDATE_INCIDENTS", "CHECK_BANK_ACCOUNTS",
         "READ_BOOKINGS", *_NOTES),
    ),
    Role(
        "programmation_market", "Programmation", "Mise en avant et animation",
        ("READ_PUBLIC_ACCOUNT", "READ_PRO_ENTITY", "MANAGE_PRO_ENTITY", "VALIDATE_OFFERER",
         "READ_OFFERS", "MANAGE_OFFERS", "MULTIPLE_OFFERS_ACTIONS", "READ_TAGS"),
        ("MANAGE_OFFERS_AND_VENUES_TAGS", *_NOTES),
    ),
    Role(
        "homologation", "Homologation", "Structures, rattachements et comptes bancaires",
        ("READ_PRO_ENTITY", "MANAGE_PRO_ENTITY", "VALIDATE_OFFERER"),
        ("CHECK_BANK_ACCOUNTS", "SIGN_IN_AS_PRO", *_MAIL, *_NOTES),
    ),
    Role("product_management", "Produit", "Ouverture des fonctions", ("FEATURE_FLIPPING",)),
    Role(
        "lecture_seule", "Lecture seule", "Tout voir, ne rien changer",
        ("READ_ADMIN_ACCOUNTS", "READ_PUBLIC_ACCOUNT", "READ_PRO_ENTITY", "READ_BOOKINGS",
         "READ_OFFERS", "READ_TAGS"),
        ("READ_FINANCE", "READ_MESSAGES", "READ_JOBS"),
    ),
    # Nothing in the table; highlights are theirs by decision (STR-005).
    Role(
        "charge_developpement", "Développement territorial", "Sélections de leur territoire", (),
        ("READ_TAGS", "MANAGE_OFFERS_AND_VENUES_TAGS", "MANAGE_CONTACTS"),
    ),
    Role("partenaire_technique", "Partenaires techniques", "Sans droit par défaut", ()),
    Role("qa", "Recette", "Essais avant mise en ligne", _all_but("GENERATE_INVOICES"), _OWN),
    Role(
        "global_access", "Accès global", "Toute l’équipe produit",
        _all_but("MANAGE_PERMISSIONS", "GENERATE_INVOICES"), _OWN,
    ),
)  # fmt: skip

GROUPS = {role.name: role for role in ROLES}


def permissions_of(codes: Iterable[str], known: Iterable[str]) -> set[str]:
    """« app.codename » of these rights: their own, and those among `known` that they open."""
    rights = [BY_CODE[code] for code in codes]
    patterns = [pattern for right in rights for pattern in right.opens]
    opened = {name for name in known if any(fnmatchcase(name, one) for one in patterns)}
    return opened | {right.permission for right in rights}


def sync_staff_groups(**signal: Any) -> None:
    """Make groups and their rights what ROLES says; rights of apps still to migrate come later."""
    from django.contrib.auth.models import Group, Permission

    rights = {
        f"{right.content_type.app_label}.{right.codename}": right
        for right in Permission.objects.select_related("content_type")
    }
    for role in ROLES:
        group, _ = Group.objects.get_or_create(name=role.name)
        held = permissions_of(role.rights, rights)
        group.permissions.set(right for name, right in rights.items() if name in held)
