"""督查通报: drafted from the period's figures, edited, submitted, signed, numbered, frozen."""
