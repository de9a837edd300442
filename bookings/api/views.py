"""Countermark API version 2: look up, validate, take back, cancel (§6.3), as quick plain views."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from bookings.api import auth, responses
from bookings.exceptions import NoRightOnBooking
from bookings.services import cancel, countermark
from passpro.kernel import clock
from passpro.kernel.access import public
from passpro.kernel.errors import DomainError


def route(method: str) -> Callable:
    """Identify the caller, check the method, turn refusals into the contract's answers."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @public
        @wraps(view)
        def door(request: HttpRequest, token: str) -> HttpResponse:
            if request.method != method:
                return JsonResponse(responses.WRONG_METHOD, status=405, headers={"Allow": method})
            try:
                return view(auth.identify(request), token)
            except auth.Refused as refused:
                return refused.response
            except DomainError as error:
                return responses.refusal(error)

        return door

    return decorate


@route("GET")
def look_up(caller: auth.Caller, token: str) -> HttpResponse:
    booking = countermark.look_up(countermark=token, by=caller.by, **caller.rights)
    countermark.check_may_be_validated(booking, clock.now())
    return JsonResponse(responses.body_of(booking))


@route("PATCH")
def use(caller: auth.Caller, token: str) -> HttpResponse:
    countermark.validate_countermark(countermark=token, by=caller.by, **caller.rights)
    return responses.no_content()


@route("PATCH")
def keep(caller: auth.Caller, token: str) -> HttpResponse:
    countermark.unvalidate_countermark(countermark=token, by=caller.by, **caller.rights)
    return responses.no_content()


@route("PATCH")
def cancel_booking(caller: auth.Caller, token: str) -> HttpResponse:
    try:
        cancel.cancel_by_offerer(countermark=token, by=caller.by, **caller.rights)
    except NoRightOnBooking as error:
        # DSK-53: its own sentence.
        return JsonResponse({"user": [responses.NO_RIGHT_TO_CANCEL]}, status=error.http_status)
    return responses.no_content()


@public
def no_token(request: HttpRequest) -> HttpResponse:
    """API-231: an address without its code."""
    return JsonResponse({}, status=404)
