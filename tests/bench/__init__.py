"""Measuring: a filler of many cases, a load of eight clients, the bare Django floor beside ours."""
