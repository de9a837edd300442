"""Roles and rights: the table of the rule book (§15), and what each role opens in the admin."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from passpro.accounts.staff_groups import ROLES, permissions_of, sync_staff_groups
from passpro.accounts.staff_rights import ALL_RIGHTS, OWN_RIGHTS, RIGHTS
from tests.accounts.factories import UserFactory

ALL = """MANAGE_PERMISSIONS READ_ADMIN_ACCOUNTS MANAGE_ADMIN_ACCOUNTS FEATURE_FLIPPING
PRO_FRAUD_ACTIONS BENEFICIARY_FRAUD_ACTIONS READ_PUBLIC_ACCOUNT MANAGE_PUBLIC_ACCOUNT SUSPEND_USER
UNSUSPEND_USER READ_PRO_ENTITY MANAGE_PRO_ENTITY DELETE_PRO_ENTITY MOVE_SIRET ADVANCED_PRO_SUPPORT
VALIDATE_OFFERER READ_BOOKINGS MANAGE_BOOKINGS READ_OFFERS MANAGE_OFFERS MULTIPLE_OFFERS_ACTIONS
READ_TAGS MANAGE_OFFERER_TAG MANAGE_OFFERS_AND_VENUES_TAGS MANAGE_TAGS_N2 READ_REIMBURSEMENT_RULES
CREATE_REIMBURSEMENT_RULES READ_INCIDENTS MANAGE_INCIDENTS GENERATE_INVOICES
MANAGE_TECH_PARTNERS""".split()
# §15.2, copied.
TABLE = {
    "admin": "MANAGE_PERMISSIONS READ_ADMIN_ACCOUNTS MANAGE_ADMIN_ACCOUNTS READ_TAGS "
    "MANAGE_OFFERER_TAG MANAGE_OFFERS_AND_VENUES_TAGS MANAGE_TAGS_N2",
    "support_n1": "READ_PUBLIC_ACCOUNT",
    "support_n2": "READ_PUBLIC_ACCOUNT MANAGE_PUBLIC_ACCOUNT SUSPEND_USER",
    "support_pro": "READ_PRO_ENTITY MANAGE_PRO_ENTITY DELETE_PRO_ENTITY READ_BOOKINGS "
    "MANAGE_BOOKINGS READ_OFFERS READ_REIMBURSEMENT_RULES READ_INCIDENTS MANAGE_INCIDENTS "
    "MANAGE_TECH_PARTNERS",
    "support_pro_n2": "MOVE_SIRET ADVANCED_PRO_SUPPORT",
    "fraude_conformite": "PRO_FRAUD_ACTIONS READ_PUBLIC_ACCOUNT READ_PRO_ENTITY VALIDATE_OFFERER "
    "READ_BOOKINGS MANAGE_BOOKINGS READ_OFFERS MANAGE_OFFERS MULTIPLE_OFFERS_ACTIONS",
    "fraude_jeunes": "READ_PUBLIC_ACCOUNT SUSPEND_USER UNSUSPEND_USER BENEFICIARY_FRAUD_ACTIONS "
    "READ_BOOKINGS MANAGE_BOOKINGS",
    "daf": "READ_REIMBURSEMENT_RULES READ_INCIDENTS",
    "responsable_daf": "READ_REIMBURSEMENT_RULES CREATE_REIMBURSEMENT_RULES GENERATE_INVOICES",
    "programmation_market": "READ_PUBLIC_ACCOUNT READ_PRO_ENTITY MANAGE_PRO_ENTITY "
    "VALIDATE_OFFERER READ_OFFERS MANAGE_OFFERS MULTIPLE_OFFERS_ACTIONS READ_TAGS",
    "homologation": "READ_PRO_ENTITY MANAGE_PRO_ENTITY VALIDATE_OFFERER",
    "product_management": "FEATURE_FLIPPING",
    "lecture_seule": "READ_ADMIN_ACCOUNTS READ_PUBLIC_ACCOUNT READ_PRO_ENTITY READ_BOOKINGS "
    "READ_OFFERS READ_TAGS",
    "charge_developpement": "",
    "partenaire_technique": "",
    "qa": " ".join(code for code in ALL if code != "GENERATE_INVOICES"),
    "global_access": " ".join(
        code for code in ALL if code not in {"GENERATE_INVOICES", "MANAGE_PERMISSIONS"}
    ),
}


def test_the_31_rights_and_17_roles_are_those_of_the_rule_book():
    assert [right.code for right in RIGHTS] == ALL
    assert {role.code: set(role.table) for role in ROLES} == {
        code: set(rights.split()) for code, rights in TABLE.items()
    }
    assert len({role.name for role in ROLES}) == 17
    assert not {right.code for right in OWN_RIGHTS} & set(ALL)


@pytest.mark.django_db
def test_roles_are_written_after_the_migrations_and_again_without_change():
    before = set(Group.permissions.through.objects.values_list("group__name", "permission_id"))

    sync_staff_groups()

    assert set(Group.permissions.through.objects.values_list("group__name", "permission_id")) == (
        before
    )
    assert set(Group.objects.values_list("name", flat=True)) >= {role.name for role in ROLES}


@pytest.mark.django_db
def test_every_right_is_a_permission_and_every_page_is_opened_by_some_right():
    known = {
        f"{one.content_type.app_label}.{one.codename}"
        for one in Permission.objects.select_related("content_type")
    }
    opened = permissions_of([right.code for right in ALL_RIGHTS], known)

    assert {right.permission for right in ALL_RIGHTS} <= known
    shown = {
        f"{model._meta.app_label}.view_{model._meta.model_name}" for model in admin.site._registry
    }
    assert not shown - opened, "name these under a right in passpro/accounts/staff_rights.py"


# List of the admin → roles that open it; every other role is refused.
PAGES = {
    "venues/offerer": {"fraude_conformite", "homologation", "lecture_seule",
                       "programmation_market", "support_pro"},
    "venues/membership": {"fraude_conformite", "homologation", "lecture_seule",
                          "programmation_market", "support_pro"},
    "venues/venue": {"fraude_conformite", "homologation", "lecture_seule",
                     "programmation_market", "support_pro"},
    "offers/offer": {"admin", "charge_developpement", "fraude_conformite", "lecture_seule",
                     "programmation_market", "support_pro"},
    "offers/selection": {"admin", "charge_developpement", "fraude_conformite", "lecture_seule",
                         "programmation_market", "support_pro"},
    "offers/moderationrule": {"fraude_conformite", "lecture_seule", "programmation_market",
                              "support_pro"},
    "accounts/seenas": {"admin", "lecture_seule"},
    "bookings/booking": {"fraude_conformite", "fraude_jeunes", "lecture_seule",
                         "responsable_daf", "support_pro"},
    "bookings/deposit": {"fraude_conformite", "fraude_jeunes", "lecture_seule",
                         "programmation_market", "support_n1", "support_n2"},
    "finance/bankaccount": {"daf", "homologation", "lecture_seule", "responsable_daf",
                            "support_pro"},
    "finance/cashflowbatch": {"daf", "lecture_seule", "responsable_daf", "support_pro"},
    "finance/invoice": {"daf", "lecture_seule", "responsable_daf", "support_pro"},
    "accounts/user": {"admin", "fraude_conformite", "fraude_jeunes", "homologation",
                      "lecture_seule", "programmation_market", "support_n1", "support_n2",
                      "support_pro"},
    "auth/group": {"admin", "lecture_seule"},
    "kernel/featureswitch": {"product_management"},
    "kernel/actionlog": {"admin", "lecture_seule"},
    "kernel/outboxmessage": {"admin", "homologation", "lecture_seule", "support_n2",
                             "support_pro"},
    "kernel/jobrun": {"admin", "lecture_seule"},
}  # fmt: skip
EVERYTHING = {"qa", "global_access"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.code)
def test_each_role_opens_the_pages_of_its_line(client, role):
    agent = UserFactory(staff=True)
    agent.groups.set(Group.objects.filter(name=role.name))
    client.force_login(agent)

    got = {page: client.get(f"/admin/{page}/").status_code for page in PAGES}

    expected = {
        page: 200 if role.code in roles | EVERYTHING else 403 for page, roles in PAGES.items()
    }
    assert got == expected
    assert client.get("/admin/").status_code == 200
