"""Pages of offers."""

app_name = "offers"
urlpatterns: list = []
