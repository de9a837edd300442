"""People seen by the team: search, young people's accounts, agents' rights."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from passpro.accounts.models import User
from passpro.accounts.services.beneficiaries import age_on, create_beneficiary
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.kernel.admin import ReadOnlyAdmin
from passpro.reference.departments import department_of

admin.site.unregister(Group)


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
        return self.cleaned_data["email"].lower()

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


@admin.register(User)
class UserAdmin(ModelAdmin):
    """The password hash is in no form; only who may manage agents gives rights."""

    list_display = ("email", "full_name", "kind", "is_active", "email_verified_at", "created_at")
    list_filter = ("beneficiary_role", "is_staff", "is_active")
    search_fields = ("email", "first_name", "last_name", "phone", "=id")
    list_per_page = 50
    ordering = ("-created_at",)
    actions = None
    filter_horizontal = ("groups",)
    facts = (
        "email", "kind", "beneficiary_role", "date_of_birth", "department_code",
        "email_verified_at", "last_login", "created_at", "accepts_contact", "accepts_newsletter",
    )  # fmt: skip

    @display(description="nom")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    @display(
        description="profil",
        label={"Agent": "info", "Bénéficiaire": "success", "Acteur culturel": "warning"},
    )
    def kind(self, user: User) -> str:
        if user.is_staff:
            return "Agent"
        return "Bénéficiaire" if user.is_beneficiary else "Acteur culturel"

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
            sections.append(("Droits d’agent", {"fields": ("is_active", "is_staff", "groups")}))
        else:
            sections.append(("Accès", {"fields": ("is_active",)}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None):
        if obj is None:
            return ()
        may_manage = request.user.has_perm("accounts.manage_agents")
        # Nobody raises their own rights, and support cannot touch an agent's account.
        if not may_manage or obj.pk == request.user.pk:
            return (*self.facts, "is_active", "is_staff", "groups") if obj.is_staff else (
                *self.facts, "is_staff", "groups",
            )  # fmt: skip
        return self.facts

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_staff and not request.user.has_perm("accounts.manage_agents"):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        created = create_beneficiary(**form.cleaned_data, by=Actor.user(request.user))
        obj.__dict__.update(created.__dict__)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Rights are declared in passpro/accounts/staff_groups.py; people join on their own page."""

    list_display = ("name", "people")
    fields = ("name", "permissions")

    @display(description="agents")
    def people(self, group: Group) -> int:
        return group.user_set.count()
