"""What is filled in on the pages of the coal-to-electric ledger."""
