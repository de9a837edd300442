"""Pages of offers for schools: the portal's, then those of teachers and heads of school."""

app_name = "collective"
urlpatterns: list = []
