"""Every component in every state, on one page (outside production)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from passpro.kernel.access import public


@public
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/gallery.html")
