"""What the pages of the ground and of its registers ask."""
