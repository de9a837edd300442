"""Pages of offers: portal first, then the beneficiary pages."""

app_name = "offers"
urlpatterns: list = []
