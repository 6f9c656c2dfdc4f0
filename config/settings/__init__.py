"""Settings: base is production, local and test say where they deviate."""
