"""The inputs drawn by hand are those that Django's templates draw."""

import datetime

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from passpro.kernel.widgets import QuickRenderer


class Everything(forms.Form):
    text = forms.CharField(initial='"É" & <b>', widget=forms.TextInput({"data-x": 'a"b', "k": 1}))
    number = forms.IntegerField(initial=0, min_value=-3)
    day = forms.DateField(initial=datetime.date(2026, 5, 28))
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    hidden = forms.CharField(initial=mark_safe("a&amp;b"), widget=forms.HiddenInput)
    one = forms.ChoiceField(choices=[("", "–"), ("A & B", "<i>"), ("Group", [(3, "3"), (4, "4")])])
    several = forms.MultipleChoiceField(choices=[(1, "un"), (2, "deux")], initial=[2])
    maybe = forms.NullBooleanField()
    long = forms.CharField(widget=forms.Textarea)
    file = forms.FileField()


def test_hand_drawn_inputs_are_those_of_the_templates():
    for data in (None, {"one": "A & B", "several": ["1", "2"], "text": "<script>"}):
        by_hand = Everything(data, renderer=QuickRenderer())
        by_templates = Everything(data, renderer=TemplatesSetting())
        for name in Everything.base_fields:
            assert lines(by_hand[name]) == lines(by_templates[name])


def lines(field):
    return [line.strip() for line in str(field).splitlines() if line.strip()]
