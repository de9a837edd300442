"""Check what partners send against the contract: every wrong field is told, each under its key.

Texts are those that connected software already knows (public_api.md §2.3). What is right comes
back as plain values: datetimes aware in UTC, numbers, texts, dictionaries with the keys sent.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_date, parse_datetime

from passpro.kernel import clock
from passpro.partner_api import contract
from passpro.partner_api.contract import Field, Shape

Problems = dict[str, list[str]]

REQUIRED = "field required"
NULL = "none is not an allowed value"
SURPLUS = "extra fields not permitted"
_SNAKE = re.compile(r"_([a-z0-9])")
_DIGITS = re.compile(r"^-?\d{1,20}$")


class Invalid(Exception):
    """The body or the query breaks the contract; `problems` has every wrong field."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__(problems)


def body_of(name: str, sent: Any, *, snake: bool) -> dict[str, Any]:
    """The body as the shape `name` wants it; `snake` also takes snake_case keys (API-02).

    Raises Invalid.
    """
    problems: Problems = {}
    if not isinstance(sent, Mapping):
        raise Invalid({"__root__": ["value is not a valid dict"]})
    value = _Checker(problems, snake=snake).object(contract.shapes()[name], sent, "")
    if problems:
        raise Invalid(problems)
    return value


def query_of(
    fields: dict[str, Field], sent: Mapping[str, str], *, closed: bool, snake: bool = True
) -> dict[str, Any]:
    """The query with its defaults; raises Invalid."""
    problems: Problems = {}
    checker = _Checker(problems, snake=snake, texts=True)
    given = checker.camel(sent, fields)
    if closed:
        for name in given.keys() - fields.keys():
            checker.say(name, SURPLUS)
    value = {}
    for name, field in fields.items():
        if name not in given:
            if field.get("required"):
                checker.say(name, REQUIRED)
            value[name] = field.get("default")
        elif field.get("commas"):
            value[name] = checker.pieces(field, given[name], name)
        else:
            value[name] = checker.value(field, given[name], name)
    if problems:
        raise Invalid(problems)
    return value


