"""Usual lines of the access tables (see tests/test_access.py)."""


def pro_page(*, member: int = 200, outsider: int = 404, staff: int | None = None) -> dict[str, int]:
    """A portal page of one structure: strangers get 404, young people 403."""
    return {
        "anonymous": 302,
        "outsider": outsider,
        "member": member,
        "beneficiary": 403,
        "staff": outsider if staff is None else staff,
    }


def pro_list(*, status: int = 200) -> dict[str, int]:
    """A portal list: everybody but young people sees their own (maybe empty) list."""
    return pro_page(member=status, outsider=status)


def beneficiary_page(*, owner: int = 200, others: int = 403) -> dict[str, int]:
    """A page of the young person's own things."""
    return {
        "anonymous": 302,
        "outsider": others,
        "member": others,
        "beneficiary": owner,
        "staff": others,
    }


def for_all(status: int, *, anonymous: int | None = None) -> dict[str, int]:
    """The same answer for everybody; `anonymous` when it differs."""
    people = ("anonymous", "outsider", "member", "beneficiary", "staff")
    answers = dict.fromkeys(people, status)
    if anonymous is not None:
        answers["anonymous"] = anonymous
    return answers


def partner_route(good: int, other: int | None = None) -> dict[str, int]:
    """An address of the partner API: only partners' keys open it, each on its own venues."""
    return {
        "anonymous": 401,
        "api_key": 401,
        "outsider_api_key": 401,
        "partner": good,
        "outsider_partner": good if other is None else other,
    }
