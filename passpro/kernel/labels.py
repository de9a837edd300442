"""French names of the links between models, for the back office and its forms."""

from django.apps import apps
from django.db.models import ForeignKey


def name_links() -> None:
    """A link without a name of its own is called by what it leads to: `offer` → « offre ».

    Migrations keep what the model wrote. A second link to the same model keeps its own name, since
    two columns with one title would not tell what they are.
    """
    for model in apps.get_models():
        if "site-packages" in model._meta.app_config.path:  # somebody else's words
            continue
        taken = {field.verbose_name for field in model._meta.fields}
        for field in model._meta.fields:
            # Django keeps what the model wrote apart from what it made of the attribute's name.
            if not isinstance(field, ForeignKey) or getattr(field, "_verbose_name", None):
                continue
            name = field.related_model._meta.verbose_name
            if name and name not in taken:
                field.verbose_name = name
                taken.add(name)
