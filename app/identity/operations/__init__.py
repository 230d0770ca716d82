"""The verbs of identity; every door calls these."""

from app.identity.operations.api_tokens import (
    Tokens,
    issue_tokens,
    revoke_refresh,
    revoke_tokens,
    rotate_refresh,
    token_for,
)
from app.identity.operations.email_change import (
    check_email_change,
    confirm_email_change,
    request_email_change,
)
from app.identity.operations.logins import (
    authenticate,
    clean,
    end_all_logins,
    end_login,
    open_login,
    touch_login,
)
from app.identity.operations.many import NewCustomer, create_customers
from app.identity.operations.passwords import (
    change_password,
    check_reset_link,
    confirm_password,
    prepare_reset,
    request_password_reset,
    reset_password,
    set_password,
)
from app.identity.operations.registration import (
    check_verification,
    register,
    resend_verification,
    verify_email,
)
from app.identity.operations.roles import sync_permissions, sync_roles
from app.identity.operations.two_factor import (
    begin_two_factor,
    check_second_factor,
    disable_two_factor,
    enable_two_factor,
    remove_two_factor,
    renew_recovery_codes,
)
from app.identity.operations.users import (
    change_account,
    create_staff,
    create_user,
    end_sessions,
    invite_staff,
    reset_two_factor,
    restore_user,
    save_profile,
    send_reset_link,
    set_preferences,
    set_roles,
    suspend_user,
)

__all__ = [
    "NewCustomer", "Tokens", "authenticate", "begin_two_factor", "change_account", "change_password", "check_email_change", "check_reset_link", "check_second_factor", "check_verification", "clean",
    "confirm_email_change", "confirm_password", "create_customers", "create_staff", "create_user", "disable_two_factor", "enable_two_factor",
    "end_all_logins", "end_login", "end_sessions", "invite_staff", "issue_tokens", "open_login", "prepare_reset", "register", "remove_two_factor", "renew_recovery_codes",
    "request_email_change", "request_password_reset", "resend_verification", "reset_password", "reset_two_factor", "restore_user",
    "revoke_refresh", "revoke_tokens", "rotate_refresh", "save_profile", "send_reset_link", "set_password", "set_preferences",
    "set_roles", "suspend_user", "sync_permissions", "sync_roles", "token_for", "touch_login", "verify_email",
]  # fmt: skip
