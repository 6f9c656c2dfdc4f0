"""The pages of the coal-to-electric ledger."""
