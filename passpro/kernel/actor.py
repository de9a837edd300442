"""Who acts: a person, an API key, a school, a job or the system; built at the door, logged."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passpro.accounts.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind` is USER, API_KEY, SCHOOL, JOB or SYSTEM; `user_id` only for USER; `label` is shown."""

    kind: str
    label: str
    user_id: int | None = None

    @classmethod
    def user(cls, user: "User") -> "Actor":
        return cls("USER", user.get_full_name() or user.email, user.pk)

    @classmethod
    def api_key(cls, prefix: str) -> "Actor":
        return cls("API_KEY", f"Clé d’API {prefix}…")

    @classmethod
    def school(cls, name: str) -> "Actor":
        """A teacher or a head of school, who has no account here."""
        return cls("SCHOOL", name)

    @classmethod
    def job(cls, name: str) -> "Actor":
        return cls("JOB", name)

    def as_columns(self) -> dict[str, Any]:
        """The three columns of a TransitionLog row."""
        return {"actor_kind": self.kind, "actor_label": self.label, "actor_id": self.user_id}


SYSTEM = Actor("SYSTEM", "PassPro")
