"""The pages of figures, dashboard, wall, rankings and bulletins."""
