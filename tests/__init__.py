"""The test suite: mirrors `app/`, plus journeys, torture, architecture, factories and fakes."""
