"""Pages of campaigns, agreements and patrols."""
