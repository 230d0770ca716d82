# Read by the flask command; deployment settings belong in .env or the environment.
FLASK_APP=app.bootstrap:create_app
