"""Forms of structures and venues: shape only, services decide."""

from venues.forms.api_keys import ApiKeyForm
from venues.forms.common import AddressMixin
from venues.forms.opening import OpeningForm
from venues.forms.partners import (
    AdageForm,
    TeacherForm,
    partner_form,
)
from venues.forms.venues import IdentityForm, NewVenueForm, NotificationsForm, WelcomeForm

__all__ = [
    "AdageForm",
    "AddressMixin",
    "ApiKeyForm",
    "IdentityForm",
    "NewVenueForm",
    "NotificationsForm",
    "OpeningForm",
    "TeacherForm",
    "WelcomeForm",
    "partner_form",
]
