"""Overview: the pages that look into every room and own nothing: home, desk, promises, health."""
