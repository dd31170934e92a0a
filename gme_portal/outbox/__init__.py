"""The outbox (发件箱): messages written with the effect that causes them, delivered afterwards, at least once."""
