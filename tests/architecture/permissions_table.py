"""Who may do what: one row for every route of the shop, one for every screen of the back office.

`tests/architecture/test_permissions.py` fails for a route or a screen without a row, and asks every
cell for strangers, customers, Support, Seller, Manager and Admin.
"""

from __future__ import annotations

OPEN = """
/ /c/<path:path> /p/<slug> /p/<slug>/reviews /search /search/suggest /pages/<slug>
/robots.txt /sitemap.xml /sitemap-<name>.xml /favicon.ico /assets/<mark>/<path:path> /static/appbuilder/<path:filename>
/media/<name> /fragments/me /preferences /consent /visits /compare /fragments/seen /suggestions/<place> /suggestions/seen /suggestions/owned
/healthz /readyz /metrics
/chat/hello /chat/ask/<name> /chat/files /chat/files/<uuid:message_id>
/cart /cart/drawer /cart/restore/<token> /cart/lines /cart/lines/<line> /cart/coupon
/checkout /checkout/done/<token> /orders/find /orders/<token> /orders/<token>/again /orders/<token>/cancel /track
/support /support/<token> /support/<token>/files/<uuid:file_id> /contact /contact/sent /help /help/<slug> /help/<slug>/vote
/orders/<token>/confirmation.pdf /orders/<token>/documents/<number>.pdf
/payments/<uuid:public_id>/card /payments/<uuid:public_id>/pay /payments/demo/<uuid:public_id>
/payments/return/<uuid:public_id> /api/v1/webhooks/<provider>
/login /logout /register /register/sent /register/resend /verify/<token>
/password/forgot /password/sent /password/reset/<token> /account/email/confirm/<token>
/newsletter /newsletter/sent /newsletter/confirm/<token> /emails/<token> /emails/off/<token>
/admin/login/ /admin/logout/ /admin/me/ /admin/language
/api/docs /api/openapi.json /api/v1/auth/token /api/v1/auth/token/refresh /api/v1/auth/token/revoke /api/v1/auth/password/forgot
/api/v1/products /api/v1/products/<slug> /api/v1/categories /api/v1/customers /api/v1/customers/validate_vat
/api/v1/carts /api/v1/carts/<cart_id> /api/v1/carts/<cart_id>/lines /api/v1/carts/<cart_id>/lines/<line_id>
/api/v1/carts/<cart_id>/coupons /api/v1/carts/<cart_id>/coupons/<code> /api/v1/carts/<cart_id>/addresses
/api/v1/carts/<cart_id>/shipping-methods /api/v1/carts/<cart_id>/shipping-method /api/v1/carts/<cart_id>/payment-methods
"""
"""Routes for everybody; what stands behind an unguessable token or id opens by knowing it."""

SIGNED_IN = """
/account /account/orders /account/profile /account/notices
/account/tickets /account/tickets/<number> /account/tickets/<number>/files/<uuid:file_id>
/account/reviews /p/<slug>/review /p/<slug>/review/delete
/account/addresses /account/addresses/new /account/addresses/<uuid:address_id>
/account/addresses/<uuid:address_id>/default /account/addresses/<uuid:address_id>/delete
/account/emails /account/suggestions
/api/v1/me /api/v1/me/addresses /api/v1/me/addresses/<address_id> /api/v1/me/password
/api/v1/me/topics /api/v1/me/reviews /api/v1/me/reviews/<review_id>
/account/security /account/security/password /account/security/email
/account/security/sessions/end /account/security/sessions/end-others
/account/security/two-factor /account/security/two-factor/codes /account/security/two-factor/off
"""
"""Routes for whoever is signed in; each person sees only what is theirs."""

