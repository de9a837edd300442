"""Doors of the outside registers."""

from django.urls import path

from passpro.registers import views

app_name = "registers"
urlpatterns = [path("adresses", views.suggest, name="addresses")]
