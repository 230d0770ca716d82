"""The yardstick: a Flask application that does nothing, measured in the same minute."""

from flask import Flask

application = Flask(__name__)


@application.get("/hello")
def hello() -> str:
    """A constant line."""
    return "hello\n"
