"""Forms of the profile, one module per section. They ask and clean; services judge."""
