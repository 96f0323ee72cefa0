"""Sites that are watched: what scan.toml can say of them (`schema`), and how it is read (`reading`)."""

from scanner.config.fleet.cadence import Cadence
from scanner.config.fleet.reading import read_fleet
from scanner.config.fleet.schema import Alerts, Fleet, HistoryPlace, Serve, Target, WatchedSite, WorkerSize
from scanner.config.login import Login, LoginStep
from scanner.config.secret import Secret, revealed

__all__ = [
    "Alerts",
    "Cadence",
    "Fleet",
    "HistoryPlace",
    "Login",
    "LoginStep",
    "Secret",
    "Serve",
    "Target",
    "WatchedSite",
    "WorkerSize",
    "read_fleet",
    "revealed",
]
