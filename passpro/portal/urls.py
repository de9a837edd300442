"""Pages of portal."""

app_name = "portal"
urlpatterns: list = []
