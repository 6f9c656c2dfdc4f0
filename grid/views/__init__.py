"""The pages of the ground and of its registers."""
