"""The sign-up journey of a structure, step by step; a step without a draft goes to the first."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.kernel.actor import Actor
from passpro.kernel.errors import DomainError
from passpro.registers import companies
from passpro.registers.limits import count_lookup
from venues import registration_draft as drafts
from venues.constants import LOOKUPS_PER_MINUTE
from venues.models import Invitation, Membership, Offerer
from venues.permissions import may_use_portal
from venues.registration_draft import Draft
from venues.registration_forms import ActivityForm, IdentityForm, NumberForm
from venues.services.offerers import register_offerer
from venues.services.registration import Found, finish_registration, look_up
from venues.views.preparation import prepared

_STEPS = (
    ("Identification", "venues:registration_identity"),
    ("Activité", "venues:registration_activity"),
    ("Validation", "venues:registration_confirm"),
)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def structure_create(request: HttpRequest) -> HttpResponse:
    """B0 and B1: what will be asked, then a SIREN or a SIRET."""
    form = NumberForm(request.POST or None, initial={"number": prepared(request).get("number")})
    status, found = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                found = _ask(request, form.cleaned_data["number"])
            except DomainError as error:
                form.add_error("number", error.message)
                status = error.http_status
            else:
                drafts.start(request, found)
                step = "known" if found.is_known else "identity"
                return redirect(f"venues:registration_{step}")
    context = {
        "form": form,
        "is_first": not Membership.objects.listed_for(request.user).exists(),
        "draft": drafts.read(request),
        "examples": companies.examples(),
        "invitations": Invitation.objects.visible_to(request.user)
        .live(clock.now())
        .select_related("offerer", "invited_by"),
    }
    return render(request, "venues/structure_create.html", context, status=status)


def _ask(request: HttpRequest, number: str) -> Found:
    count_lookup(register="companies", person=request.user.pk, per_minute=LOOKUPS_PER_MINUTE)
    return look_up(number=number, user=request.user)


@allowed_if(may_use_portal)
@require_GET
def registration_company(request: HttpRequest) -> HttpResponse:
    """The name beside the field while the number is typed (OFF-03)."""
    form = NumberForm(request.GET)
    found, message = None, ""
    if form.is_valid():
        try:
            found = _ask(request, form.cleaned_data["number"])
        except DomainError as error:
            message = error.message
    context = {"found": found, "message": message}
    return render(request, "venues/registration/company.html", context)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def registration_known(request: HttpRequest) -> HttpResponse:
    """B2: the SIREN is on the platform: join its team, with or without a place to add."""
    draft = drafts.read(request)
    offerer = Offerer.objects.filter(siren=draft.siren).first() if draft else None
    if draft is None or offerer is None or not offerer.is_open:
        return redirect("venues:structure_create")
    if request.method == "POST":
        if "add" in request.POST:
            draft.joins = True
            drafts.keep(request, draft)
            return redirect("venues:registration_identity")
        return _join(request, offerer)
    context = {
        "offerer": offerer,
        "draft": draft,
        "venues": offerer.venues.physical().order_by("name", "pk")[:4],
    }
    return render(request, "venues/registration/known.html", context)


def _join(request: HttpRequest, offerer: Offerer) -> HttpResponse:
    try:
        register_offerer(user=request.user, siren=offerer.siren, by=Actor.user(request.user))
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("venues:structures")
    drafts.forget(request)
    return _requested(request, offerer.name)


def _requested(request: HttpRequest, name: str) -> HttpResponse:
    request.session["registration_asked"] = name
    return redirect("venues:registration_requested")


@allowed_if(may_use_portal)
@require_GET
def registration_requested(request: HttpRequest) -> HttpResponse:
    """B3: the team answers by e-mail."""
    name = request.session.get("registration_asked", "")
    if not name:
        return redirect("venues:structures")
    return render(request, "venues/registration/requested.html", {"name": name})


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def registration_identity(request: HttpRequest) -> HttpResponse:
    """B4: name and address, prefilled from the register."""
    draft = drafts.read(request)
    if draft is None:
        return redirect("venues:structure_create")
    form = IdentityForm(request.POST or None, draft=draft)
    return _step(request, form, draft, at=0)


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def registration_activity(request: HttpRequest) -> HttpResponse:
    """B5: what the place does, and for whom."""
    draft = drafts.read(request)
    if draft is None or not draft.has_identity:
        return redirect("venues:structure_create")
    form = ActivityForm(request.POST or None, draft=draft)
    return _step(request, form, draft, at=1)


def _step(
    request: HttpRequest, form: IdentityForm | ActivityForm, draft: Draft, *, at: int
) -> HttpResponse:
    """Show a form; on a right answer keep it and go to the next step."""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            form.write(draft)
            drafts.keep(request, draft)
            return redirect(_STEPS[at + 1][1])
    template = ("venues/registration/identity.html", "venues/registration/activity.html")[at]
    context = {"form": form, "draft": draft, "steps": _steps(draft, at)}
    return render(request, template, context, status=status)


def _steps(draft: Draft, at: int) -> list[dict[str, str]]:
    return [
        {
            "label": label,
            "href": name if number < at else "",
            "state": "done" if number < at else "current" if number == at else "",
        }
        for number, (label, name) in enumerate(_STEPS)
    ]


@allowed_if(may_use_portal)
@require_http_methods(["GET", "POST"])
def registration_confirm(request: HttpRequest) -> HttpResponse:
    """B6: everything on one page, then structure, attachment and venue are created."""
    draft = drafts.read(request)
    if draft is None or not draft.has_identity or not draft.activity:
        return redirect("venues:structure_create")
    status, refusal = 200, ""
    if request.method == "POST":
        try:
            done = finish_registration(
                user=request.user,
                application=draft.application(),
                by=Actor.user(request.user),
            )
        except DomainError as error:
            status, refusal = error.http_status, error.message
        else:
            drafts.forget(request)
            offerer = done.membership.offerer
            if done.membership.status == "PENDING":
                return _requested(request, offerer.name)
            messages.success(request, f"La structure « {offerer.name} » est enregistrée.")
            return redirect("venues:structure", pk=offerer.pk)
    context = {"draft": draft, "steps": _steps(draft, 2), "refusal": refusal}
    return render(request, "venues/registration/confirm.html", context, status=status)


@allowed_if(may_use_portal)
@require_POST
def registration_quit(request: HttpRequest) -> HttpResponse:
    """Leave and forget what was typed."""
    drafts.forget(request)
    return redirect("venues:structures")
