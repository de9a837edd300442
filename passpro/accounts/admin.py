"""People seen by the team: search, young people's accounts, agents' roles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from passpro.accounts import admin_domains  # noqa: F401  (it registers its page)
from passpro.accounts.admin_access import MANAGE_AGENTS, AccessMixin
from passpro.accounts.admin_lifecycle import LIFE_RIGHTS, LifecycleMixin
from passpro.accounts.exceptions import EmailDomainBlocked
from passpro.accounts.models import User
from passpro.accounts.services.beneficiaries import age_on, create_beneficiary
from passpro.accounts.services.domains import check_domain
from passpro.accounts.staff_groups import GROUPS
from passpro.kernel import action_log, clock
from passpro.kernel.actor import Actor
from passpro.kernel.admin_base import ReadOnlyAdmin, TeamAdmin
from passpro.kernel.models import ActionLog
from passpro.reference.departments import department_of

admin.site.unregister(Group)

# Which right opens which kind of account, to look and to change (§15.1).
_READ = {
    "Agent": ("accounts.read_admin_accounts", MANAGE_AGENTS),
    "Bénéficiaire": ("accounts.read_public_account", "accounts.manage_public_account"),
    "Acteur culturel": ("accounts.read_pro_entity", "accounts.manage_pro_entity"),
}
_CHANGE = {
    "Agent": MANAGE_AGENTS,
    "Bénéficiaire": "accounts.manage_public_account",
    "Acteur culturel": "accounts.manage_pro_entity",
}
_OF_KIND = {
    "Agent": Q(is_staff=True),
    "Bénéficiaire": ~Q(beneficiary_role=""),
    "Acteur culturel": Q(is_staff=False, beneficiary_role=""),
}


def kind_of(user: User) -> str:
    if user.is_staff:
        return "Agent"
    return "Bénéficiaire" if user.is_beneficiary else "Acteur culturel"


def people_seen_by(agent: User) -> QuerySet[User]:
    """The kinds of accounts that the agent's rights open; who names agents sees professionals."""
    seen = Q(pk__in=[])
    for kind, rights in _READ.items():
        if any(map(agent.has_perm, rights)):
            seen |= _OF_KIND[kind]
    if agent.has_perm(MANAGE_AGENTS):
        seen |= _OF_KIND["Acteur culturel"]
    return User.objects.filter(seen)