BY_METHOD = """
GET /api/v1/orders              | Customer Support Seller Manager Admin
POST /api/v1/orders             | stranger Customer Support Seller Manager Admin
GET /api/v1/products/<slug>/reviews  | stranger Customer Support Seller Manager Admin
POST /api/v1/products/<slug>/reviews | Customer Support Seller Manager Admin
GET /api/v1/tickets             | Customer Support Seller Manager Admin
POST /api/v1/tickets            | stranger Customer Support Seller Manager Admin
GET /api/v1/tickets/<number>    | stranger Customer Support Seller Manager Admin
POST /api/v1/tickets/<number>/messages | stranger Customer Support Seller Manager Admin
GET /api/v1/orders/<number>     | stranger Customer Support Seller Manager Admin
GET /api/v1/orders/<number>/invoices | stranger Customer Support Seller Manager Admin
GET /api/v1/invoices/<number>.pdf | stranger Customer Support Seller Manager Admin
POST /api/v1/orders/<number>/cancel | stranger Customer Support Seller Manager Admin
GET /api/v1/orders/<number>/payment-methods | stranger Customer Support Seller Manager Admin
POST /api/v1/orders/<number>/payment | stranger Customer Support Seller Manager Admin
GET /api/v1/admin/orders/<number>/desk | Support Seller Manager Admin
POST /api/v1/admin/orders/<number>/confirm | Manager Admin
POST /api/v1/admin/orders/<number>/pack | Manager Admin
POST /api/v1/admin/orders/<number>/deliver | Manager Admin
POST /api/v1/admin/orders/<number>/cancel | Support Manager Admin
POST /api/v1/admin/orders/<number>/notes | Support Manager Admin
PUT /api/v1/admin/orders/<number>/addresses | Support Manager Admin
POST /api/v1/admin/orders/<number>/parcels | Manager Admin
GET /api/v1/admin/parcels/<parcel_id> | Support Seller Manager Admin
PATCH /api/v1/admin/parcels/<parcel_id> | Manager Admin
POST /api/v1/admin/parcels/<parcel_id>/delivered | Manager Admin
POST /api/v1/admin/parcels/<parcel_id>/lost | Manager Admin
GET /admin/status/              | Manager Admin
POST /admin/status/again/<pk>   | Manager Admin
GET /admin/dashboards/          | Manager Admin
GET /admin/dashboards/export.<string:kind> | Manager Admin
GET /admin/dashboards/rows      | Seller Manager Admin
GET /admin/dashboards/sales     | Seller Manager Admin
GET /admin/dashboards/sales/export.<string:kind> | Seller Manager Admin
GET /admin/dashboards/customers | Manager Admin
GET /admin/dashboards/customers/export.<string:kind> | Manager Admin
GET /admin/dashboards/finance   | Manager Admin
GET /admin/dashboards/finance/export.<string:kind> | Manager Admin
GET /admin/dashboards/inventory | Seller Manager Admin
GET /admin/dashboards/inventory/export.<string:kind> | Seller Manager Admin
GET /admin/dashboards/marketing | Manager Admin
GET /admin/dashboards/marketing/export.<string:kind> | Manager Admin
GET /api/v1/admin/metrics       | Manager Admin
GET /api/v1/admin/metrics/<metric> | Manager Admin
GET /api/v1/stock/<sku>         | Manager Admin
PATCH /api/v1/stock/<sku>       | Manager Admin
"""
"""Routes that ask differently by method, or for certain roles: method, route, who."""

STAFF = """
/admin/ /admin/search
"""
"""Routes for everybody who works here; the screens they lead to ask again."""

SCREENS = """
screen              | Manager | Seller | Support
AlertView           | all     | -      | read
AttributeOptionView | all     | read   | read
AttributeView       | all     | read   | read
AuditView           | -       | -      | -
BackupView          | -       | -      | -
BannerView          | all     | -      | read
BoardTileView       | all     | all    | read
BoardView           | all     | all    | read
BrandView           | all     | read   | read
CarrierView         | all     | -      | read
CarrierEventView    | all     | -      | read again
CartView            | all     | -      | read take_back
CannedReplyView     | all     | -      | all
CategoryView        | all     | read   | read
ConversationView    | all     | -      | read answer
CountryView         | all     | read   | read
CouponClaimView     | all     | -      | read
CostView            | all     | -      | read
CouponView          | all     | -      | read
CurrencyView        | all     | read   | read
CustomerView        | all     | -      | all
DeliveryView        | all     | -      | -
GroupView           | all     | -      | read
ImportView          | all     | -      | -
InvoiceView         | all     | -      | read
ForecastView        | all     | -      | -
HelpArticleView     | all     | -      | read add edit
HelpCategoryView    | all     | -      | read add edit
ImageView           | all     | all    | read
JobView             | all     | -      | -
LedgerView          | all     | -      | read
LearningView        | all     | -      | -
LoginSessionView    | -       | -      | -
MailingView         | all     | -      | -
MenuLinkView        | all     | -      | read
MessageView         | all     | -      | read again
MethodView          | all     | -      | read
MovementView        | all     | -      | read
MissingView         | all     | -      | list
NoticeView          | all     | -      | read
OrderImportView     | all     | -      | -
OrderView           | all     | read   | read addresses cancel note
PageView            | all     | -      | read
PaymentView         | all     | read   | read
PriceChangeView     | all     | read   | -
PriceView           | all     | read   | read
ProductTypeView     | all     | read   | read
ProductView         | all     | all    | read
QueryCountView      | all     | -      | read
RateView            | all     | read   | read
ReceivedView        | all     | -      | read
RedirectView        | all     | -      | read
RefundView          | all     | read   | read
ReportView          | all     | read add cancel again | -
ReservationView     | all     | -      | read
ReviewView          | all     | -      | read answer
RoleView            | -       | -      | -
RuleView            | all     | -      | read
SettingsView        | all     | -      | -
SettlementView      | all     | -      | read
StockView           | all     | -      | read
StaffNoticeView     | all     | -      | read seen seen_all
SynonymView         | all     | -      | -
TableImportView     | all     | all    | all
TaxRateView         | all     | -      | read
TicketView          | all     | -      | read add answer note move assign prioritise label link_order merge
UserView            | -       | -      | -
VariantView         | all     | all    | read
WarehouseView       | all     | -      | read
VersionView         | all     | -      | -
ExperimentView      | all     | -      | -
ZoneView            | all     | -      | read
"""
"""Rights on each screen and its REST door: "all", "read" (list and show), single rights, "-". Admin has all."""


def words(table: str) -> frozenset[str]:
    """The routes of one of the lists above."""
    return frozenset(table.split())


def by_method() -> dict[str, frozenset[str]]:
    """Who may use each route of that list, by "GET /address"."""
    rows = (line.split("|") for line in BY_METHOD.strip().splitlines())
    return {route.strip(): frozenset(who.split()) for route, who in rows}


def screens() -> dict[str, dict[str, str]]:
    """The screens with what each role may do there."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in SCREENS.strip().splitlines()]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
