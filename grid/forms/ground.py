"""What the pages of the ground ask for."""
from typing import Any

from django import forms

from grid.check_plans import too_often
from grid.coordinates import GCJ02, WGS84, to_wgs84
from grid.forms.register import community_choice
from grid.locate import OUTSIDE_SENTENCE, locate
from grid.models import CheckTime, KeySite, SiteCategory, SiteStatus
from grid.querysets import KeySiteQuerySet


class SiteFilterForm(forms.Form):
    """Which key sites to list; a wrong value filters nothing away."""

    category = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *SiteCategory.choices])
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *SiteStatus.choices])
    community = community_choice()
    q = forms.CharField(label="名称", required=False, max_length=30)

    def sites(self) -> KeySiteQuerySet:
        """The key sites asked for."""
        self.is_valid()
        wanted, sites = self.cleaned_data, KeySite.objects.for_list()
        if wanted.get("category"):
            sites = sites.of_category(wanted["category"])
        if wanted.get("status"):
            sites = sites.with_status(wanted["status"])
        if wanted.get("community"):
            sites = sites.in_community(wanted["community"])
        if wanted.get("q"):
            sites = sites.named_like(wanted["q"])
        return sites


class KeySiteForm(forms.ModelForm):
    """A watched place as the administrator enters it; grid and community follow from the position."""

    class Meta:
        model = KeySite
        fields = (
            "code", "name", "category", "subcategory", "lon", "lat", "status", "patrol_per_week", "check_time", "note",
        )  # fmt: skip
        help_texts = {"lon": "WGS-84，如 116.191119", "lat": "WGS-84，如 39.930467"}

    def clean(self) -> dict[str, Any]:
        """The position must lie in the street."""
        given = super().clean()
        sentence = too_often(given.get("patrol_per_week") or 0, given.get("check_time") or CheckTime.ANY)
        if sentence:
            self.add_error("patrol_per_week", sentence)
        if given.get("lon") is None or given.get("lat") is None:
            return given
        place = locate(given["lon"], given["lat"])
        if place is None:
            raise forms.ValidationError(OUTSIDE_SENTENCE)
        self.instance.grid_id, self.instance.community_id = place.grid_id, place.community_id
        return given


class PositionForm(forms.Form):
    """A position and the datum of the door it came through."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)
    datum = forms.ChoiceField(required=False, choices=[(WGS84, "WGS-84"), (GCJ02, "GCJ-02")])

    def in_wgs84(self) -> tuple[float, float]:
        """The position as it is kept."""
        given = self.cleaned_data
        return to_wgs84(given["lon"], given["lat"], given["datum"] or WGS84)
