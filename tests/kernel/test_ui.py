"""Filters and components: what they print, and that no state or icon is forgotten."""

from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.template import Context, Template
from django.test import RequestFactory

from bookings.enums import BookingStatus
from offers.enums import DisplayStatus
from passpro.kernel import clock
from passpro.kernel.forms import EurosField
from passpro.kernel.statuses import LOOKS
from passpro.kernel.templatetags import ui
from passpro.portal.management.commands.build_icons import icons_in_sprite, icons_in_use
from venues.enums import MembershipStatus, OffererStatus

PARIS_EVENING = datetime(2026, 5, 28, 12, 30, tzinfo=UTC)


def draw(source: str, **context) -> BeautifulSoup:
    return BeautifulSoup(Template(source).render(Context(context)), "html.parser")


# Amounts and dates


@pytest.mark.parametrize(
    ("value", "text"),
    [(800, "8,00\u00a0€"), (0, "Gratuit"), (None, ""), (1234567, "12\u202f345,67\u00a0€")],
)
def test_prices_read_as_people_write_them(value, text):
    assert ui.price(value) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "offre"), (1, "offre"), (1.5, "offre"), (2, "offres"), ([1, 2], "offres")],
)
def test_nothing_is_singular_in_french(count, text):
    assert draw("offre{{ count|pluralize }}", count=count).text == text
    assert draw("{{ count|pluralize:'est,sont' }}", count=count).text == (
        "sont" if text == "offres" else "est"
    )


def test_sentences_keep_their_punctuation_on_the_line():
    assert ui.french("Fini : « duo » à 50 % ?") == (
        "Fini\u00a0: «\u00a0duo\u00a0» à 50\u00a0%\u00a0?"
    )
    assert ui.french("12:30, a;b") == "12:30, a;b"


def test_an_address_breaks_after_its_sign_and_is_escaped():
    assert ui.mail("a@b.fr") == "a@<wbr>b.fr"
    assert ui.mail("<b>@x") == "&lt;b&gt;@<wbr>x"


def test_dates_read_as_people_say_them():
    assert ui.french_date(PARIS_EVENING) == "jeudi 28\u00a0mai 2026 à 14\u00a0h\u00a030"
    assert ui.french_day(PARIS_EVENING) == "jeudi 28\u00a0mai 2026"
    assert ui.short_date(PARIS_EVENING) == "28/05/2026"
    assert ui.french_date(date(2026, 5, 1)) == "vendredi 1er\u00a0mai 2026"


def test_dates_follow_the_zone_of_the_venue():
    assert ui.french_date(PARIS_EVENING, "Indian/Reunion") == (
        "jeudi 28\u00a0mai 2026 à 16\u00a0h\u00a030"
    )
    late = datetime(2026, 5, 28, 21, 0, tzinfo=UTC)
    assert ui.french_day(late, "Indian/Reunion") == "vendredi 29\u00a0mai 2026"


def test_a_missing_date_is_empty():
    filters = (ui.french_date, ui.french_day, ui.french_time, ui.near_date, ui.short_date)

    assert {show(None) for show in filters} == {""}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 5, 28, 18, 30, tzinfo=UTC), "aujourd’hui à 20\u00a0h\u00a030"),
        (datetime(2026, 5, 28, 22, 0, tzinfo=UTC), "demain à 0\u00a0h"),
        (datetime(2026, 6, 1, 12, 0, tzinfo=UTC), "lundi à 14\u00a0h"),
        (datetime(2026, 6, 4, 12, 0, tzinfo=UTC), "jeudi 4\u00a0juin à 14\u00a0h"),
        (datetime(2027, 6, 4, 12, 0, tzinfo=UTC), "vendredi 4\u00a0juin 2027 à 14\u00a0h"),
    ],
)
def test_near_dates_use_the_words_of_the_week(moment, text):
    with clock.at(PARIS_EVENING):
        assert ui.near_date(moment) == text


# States and icons


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("offer", DisplayStatus),
        ("booking", BookingStatus),
        ("offerer", OffererStatus),
        ("membership", MembershipStatus),
    ],
)
def test_every_state_has_its_look(kind, states):
    assert set(states.values) <= set(LOOKS[kind])


def test_a_state_is_an_icon_a_word_and_a_tone():
    badge = draw('{% status_badge "offer" state %}', state=DisplayStatus.ACTIVE).select_one("span")

    assert badge["data-tone"] == "ok"
    assert badge.svg["data-icon"] == "check-circle-fill"
    assert badge.text == "Publiée"


def test_the_word_of_a_state_can_follow_the_reader():
    badge = draw('{% status_badge "booking" "USED" label="Utilisée" %}')

    assert badge.text.strip() == "Utilisée"


def test_the_sprite_holds_every_icon_in_use():
    missing = icons_in_use(settings.BASE_DIR) - icons_in_sprite(settings.BASE_DIR)

    assert not missing, "run: python manage.py build_icons"


def test_a_lone_icon_says_what_it_does():
    page = draw('{% icon "x-lg" label="Fermer" %}')

    assert page.svg["aria-hidden"] == "true"
    assert page.select_one(".visually-hidden").text == "Fermer"


# Forms


class Sample(forms.Form):
    title = forms.CharField(label="Titre", max_length=90, help_text="Court et clair.")
    price = EurosField(label="Prix", max_cents=300_00)
    day = forms.DateField(label="Jour")
    starts = forms.SplitDateTimeField(label="Début", required=False)
    audience = forms.ChoiceField(
        label="Public", choices=[("all", "Tous"), ("school", "Écoles")], widget=forms.RadioSelect
    )
    needs = forms.MultipleChoiceField(
        label="Accès", choices=[("m", "Moteur")], widget=forms.CheckboxSelectMultiple
    )
    terms = forms.BooleanField(label="J’accepte")
    siren = forms.CharField(label="SIREN", max_length=9, required=False)


