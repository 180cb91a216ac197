"""Many who submit cases at once, by every way there is, to a server whose workers are killed meanwhile."""
