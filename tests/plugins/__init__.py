"""pytest plugins of this project, loaded by `addopts` in pyproject.toml."""
