"""The one way in which the supervisor refuses to start."""


class CannotStart(Exception):
    """Say in one plain sentence what is wrong, and in a second one the way out."""

    def __init__(self, problem: str, way_out: str) -> None:
        super().__init__(f"{problem} {way_out}")
        self.problem = problem
        self.way_out = way_out
