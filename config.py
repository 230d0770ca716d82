"""Deployment settings, read from the environment and from nowhere else.

Three kinds of settings exist: deployment secrets and addresses (here), shop settings that
staff change (a typed dataclass per feature, in the database), constants (in code). This file
holds no policy. `.env.example` lists every variable.
"""

import os
import re
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from click import ClickException

from app.ops.supervisor.home import secret, services

ROOT = Path(__file__).resolve().parent
DEFAULT_SECRETS = frozenset({"change-me", "changeme", "secret", "dev", "test", "comptoir"})
SHORTEST_SECRET = 32
# Promised for a later version: whoever sets one is told that nothing reads it.
LATER = (
    "DATABASE_REPLICA_URL",
    *("S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY", "S3_SECRET_KEY"),
    *("SENTRY_DSN", "OTEL_EXPORTER_OTLP_ENDPOINT"),
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OFF = frozenset({"0", "no", "off", "false"})


class ConfigError(ClickException):
    """A setting is missing or unusable; the message says which one and what to do.

    The command line shows it as one sentence, because it is one of click's own.
    """


def postgres_url(raw: str, name: str = "DATABASE_URL") -> str:
    """Name the driver in a PostgreSQL address, whatever spelling it came in.

    Raises: ConfigError for another kind of database.
    """
    kinds = ("postgresql", "postgres", "postgresql+psycopg")
    rest = server_address(name, raw, kinds).partition("://")[2]
    return f"postgresql+psycopg://{rest}"


def server_address(name: str, raw: str, kinds: Collection[str]) -> str:
    """Check the address of a server before anything tries to reach it.

    Raises: ConfigError naming the variable; never shows a password.
    """
    address = raw.strip()
    kind, found, _ = address.partition("://")
    if not found or kind not in kinds:
        said = f"it starts with {kind[:20]}://" if found else "it is not an address"
        wanted = " or ".join(f"{kind}://" for kind in kinds if "+" not in kind)
        raise ConfigError(f"{name} must start with {wanted}; {said}.")
    try:
        _ = urlsplit(address).port
    except ValueError as error:
        raise ConfigError(
            f"{name} cannot be read: what stands behind the host is not a port. In a user or password"
            " write / as %2F, @ as %40, : as %3A, # as %23 and % as %25."
        ) from error
    return address


class Base:
    """Settings that hold everywhere, with what the environment says on top."""

    ENV_NAME: ClassVar[str] = "base"
    DEBUG = False
    TESTING = False

    # Cookies and forms
    SESSION_COOKIE_NAME = "comptoir_session"
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = False
    REMEMBER_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_SECURE = False
    REMEMBER_COOKIE_DURATION = timedelta(days=30)
    PERMANENT_SESSION_LIFETIME = timedelta(days=31)
    WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open overnight must still post
    MAX_CONTENT_LENGTH = 25 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 5 * 1024 * 1024
    MAX_FORM_PARTS = 2_000
    PREFERRED_URL_SCHEME = "http"

    # Database. Schema and permissions are made by migrations and `flask shop prepare`, never at start.
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    FAB_CREATE_DB = False
    FAB_UPDATE_PERMS = False
    FAB_ADD_SECURITY_VIEWS = True
    FAB_API_SWAGGER_UI = False
    FAB_PASSWORD_HASH_METHOD = "scrypt"
    AUTH_TYPE = 1  # AUTH_DB
    AUTH_ROLE_ADMIN = "Admin"
    AUTH_ROLE_PUBLIC = "Public"
    AUTH_USER_REGISTRATION = False
    AUTH_RATE_LIMITED = False  # our own limits cover the form and the API alike
    APP_NAME = "Comptoir"

    # Languages: the shop's text is written in English, which needs no prefix in addresses.
    LANGUAGES: ClassVar[dict[str, dict[str, str]]] = {
        "en": {"flag": "gb", "name": "English"},
        "fr": {"flag": "fr", "name": "Français"},
        "nl": {"flag": "nl", "name": "Nederlands"},
        "de": {"flag": "de", "name": "Deutsch"},
        "es": {"flag": "es", "name": "Español"},
    }
    BABEL_DEFAULT_LOCALE = "en"
    BABEL_DEFAULT_TIMEZONE = "UTC"
    BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")

    # Packages beside `app` that bring a manifest of their own; the shop works without any of them.
    EXTENSIONS: ClassVar[tuple[str, ...]] = ("dashboards", "recommender")

    def __init__(self, environment: Mapping[str, str]) -> None:
        read = environment.get
        self.UNUSED = tuple(name for name in LATER if environment.get(name))
        self.COMPTOIR_HOME = str(Path(read("COMPTOIR_HOME") or ROOT / "var").absolute())
        home = Path(self.COMPTOIR_HOME)
        self.PORT = whole_number(environment, "PORT", 8000, 1, 65_535)
        self.SITE_URL = (read("SITE_URL") or f"http://localhost:{self.PORT}").rstrip("/")
        self.PROXY_COUNT = whole_number(environment, "PROXY_COUNT", 0, 0, 5)
        self.SECRET_KEY = self._secret_key(environment, home)
        self.ENCRYPTION_KEYS = self._encryption_keys(environment, home)

        running = services(home)
        self.SQLALCHEMY_DATABASE_URI = self._database(environment, home, running)
        self.SQLALCHEMY_ENGINE_OPTIONS = self._engine_options(environment)
        redis = read("REDIS_URL") or running.get("REDIS_URL") or f"unix://{home}/run/redis.sock?db=0"
        self.REDIS_URL = server_address("REDIS_URL", redis, ("redis", "rediss", "unix"))
        self.RATELIMIT_STORAGE_URI = self.REDIS_URL.replace("unix://", "redis+unix://", 1)
        self.RATELIMIT_IN_MEMORY_FALLBACK_ENABLED = True

        self.MEDIA_FOLDER = str(home / "media")
        self.BACKUP_FOLDER = str(Path(read("BACKUP_FOLDER") or home / "backups").absolute())
        self.MEDIA_URL = (read("MEDIA_URL") or "/media").rstrip("/")
        self.CDN_URL = (read("CDN_URL") or "").rstrip("/")
        self.UPLOAD_FOLDER = self.IMG_UPLOAD_FOLDER = self.MEDIA_FOLDER
        self.IMG_UPLOAD_URL = self.MEDIA_URL + "/"

        self.MAIL_URL = (
            server_address("MAIL_URL", mail, ("smtp", "smtps")) if (mail := read("MAIL_URL")) else None
        )
        self.MAIL_FROM = read("MAIL_FROM") or "Comptoir <shop@comptoir.example>"
        self.MAIL_INBOX_URL = read("MAIL_INBOX_URL") or None
        self.MAIL_INBOX_ADDRESS = read("MAIL_INBOX_ADDRESS") or None
        self.CLAMD_URL = read("CLAMD_URL") or None
        self.STRIPE_API_KEY = read("STRIPE_API_KEY") or None
        self.STRIPE_PUBLISHABLE_KEY = read("STRIPE_PUBLISHABLE_KEY") or None
        self.STRIPE_WEBHOOK_SECRET = read("STRIPE_WEBHOOK_SECRET") or None
        self.STRIPE_API_BASE = read("STRIPE_API_BASE") or None
        self.METRICS_TOKEN = read("METRICS_TOKEN") or None
        self.DEMO = is_on(environment, "DEMO", True)
        self.DEMO_PRODUCTS = whole_number(environment, "DEMO_PRODUCTS", 1_000, 0, 1_000_000)
        self.LOG_LEVEL = (read("LOG_LEVEL") or "INFO").strip().upper()
        if self.LOG_LEVEL not in LOG_LEVELS:
            raise ConfigError(
                f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}; it is {self.LOG_LEVEL[:40]!r}."
            )
        # Read by gunicorn itself (deploy/gunicorn.conf.py); looked at here, where a sentence can be said.
        self.WEB_WORKERS = whole_number(environment, "WEB_WORKERS", 2, 1, 500)
        self.SOCKETS_ASKED_SECONDS = whole_number(environment, "SOCKETS_ASKED_SECONDS", 30, 1, 3_600)
        self.WEB_MAX_REQUESTS = whole_number(environment, "WEB_MAX_REQUESTS", 20_000, 0, 1_000_000_000)

    def _secret_key(self, environment: Mapping[str, str], home: Path) -> str:
        return environment.get("SECRET_KEY") or kept_secret(home, "secret_key")

    def _encryption_keys(self, environment: Mapping[str, str], home: Path) -> str:
        """Return "id:secret,id:secret"; the first encrypts, all of them decrypt."""
        keys = environment.get("ENCRYPTION_KEYS") or f"local:{kept_secret(home, 'encryption_key')}"
        if not all(re.fullmatch(r"[\w-]{1,32}:[^,]+", part) for part in keys.split(",")):
            raise ConfigError(
                'ENCRYPTION_KEYS must look like "id:secret" or "id:secret,id:secret", without spaces;'
                " ids are letters, digits, - and _."
            )
        return keys

    def _database(self, environment: Mapping[str, str], home: Path, running: Mapping[str, str]) -> str:
        raw = environment.get("DATABASE_URL") or running.get("DATABASE_URL")
        return postgres_url(raw or f"postgresql://shop@/comptoir?host={home}/run/pg")

    def _engine_options(self, environment: Mapping[str, str]) -> dict[str, object]:
        """Bound every statement, every wait for a lock and every wait for a connection.

        Behind a pooler that gives a connection for one transaction (pgbouncer) nothing may depend on the
        session: no prepared statements, no settings of ours; the pooler sets those (docs/operations.md).
        """
        statement_ms = whole_number(environment, "STATEMENT_TIMEOUT_MS", 30_000, 0, 86_400_000)
        name = f"comptoir-{environment.get('COMPTOIR_PROCESS') or 'command'}"
        connect: dict[str, object] = {"application_name": name, "connect_timeout": 5}
        if not is_on(environment, "DATABASE_POOLER", False):
            connect["options"] = f"-c timezone=UTC -c statement_timeout={statement_ms} -c lock_timeout=5000"
        else:
            connect["prepare_threshold"] = None
        return {
            "pool_size": whole_number(environment, "DATABASE_POOL", 10, 1, 200),
            "max_overflow": whole_number(environment, "DATABASE_OVERFLOW", 10, 0, 200),
            "pool_timeout": 30,
            "pool_recycle": 1_800,
            "hide_parameters": True,  # a statement that fails is logged without the people it is about
            "connect_args": connect,
        }


