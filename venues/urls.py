"""Pages of venues."""

app_name = "venues"
urlpatterns: list = []
