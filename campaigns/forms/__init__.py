"""Forms of campaigns, agreements and patrols."""
