"""How the show hears its host: source, detector and recognisers put together, and what of it becomes facts."""
