"""Doors through which other systems reach the cases."""
