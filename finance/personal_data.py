"""What finance holds on a person (see passpro/accounts/personal_data.py); money rows stay."""

from finance.models import BankAccount, OffererDefaultAccount, VenueBankAccountLink
from passpro.accounts.models import User
from passpro.accounts.personal_data import Holder, Rows
from passpro.accounts.services.erasure import anonymous_label


def collect(person: User) -> dict[str, Rows]:
    filed = BankAccount.objects.filter(filed_by=person).select_related("offerer").order_by("pk")
    if not filed:
        return {}
    return {
        "Comptes bancaires déposés": [
            {
                "structure": account.offerer.name,
                "intitulé": account.label,
                "IBAN": account.masked_iban,
                "déposé le": account.filed_at,
                "état": account.get_status_display(),
            }
            for account in filed
        ]
    }


def erase(person: User) -> None:
    """Links keep the name of who made them without the account: only in the person's structures."""
    name, label = person.get_full_name(), anonymous_label(person.pk)
    if not name:
        return
    offerers = list(person.memberships.values_list("offerer_id", flat=True))
    for links in (
        VenueBankAccountLink.objects.filter(venue__offerer__in=offerers),
        OffererDefaultAccount.objects.filter(offerer__in=offerers),
    ):
        links.filter(opened_by=name).update(opened_by=label)
        links.filter(closed_by=name).update(closed_by=label)


HOLDER = Holder(app="finance", collect=collect, erase=erase)
