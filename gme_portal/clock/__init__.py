"""The clock (时钟): the only reader of time. See `gme_portal.clock.services`."""
