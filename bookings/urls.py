"""Pages of bookings, and the countermark API that ticketing software calls."""

from django.urls import path

from bookings.api import views as api

app_name = "bookings"
urlpatterns = [
    path("v2/bookings/token/<str:token>", api.look_up, name="token"),
    path("v2/bookings/use/token/<str:token>", api.use, name="token_use"),
    path("v2/bookings/keep/token/<str:token>", api.keep, name="token_keep"),
    path("v2/bookings/cancel/token/<str:token>", api.cancel_booking, name="token_cancel"),
]