class Development(Base):
    """One machine, plain HTTP, demo shop; secrets are made on first use."""

    ENV_NAME = "development"


class Testing(Base):
    """The test suite: its own database per process, cheap password hashes, no CSRF in forms."""

    ENV_NAME = "testing"
    TESTING = True
    WTF_CSRF_ENABLED = False  # one test class turns it on and covers every form route
    FAB_PASSWORD_HASH_METHOD = "scrypt:1024:8:1"  # the same code path, without 300 ms a login
    RATELIMIT_ENABLED = True

    def _secret_key(self, environment: Mapping[str, str], home: Path) -> str:
        return environment.get("SECRET_KEY") or "testing-" + "0" * SHORTEST_SECRET

    def _encryption_keys(self, environment: Mapping[str, str], home: Path) -> str:
        return environment.get("ENCRYPTION_KEYS") or "testing:" + "1" * 43


class Production(Base):
    """Real customers: HTTPS only, every secret given from outside."""

    ENV_NAME = "production"
    SESSION_COOKIE_SECURE = True
    REMEMBER_COOKIE_SECURE = True
    PREFERRED_URL_SCHEME = "https"

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.DEMO = False  # demo accounts have a public password

    def _secret_key(self, environment: Mapping[str, str], home: Path) -> str:
        key = environment.get("SECRET_KEY") or ""
        if len(key) < SHORTEST_SECRET or key.lower() in DEFAULT_SECRETS or len(set(key)) < 8:
            raise ConfigError(
                "In production SECRET_KEY must be set to at least 32 random characters."
                ' Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return key


def kept_secret(home: Path, name: str) -> str:
    """Return a secret of this home, made when there is none.

    Raises: ConfigError when the folder cannot hold it.
    """
    try:
        return secret(home, name)
    except OSError as error:
        raise ConfigError(
            f"The folder {home} cannot be used: {error.strerror}."
            " Make it writable, or set COMPTOIR_HOME to another folder."
        ) from error


BY_NAME: dict[str, type[Base]] = {kind.ENV_NAME: kind for kind in (Development, Testing, Production)}


def whole_number(environment: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Read a whole number within bounds.

    Raises: ConfigError naming the variable and what it may be.
    """
    raw = (environment.get(name) or "").strip()
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 12 or not low <= int(raw) <= high:
        raise ConfigError(f"{name} must be a whole number from {low} to {high}; it is {raw[:40]!r}.")
    return int(raw)


def is_on(environment: Mapping[str, str], name: str, default: bool) -> bool:
    """Read a switch: 0, no, off and false are off, anything else is on."""
    raw = (environment.get(name) or "").strip().lower()
    return raw not in OFF if raw else default


def load(environment: Mapping[str, str] | None = None) -> Base:
    """Return the settings of the environment named by APP_ENV (development when unset).

    Raises: ConfigError when a value is unusable, or a secret is missing in production.
    """
    environment = os.environ if environment is None else environment
    name = environment.get("APP_ENV") or "development"
    if name not in BY_NAME:
        raise ConfigError(f"APP_ENV must be one of {', '.join(sorted(BY_NAME))}; it is {name[:40]!r}.")
    settings = BY_NAME[name](environment)
    server_address("SITE_URL", settings.SITE_URL, ("http", "https"))
    return settings
