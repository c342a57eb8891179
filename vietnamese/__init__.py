"""Vietnamese text: what every part of the portal needs and no framework knows."""
