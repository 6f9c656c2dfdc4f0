"""Pages about people: coming in, the own profile, notices, the trail."""
