"""The register's tables as files for people and programs, which the imports read back as they were."""
