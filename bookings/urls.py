"""Pages of bookings, and the countermark API that ticketing software calls."""

from django.urls import path

from bookings.api import views as api
from bookings.views import (
    attendance,
    beneficiary,
    book,
    calendars,
    desk,
    exports,
    offline,
    postpone,
    pro_list,
    several,
    structures,
    venue_defaults,
    withdraw,
)

app_name = "bookings"
urlpatterns = [
    path("v2/bookings/token/<str:token>", api.look_up, name="token"),
    path("v2/bookings/use/token/<str:token>", api.use, name="token_use"),
    path("v2/bookings/keep/token/<str:token>", api.keep, name="token_keep"),
    path("v2/bookings/cancel/token/<str:token>", api.cancel_booking, name="token_cancel"),
    path("app/offre/<int:pk>/reserver", book.book, name="book"),
    path("reservations", pro_list.booking_list, name="list"),
    path("reservations/<int:pk>", pro_list.booking, name="booking"),
    path("reservations/export", exports.export, name="export"),
    path("reservations/exports", exports.exports, name="exports"),
    path("reservations/exports/<int:pk>", exports.export_file, name="export_file"),
    path("guichet", desk.desk, name="desk"),
    path("guichet/hors-ligne", offline.offline, name="offline"),
    path("guichet/hors-ligne/jour", offline.day, name="offline_day"),
    path("guichet/hors-ligne/envoi", offline.send, name="offline_send"),
    path("guichet/hors-ligne/vu", offline.seen, name="offline_seen"),
    path("guichet/application.webmanifest", offline.manifest, name="desk_manifest"),
    path("guichet/sw.js", offline.worker, name="desk_worker"),
    path("guichet/agendas", calendars.calendars, name="calendars"),
    path("guichet/agendas/<int:pk>", calendars.calendar_change, name="calendar_change"),
    path("agenda/<int:pk>/<str:secret>.ics", calendars.calendar_feed, name="calendar_feed"),
    path("guichet/plusieurs", several.several, name="several"),
    path("guichet/seances", attendance.sessions, name="sessions"),
    path("guichet/seance/<int:pk>", attendance.session, name="session"),
    path("guichet/seance/<int:pk>/presents", attendance.session_count, name="session_count"),
    path("guichet/seance/<int:pk>/liste.pdf", attendance.session_pdf, name="session_pdf"),
    path("offre/date/<int:pk>/suppression", withdraw.withdraw, name="withdraw_stock"),
    path("offre/date/<int:pk>/report", postpone.postpone, name="postpone_stock"),
    path("offre/<int:pk>/annulation", withdraw.cancel, name="cancel_offer"),
    path("structures/<int:pk>/fermeture", structures.closing, name="structure_closing"),
    path(
        "structures/<int:pk>/fermeture/abandon",
        structures.closing_off,
        name="structure_closing_off",
    ),
    path("lieux/<int:pk>/offres", venue_defaults.venue_defaults, name="venue_defaults"),
    path("app/mes-reservations", beneficiary.my_bookings, name="my_bookings"),
    path("app/mes-reservations/<int:pk>", beneficiary.my_booking, name="my_booking"),
    path(
        "app/mes-reservations/<int:pk>/annuler",
        beneficiary.cancel_my_booking,
        name="cancel_my_booking",
    ),
    path("app/mes-reservations/<int:pk>/agenda.ics", beneficiary.my_calendar, name="my_calendar"),
    path("app/credit", beneficiary.credit, name="credit"),
]
