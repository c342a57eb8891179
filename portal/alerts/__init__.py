"""News by e-mail, for whoever has asked for them and confirmed it."""
