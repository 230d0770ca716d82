# One image, six commands: deploy/process web|realtime|worker|outbox|cron|prepare
# The build runs the Makefile's own steps, so that an image holds what `make run` would install.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
# hadolint ignore=DL3008 # mirrors keep one version of a package: a pinned one cannot be built next month
RUN apt-get update && apt-get install --yes --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/comptoir
# What is installed changes less often than the source: these layers are kept between builds.
COPY Makefile requirements.txt requirements-dev.txt package.json package-lock.json .npmrc ./
COPY app/__init__.py app/__init__.py
COPY app/ops/__init__.py app/ops/assets.py app/ops/
RUN make assets && rm -rf node_modules
COPY . .
RUN make install && .venv/bin/python -m compileall -q app config.py

FROM ${PYTHON_IMAGE}
RUN useradd --system --uid 10001 --home-dir /var/lib/comptoir --no-create-home --shell /usr/sbin/nologin comptoir \
    && install --directory --owner=comptoir --mode=0755 /var/lib/comptoir
WORKDIR /opt/comptoir
COPY --from=build /opt/comptoir /opt/comptoir
ENV APP_ENV=production COMPTOIR_HOME=/var/lib/comptoir HOST=0.0.0.0 PORT=8000 PROXY_COUNT=1 \
    PROMETHEUS_MULTIPROC_DIR=/tmp/comptoir-metrics PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /var/lib/comptoir
EXPOSE 8000
# Alive, not ready: a database that is away for a minute is no reason to replace every web process.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD [".venv/bin/python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["deploy/process", "web"]
