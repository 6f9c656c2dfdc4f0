"""coal_to_electric."""