class _Checker:
    def __init__(self, problems: Problems, *, snake: bool, texts: bool = False) -> None:
        self.problems = problems
        self.snake = snake
        # A query holds texts only: numbers are read from them.
        self.texts = texts

    def say(self, path: str, *messages: str) -> None:
        self.problems.setdefault(path, []).extend(messages)

    def camel(self, sent: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
        if not self.snake:
            return dict(sent)
        found = {}
        for key, value in sent.items():
            name = _SNAKE.sub(lambda m: m[1].upper(), key)
            if key in known or name not in known:
                found[key] = value
            elif name not in sent:
                found[name] = value
        return found

    def object(self, shape: Shape, sent: Mapping[str, Any], path: str) -> dict[str, Any]:
        fields: dict[str, Field] = shape["fields"]
        given = self.camel(sent, fields)
        if shape.get("closed"):
            for name in given:
                if name not in fields:
                    self.say(path + name, SURPLUS)
        found = {}
        for name, field in fields.items():
            if name in given:
                found[name] = self.value(field, given[name], path + name)
            elif field.get("required"):
                self.say(path + name, REQUIRED)
        return found

    def value(self, field: Field, sent: Any, path: str) -> Any:
        if sent is None:
            if not field.get("null"):
                self.say(path, NULL)
            return None
        if sent in field.get("or", []) and isinstance(sent, str):
            return sent
        return getattr(self, f"_{field['type']}")(field, sent, path)

    def pieces(self, field: Field, sent: str, path: str) -> list[str]:
        """API-54: one parameter with commas; empty pieces do not count."""
        found = [piece.strip() for piece in sent.split(",") if piece.strip()]
        if "\x00" in sent:
            self.say(path, "str type expected")
        if len(found) > field["max_items"]:
            most = field["max_items"]
            self.say(
                path, "Too many EANs" if path == "eans" else f"Too many values: at most {most}"
            )
        if len(found) < field.get("min_items", 0):
            self.say(path, f"ensure this value has at least {field['min_items']} items")
        if path == "eans":
            if any(not piece.isdigit() for piece in found):
                self.say(path, "EAN must be an integer")
            elif any(len(piece) != 13 for piece in found):
                self.say(path, "Only 13 characters EAN are accepted")
        elif any(len(piece) > 70 for piece in found):
            self.say(path, "ensure this value has at most 70 characters")
        return found

    # One method a type of the contract.

    def _int(self, field: Field, sent: Any, path: str) -> int | None:
        if self.texts and isinstance(sent, str) and _DIGITS.match(sent):
            sent = int(sent)
        if not isinstance(sent, int) or isinstance(sent, bool):
            self.say(path, "value is not a valid integer")
            if isinstance(sent, str) and field.get("or"):
                self.say(path, f"unexpected value; permitted: '{field['or'][0]}'")
            return None
        self._bounds(field, sent, path)
        return sent

    def _num(self, field: Field, sent: Any, path: str) -> float | int | None:
        if self.texts and isinstance(sent, str):
            try:
                sent = float(sent)
            except ValueError:
                sent = None
        is_number = isinstance(sent, int | float) and not isinstance(sent, bool)
        if not is_number or (isinstance(sent, float) and not math.isfinite(sent)):
            self.say(path, "value is not a valid float")
            return None
        self._bounds(field, sent, path)
        return sent

    def _bounds(self, field: Field, sent: float, path: str) -> None:
        if "min" in field and sent < field["min"]:
            self.say(
                path,
                "Value must be positive"
                if field.get("or") and field["min"] == 0
                else f"ensure this value is greater than or equal to {field['min']}",
            )
        if "above" in field and sent <= field["above"]:
            self.say(path, f"ensure this value is greater than {field['above']}")
        if "max" in field and sent > field["max"]:
            self.say(
                path,
                f"Value must be less than {field['max']}"
                if field.get("or")
                else f"ensure this value is less than or equal to {field['max']}",
            )

    def _text(self, sent: Any, path: str) -> str | None:
        """A text that the database can hold: no NUL, no half of a pair."""
        if not isinstance(sent, str):
            self.say(path, "str type expected")
            return None
        if "\x00" in sent or any("\ud800" <= sign <= "\udfff" for sign in sent):
            self.say(path, "value is not a valid text")
            return None
        return sent

    def _str(self, field: Field, sent: Any, path: str) -> str | None:
        text = self._text(sent, path)
        if text is None:
            return None
        if "const" in field and text != field["const"]:
            self.say(path, f"unexpected value; permitted: '{field['const']}'")
        if len(text) < field.get("min_length", 0):
            self.say(path, f"ensure this value has at least {field['min_length']} characters")
        if len(text) > field.get("max_length", len(text)):
            self.say(path, f"ensure this value has at most {field['max_length']} characters")
        if "pattern" in field and not re.match(field["pattern"], text, re.ASCII):
            self.say(
                path,
                "L'EAN doit être composé de 13 chiffres"
                if field.get("says") == "ean"
                else f'string does not match regex "{field["pattern"]}"',
            )
        return text

    def _phone(self, field: Field, sent: Any, path: str) -> str | None:
        return self._str(field, sent, path)

    def _base64(self, field: Field, sent: Any, path: str) -> str | None:
        return self._str(field, sent, path)

    def _bool(self, field: Field, sent: Any, path: str) -> bool | None:
        if not isinstance(sent, bool):
            self.say(path, "value could not be parsed to a boolean")
            return None
        return sent

    def _email(self, field: Field, sent: Any, path: str) -> str | None:
        text = self._text(sent, path)
        if text is None:
            return None
        try:
            validate_email(text)
        except ValidationError:
            self.say(path, "value is not a valid email address")
        if len(text) > 120:
            self.say(path, "ensure this value has at most 120 characters")
        return text

    def _url(self, field: Field, sent: Any, path: str) -> str | None:
        text = self._str(field, sent, path)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            host = parts.hostname
        except ValueError:
            self.say(path, "URL host invalid")
            return None
        if parts.scheme not in {"http", "https"}:
            self.say(path, "invalid or missing URL scheme")
        elif not host or any(sign.isspace() for sign in text):
            self.say(path, "URL host invalid")
        return text

    def _datetime(self, field: Field, sent: Any, path: str) -> datetime | None:
        moment = None
        if isinstance(sent, str):
            try:
                moment = parse_datetime(sent.strip())
                if moment is None and self.texts:  # « + » of an offset read as a space
                    moment = parse_datetime(sent.strip().replace(" ", "+"))
            except ValueError:
                moment = None
        if moment is None:
            self.say(path, "invalid datetime format")
            return None
        if moment.tzinfo is None:
            if field.get("aware"):
                self.say(path, "The datetime must be timezone-aware.")
                return None
            moment = moment.replace(tzinfo=UTC)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            moment = datetime.max.replace(tzinfo=UTC)
        # Any zone must be able to write it.
        if not 1 < moment.year < 9999:
            self.say(path, "invalid datetime format")
            return None
        if field.get("future") and moment <= clock.now():
            self.say(path, "The datetime must be in the future.")
        return moment

    def _date(self, field: Field, sent: Any, path: str) -> Any:
        day = None
        if isinstance(sent, str):
            try:
                day = parse_date(sent)
            except ValueError:
                day = None
        if day is None:
            self.say(path, "invalid date format")
        return day

    def _enum(self, field: Field, sent: Any, path: str) -> str | None:
        allowed = contract.enum_values(field)
        if not isinstance(sent, str) or sent not in allowed:
            permitted = ", ".join(f"'{value}'" for value in allowed)
            self.say(path, f"value is not a valid enumeration member; permitted: {permitted}")
            return None
        return sent

    def _map(self, field: Field, sent: Any, path: str) -> Any:
        if not isinstance(sent, Mapping):
            self.say(path, "value is not a valid dict")
        return sent

    def _list(self, field: Field, sent: Any, path: str) -> list[Any]:
        if not isinstance(sent, list):
            self.say(path, "value is not a valid list")
            return []
        if len(sent) > field.get("max_items", len(sent)):
            self.say(path, f"ensure this value has at most {field['max_items']} items")
            return []
        if len(sent) < field.get("min_items", 0):
            self.say(path, f"ensure this value has at least {field['min_items']} items")
        if "shape" in field:
            item: Field = {"type": "object", "shape": field["shape"]}
        elif "enum" in field:
            item = {"type": "enum", "enum": field["enum"]}
        else:
            item = {"type": field.get("items", "str")}
            if item["type"] in contract.enums():
                item = {"type": "enum", "enum": item["type"]}
        return [self.value(item, one, f"{path}.{at}") for at, one in enumerate(sent)]

    def _object(self, field: Field, sent: Any, path: str) -> Any:
        shape = contract.shapes()[field["shape"]]
        if "category" in shape:
            return self._category(shape, sent, path)
        if not isinstance(sent, Mapping):
            self.say(path, "value is not a valid dict")
            return None
        if "one_of" in shape:
            return self._union(shape, sent, path)
        return self.object(shape, sent, f"{path}.")

    def _union(self, shape: Shape, sent: Mapping[str, Any], path: str) -> Any:
        if "+" in shape["by"]:
            return self._narrowed(shape, sent, path)
        by = shape["by"]
        named = {contract.shapes()[name]["fields"][by]["const"]: name for name in shape["one_of"]}
        if by not in sent:
            self.say(path, f"Discriminator '{by}' is missing in value")
            return None
        chosen = sent[by]
        if not isinstance(chosen, str) or chosen not in named:
            allowed = ", ".join(f"'{value}'" for value in named)
            self.say(
                path,
                f"No match for discriminator '{by}' and value '{chosen}' "
                f"(allowed values: {allowed})",
            )
            return None
        name = named[chosen]
        return self.object(contract.shapes()[name], sent, f"{path}.{name}.")

    def _narrowed(self, shape: Shape, sent: Mapping[str, Any], path: str) -> Any:
        """A union told apart by several keys: each one narrows what the next one must tell."""
        names = list(shape["one_of"])
        for by in shape["by"].split("+"):
            consts = {name: contract.shapes()[name]["fields"].get(by, {}) for name in names}
            if len(names) == 1 or not all(consts.values()):
                break
            fitting = [
                name
                for name in names
                if by in sent
                and type(sent[by]) is type(consts[name]["const"])
                and sent[by] == consts[name]["const"]
            ]
            if not fitting:
                allowed = ", ".join(
                    f"'{value}'" for value in dict.fromkeys(one["const"] for one in consts.values())
                )
                self.say(
                    path,
                    f"No match for discriminator '{by}' and value '{sent[by]}' "
                    f"(allowed values: {allowed})"
                    if by in sent
                    else f"Discriminator '{by}' is missing in value",
                )
                return None
            names = fitting
        return self.object(contract.shapes()[names[0]], sent, f"{path}.{names[0]}.")

    def _category(self, shape: Shape, sent: Any, path: str) -> Any:
        """API-44: the object's own key when its category is unknown, else the model's name."""
        kind, operation = shape["category"], shape["for"]
        codes = contract.category_codes(kind, operation)
        code = sent.get("category") if isinstance(sent, Mapping) else None
        if not isinstance(code, str) or code not in codes:
            if not isinstance(sent, Mapping):
                self.say(path, "value is not a valid dict")
            elif kind == "product":
                allowed = [f"unexpected value; permitted: '{one}'" for one in codes]
                self.say(f"{path}.category", *allowed)
            elif "category" not in sent:
                self.say(path, "Discriminator 'category' is missing in value")
            else:
                allowed_codes = ", ".join(f"'{one}'" for one in codes)
                self.say(
                    path,
                    f"No match for discriminator 'category' and value '{code}' "
                    f"(allowed values: {allowed_codes})",
                )
            return None
        inner = contract.category_shape(code, operation)
        return self.object(inner, sent, f"{path}.{code}_{operation}.")