class BeneficiaryForm(forms.ModelForm):
    """A young person's account: the person receives an e-mail to choose a password."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "date_of_birth", "postal_code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        try:
            check_domain(email)
        except EmailDomainBlocked as refusal:
            raise forms.ValidationError(refusal.message) from None
        return email

    def clean_date_of_birth(self) -> Any:
        birth = self.cleaned_data["date_of_birth"]
        if not 15 <= age_on(birth, clock.today()) <= 18:
            raise forms.ValidationError("Un bénéficiaire a entre 15 et 18 ans.")
        return birth

    def clean_postal_code(self) -> str:
        code = self.cleaned_data["postal_code"]
        if not department_of(code):
            raise forms.ValidationError("Saisissez un code postal français de 5 chiffres.")
        return code


class KindFilter(admin.SimpleListFilter):
    title = "profil"
    parameter_name = "profil"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in _OF_KIND]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        of_kind = _OF_KIND.get(self.value() or "")
        return queryset.filter(of_kind) if of_kind else queryset


@admin.register(User)
class UserAdmin(AccessMixin, LifecycleMixin, TeamAdmin):
    """The password hash is in no form; only who may manage agents gives roles."""

    list_display = ("email", "full_name", "kind", "is_active", "email_verified_at", "created_at")
    list_filter = (KindFilter, "is_active", "groups")
    search_fields = ("email", "first_name", "last_name", "phone", "=id")
    ordering = ("-created_at",)
    show_full_result_count = False
    filter_horizontal = ("groups",)
    actions_detail: Any = (
        "see_as",
        {
            "title": "Compte",
            "icon": "manage_accounts",
            "items": ["reset_factor", *LifecycleMixin.actions_detail],
        },
    )
    may = LIFE_RIGHTS
    shown_if = {
        "resend": lambda person: person.is_active and person.email_verified_at is None,
        "verify": lambda person: person.email_verified_at is None,
        "suspend": lambda person: person.is_active,
        "unsuspend": lambda person: person.suspended_at and not person.anonymised_at,
        "close": lambda person: person.is_active,
        "anonymise": lambda person: not person.anonymised_at,
        "reset_factor": lambda person: person.is_staff,
    }
    facts = (
        "email", "kind", "beneficiary_role", "date_of_birth", "department_code",
        "email_verified_at", "last_login", "last_seen_at", "created_at", "accepts_contact",
        "accepts_newsletter", "is_active", "suspended_at", "suspension_reason", "anonymised_at",
        "second_factor",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return people_seen_by(request.user)

    @display(description="nom")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    @display(
        description="profil",
        label={"Agent": "info", "Bénéficiaire": "success", "Acteur culturel": "warning"},
    )
    def kind(self, user: User) -> str:
        return kind_of(user)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any):
        if obj is None:
            kw["form"] = BeneficiaryForm
        return super().get_form(request, obj, change=change, **kw)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None):
        if obj is None:
            fields = BeneficiaryForm.Meta.fields
            text = "Un e-mail invite la personne à choisir son mot de passe."
            return (("Nouveau bénéficiaire", {"fields": fields, "description": text}),)
        sections = [
            ("Coordonnées", {"fields": ("first_name", "last_name", "pseudo", "phone")}),
            ("Compte", {"fields": self.facts}),
        ]
        if not obj.is_beneficiary:
            sections.append(("Rôles d’agent", {"fields": ("is_staff", "groups")}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None):
        if obj is None:
            return ()
        may_manage = request.user.has_perm(MANAGE_AGENTS)
        # Nobody raises their own rights, and support cannot touch an agent's account.
        if not may_manage or obj.pk == request.user.pk:
            return (*self.facts, "is_staff", "groups")
        return self.facts

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.manage_public_account")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or (request.user.has_perm(MANAGE_AGENTS) and not obj.is_beneficiary):
            return True
        return request.user.has_perm(_CHANGE[kind_of(obj)])

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        created = create_beneficiary(**form.cleaned_data, by=Actor.user(request.user))
        obj.__dict__.update(created.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles given or taken leave their own row (HIS-03)."""
        before = _roles(form.instance) if change else ""
        super().save_related(request, form, formsets, change)
        if change and before != (after := _roles(form.instance)):
            action_log.record(
                form.instance,
                ActionLog.Kind.ROLES_CHANGED,
                by=Actor.user(request.user),
                changes={"rôles": [before or "–", after or "–"]},
            )


def _roles(user: User) -> str:
    return ", ".join(user.groups.order_by("name").values_list("name", flat=True))


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Roles are declared in passpro/accounts/staff_groups.py; people join on their own page."""

    list_display = ("name", "text", "rights_held", "people")
    fields = ("name", "text", "rights", "members")
    readonly_fields = ("text", "rights", "members")

    @display(description="pour qui")
    def text(self, group: Group) -> str:
        return GROUPS[group.name].text if group.name in GROUPS else "–"

    @display(description="droits")
    def rights_held(self, group: Group) -> int:
        return len(GROUPS[group.name].rights) if group.name in GROUPS else 0

    @display(description="droits")
    def rights(self, group: Group) -> str:
        held = group.permissions.filter(content_type__app_label="accounts")
        names = held.exclude(codename__endswith="_user").values_list("name", flat=True)
        return " · ".join(names) or "–"

    @display(description="agents")
    def people(self, group: Group) -> int:
        return group.user_set.count()

    @display(description="agents")
    def members(self, group: Group) -> str:
        return ", ".join(map(str, group.user_set.all())) or "–"
