"""What is asked of everything that lies somewhere: position, grid, community, and the campaign it belongs to."""
from typing import Any

from django import forms

from campaigns.forms import fields as f
from campaigns.models import Campaign
from cases.errors import AnswersRefused as PlaceRefused
from cases.registering import place_columns


class PlacedForm(f.LedgerForm):
    """A place: the position decides grid and community; a chosen grid decides the community."""

    community = f.community(hint="在地图上点选位置会自动带出")
    grid = f.grid()
    lon = f.position("经度")
    lat = f.position("纬度")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["campaign"] = forms.ModelChoiceField(
            Campaign.objects.order_by("-starts_on", "pk"), label="批次", required=False, empty_label="不归入专项行动",
            error_messages={"invalid_choice": "没有这个专项行动。请从列表中选择。"},
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The position decides grid and community; a chosen grid decides the community."""
        cleaned = super().clean()
        if (cleaned.get("lon") is None) != (cleaned.get("lat") is None):
            self.add_error("community", "位置不完整。请在地图上重新点选。")
            return cleaned
        try:
            found = place_columns(cleaned.get("lon"), cleaned.get("lat"), cleaned.get("grid"))
        except PlaceRefused as refusal:
            self.take_refusals(refusal.errors)
            return cleaned
        if found.get("community_id"):
            cleaned["community"] = next(
                row for row in self.fields["community"].queryset if row.pk == found["community_id"]
            )
        if found.get("grid_id"):
            cleaned["grid"] = self.fields["grid"].queryset.get(pk=found["grid_id"])
        if not cleaned.get("community") and "community" not in self.errors:
            self.add_error("community", "请选择社区，或在地图上点选位置。")
        return cleaned