REFUSED = Sample(data={"title": "", "price": "450", "siren": "123"})


def test_a_refused_field_is_tied_to_its_error_and_its_help():
    page = draw("{% field form.title %}", form=REFUSED)
    box = page.select_one("input")

    assert box["aria-invalid"] == "true"
    described = box["aria-describedby"].split()
    assert [page.find(id=name) is not None for name in described] == [True] * 3
    assert "obligatoire" in page.find(id="id_title_error").text
    assert page.label["for"] == box["id"]
    assert page.select_one(".req")


def test_what_was_typed_is_kept():
    page = draw("{% field form.price %}", form=REFUSED)

    assert page.input["value"] == "450"
    assert page.select_one(".input-group-text").text == "€"


def test_our_summary_speaks_instead_of_the_browser():
    for name in Sample.base_fields:
        page = draw("{% field form_field %}", form_field=Sample()[name])
        assert not page.select("[required]"), name


def test_amounts_are_shown_in_euros():
    assert draw("{% field form.price %}", form=Sample(initial={"price": 1850})).input["value"] == (
        "18,50"
    )


def test_dates_use_the_browser_picker_and_its_iso_value():
    page = draw("{% field form.day %}", form=Sample(initial={"day": date(2026, 5, 28)}))

    assert (page.input["type"], page.input["value"]) == ("date", "2026-05-28")


def test_a_date_and_an_hour_are_one_named_group():
    page = draw("{% field form.starts %}", form=Sample(initial={"starts": PARIS_EVENING}))

    assert "Début" in page.fieldset.legend.text
    assert [box["aria-label"] for box in page.select("input")] == ["Date", "Heure"]
    assert [box["type"] for box in page.select("input")] == ["date", "time"]


@pytest.mark.parametrize("name", ["audience", "needs"])
def test_choices_are_a_named_group_that_the_summary_can_reach(name):
    page = draw("{% field form_field %}", form_field=REFUSED[name])

    assert page.fieldset["id"] == f"id_{name}"
    assert page.fieldset.legend
    assert page.find(id=f"id_{name}_error")
    assert all(box["aria-describedby"] == f"id_{name}_error" for box in page.select("input"))


def test_a_counter_shows_on_long_texts_only():
    assert draw("{% field form.title %}", form=REFUSED).select_one(".field-count")
    assert not draw("{% field form.siren %}", form=REFUSED).select_one(".field-count")


def test_the_summary_links_each_error_to_its_field():
    page = draw("{% error_summary form %}", form=REFUSED)

    assert page.select_one("[role=alert]")["tabindex"] == "-1"
    targets = [link["href"] for link in page.select("a")]
    assert targets == [
        "#id_title",
        "#id_price",
        "#id_day",
        "#id_audience",
        "#id_needs",
        "#id_terms",
    ]


def test_a_form_without_error_has_no_summary():
    assert draw("{% error_summary form %}", form=Sample()).text.strip() == ""


def test_the_summary_reads_formsets_too():
    lines = formset_factory(Sample, extra=1, min_num=1, validate_min=True)(
        data={"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-title": ""}
    )

    page = draw("{% error_summary lines %}", lines=lines)

    assert "#id_form-0-title" in [link["href"] for link in page.select("a")]


# Boxes and lists


def test_boxes_keep_their_body():
    page = draw(
        '{% callout tone="wait" title="Attente" %}<p id="in">{{ word }}</p>{% endcallout %}',
        word="<b>",
    )

    assert page.select_one(".callout")["data-tone"] == "wait"
    assert page.find(id="in").text == "<b>"


def test_titles_are_escaped():
    for tag in ("card", "empty", "callout"):
        page = draw(f"{{% {tag} title=word %}}x{{% end{tag} %}}", word="<script>")
        assert not page.find("script")


@pytest.mark.parametrize(
    ("booked", "total", "level"), [(5, 10, None), (1, 10, "low"), (10, 10, "full"), (0, 0, "full")]
)
def test_the_fill_rate_has_three_levels(booked, total, level):
    page = draw("{% fill booked=booked total=total %}", booked=booked, total=total)

    assert page.progress.get("data-level") == level


def test_an_unlimited_stock_has_no_bar():
    page = draw("{% fill booked=3 total=None %}")

    assert page.progress is None
    assert "Illimité" in page.text


def test_pages_keep_the_filters():
    request = RequestFactory().get("/offres?q=danse&page=2")
    page = Paginator(range(100), 20).get_page(2)

    links = draw("{% pager page %}", page=page, request=request)

    assert links.select_one("[rel=next]")["href"] == "?q=danse&page=3"
    assert links.select_one("[aria-current=page]").text.endswith("2")


def test_a_single_page_has_no_pager():
    page = Paginator(range(3), 20).get_page(1)

    assert draw("{% pager page %}", page=page, request=RequestFactory().get("/")).text.strip() == ""


def test_a_sort_heading_turns_around_and_goes_back_to_the_first_page():
    request = RequestFactory().get("/offres?sort=title&page=4&q=x")

    heading = draw('{% sort_header "Titre" by="title" %}', request=request).th

    assert heading["aria-sort"] == "ascending"
    assert heading.a["href"] == "?sort=-title&q=x"
