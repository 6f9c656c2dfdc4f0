"""The words in which campaigns, structures and entries are asked for.

What the figures read:
  Structure.objects.written_off().totals() → Totals: demolished_m2, land_m2, people, sites (three sums, never added)
  Structure.objects.written_off().by_community() → one row a community with the same sums
  Structure.objects.demolished_between(start, end)  both days included, whatever was done since
  Structure.objects.open()  not yet written off;  .at_stage(stage);  .relapsed()
  Entry.objects.counted().of_kind("garbage").total() → Decimal in the kind's unit;  .by_community()
  Entry.objects.happened_between(start, end);  Campaign.objects.running(on=day)
"""
from campaigns.querysets.entries import EntryQuerySet
from campaigns.querysets.structures import CampaignQuerySet, StructureQuerySet, Totals

__all__ = ["CampaignQuerySet", "EntryQuerySet", "StructureQuerySet", "Totals"]
