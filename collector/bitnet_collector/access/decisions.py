"""What each route takes: the table of who may do what. A route that is not in it answers nobody."""

from __future__ import annotations

from enum import Enum

from .callers import Right


class Decision(Enum):
    """What a request must bring to be answered."""

    NOTHING = "nothing: holds no report, and who asks is not looked at"
    A_NAME = "no right, but a token that is presented must be valid"
    READ = Right.READ
    SUBMIT = Right.SUBMIT
    MANAGE = Right.MANAGE


DECISIONS: dict[tuple[str, str], Decision] = {
    ("GET", "/"): Decision.NOTHING,
    ("GET", "/health"): Decision.NOTHING,
    ("GET", "/ready"): Decision.NOTHING,
    ("GET", "/docs"): Decision.NOTHING,
    ("GET", "/openapi.json"): Decision.NOTHING,
    ("GET", "/static"): Decision.NOTHING,
    ("GET", "/docs-static"): Decision.NOTHING,
    ("GET", "/language/{language}"): Decision.NOTHING,
    ("GET", "/whoami"): Decision.A_NAME,
    ("POST", "/runs"): Decision.SUBMIT,
    ("GET", "/runs"): Decision.READ,
    ("GET", "/runs.json"): Decision.READ,
    ("GET", "/runs.html"): Decision.READ,
    ("GET", "/runs.csv"): Decision.READ,
    ("GET", "/runs.ndjson"): Decision.READ,
    ("GET", "/runs/{run_id}"): Decision.READ,
    ("GET", "/runs/{run_id}.json"): Decision.READ,
    ("GET", "/runs/{run_id}.html"): Decision.READ,
    ("GET", "/runs/{run_id}/receipt"): Decision.READ,
    ("GET", "/runs/{run_id}/stages.csv"): Decision.READ,
    ("GET", "/runs/{run_id}/operators.csv"): Decision.READ,
    ("PATCH", "/runs/{run_id}"): Decision.MANAGE,
    ("DELETE", "/runs/{run_id}"): Decision.MANAGE,
    ("GET", "/summary"): Decision.READ,
    ("GET", "/summary.json"): Decision.READ,
    ("GET", "/summary.csv"): Decision.READ,
    ("GET", "/summary.md"): Decision.READ,
    ("GET", "/summary.txt"): Decision.READ,
    ("GET", "/summary.html"): Decision.READ,
    ("GET", "/compare"): Decision.READ,
    ("GET", "/compare.json"): Decision.READ,
    ("GET", "/compare.txt"): Decision.READ,
    ("GET", "/compare.html"): Decision.READ,
    ("GET", "/metrics"): Decision.READ,
    ("GET", "/members"): Decision.READ,
    ("GET", "/members.json"): Decision.READ,
    ("GET", "/members.html"): Decision.READ,
    ("GET", "/members/{name}"): Decision.READ,
    ("GET", "/members/{name}/history.json"): Decision.READ,
    ("GET", "/workloads"): Decision.READ,
    ("GET", "/sweeps/{sweep_id}"): Decision.READ,
}
"""By method and path as declared. HEAD is decided as GET. Files are served below the paths of mounts."""


class UndecidedRouteError(LookupError):
    """A route was added without saying who may use it."""

    def __init__(self, method: str, path: str) -> None:
        """Say where the decision belongs."""
        super().__init__(f"{method} {path} has no entry in bitnet_collector/access/decisions.py")


def decision_on(method: str, path: str) -> Decision:
    """What the route declared at `path` takes.

    Raises:
        UndecidedRouteError: nobody has decided yet, so nobody is answered.
    """
    try:
        return DECISIONS[method, path]
    except KeyError:
        raise UndecidedRouteError(method, path) from None
