"""What people do by form, and through which door a program does the same (API-01).

`tests/architecture/test_parity.py` fails for a form without a row. A row names a door or says why programs need none
("not for programs: …").
"""

from __future__ import annotations

SHOP = """
accounts.edit_address | PUT /api/v1/me/addresses/<address_id>
accounts.default_address | PUT /api/v1/me/addresses/<address_id>
accounts.delete_address | DELETE /api/v1/me/addresses/<address_id>
accounts.new_address | POST /api/v1/me/addresses
accounts.profile | PATCH /api/v1/me
accounts.change_password | POST /api/v1/me/password
accounts.confirm_email | not for programs: a person presses the button behind the link of a mail
accounts.change_email | not for programs: both mailboxes have to agree, which people do in their mails
accounts.end_session | not for programs: sessions belong to browsers; tokens end by POST /api/v1/auth/token/revoke
accounts.end_others | not for programs: sessions belong to browsers; a new password ends everything
accounts.two_factor | not for programs: the second step exists so that a stolen password or token is not enough
accounts.renew_codes | not for programs: the same as the row above
accounts.disable_two_factor | not for programs: the same as the row above
accounts.login | POST /api/v1/auth/token
accounts.logout | POST /api/v1/auth/token/revoke
accounts.forgot | POST /api/v1/auth/password/forgot
accounts.reset | not for programs: the link of a mail opens a page on which its owner types the new password
accounts.register | POST /api/v1/customers
accounts.resend | POST /api/v1/customers
accounts.verify | not for programs: a person presses the button behind the link of a mail
emails.own | PATCH /api/v1/me/topics
emails.by_link | not for programs: the link of a mail
emails.stop | not for programs: the address in the header of a mail; mail programs post there (RFC 8058)
emails.newsletter | not for programs: consent is a person's own act on a page
emails.newsletter_confirm | not for programs: the link of a mail
chat.ask | not for programs: the same calls go over the socket (/chat); this is the way of windows behind a proxy without WebSocket
chat.send | not for programs: texts go over the socket (/chat); files are what a person drops into the window
cart.add | POST /api/v1/carts/<cart_id>/lines
cart.change | PATCH /api/v1/carts/<cart_id>/lines/<line_id>
cart.coupon | POST /api/v1/carts/<cart_id>/coupons
checkout.update | POST /api/v1/orders
find_order.send | GET /api/v1/orders/<number>
orders.cancel | POST /api/v1/orders/<number>/cancel
orders.again | POST /api/v1/carts/<cart_id>/lines
payments.pay | POST /api/v1/orders/<number>/payment
payments.answer_test_card | not for programs: the test provider's page in the place of a bank's
contact.contact | POST /api/v1/tickets
tickets.own | POST /api/v1/tickets/<number>/messages
tickets.by_token | POST /api/v1/tickets/<number>/messages
help.vote | not for programs: a reader's own word about the page that was read
reviews.write | POST /api/v1/products/<slug>/reviews
reviews.delete | DELETE /api/v1/me/reviews/<review_id>
notices.read_all | not for programs: the bell of the shop's pages; programs ask for the orders themselves
visits.choose | not for programs: consent is a person's own act in a browser, and lives in its cookie
visits.note | not for programs: only an opened page counts as one
suggestions.seen | not for programs: a page of this shop counts for an experiment
suggestions.choose | not for programs: consent is a person's own act on a page
fragments.preferences | not for programs: each call says language and currency itself
AdminIndex.language | not for programs: each call says its language itself
StatusView.again | not for programs: the same as "Try again" of a job, which programs reach by its own door
StaffAuthView.login | POST /api/v1/auth/token
StaffAuthView.logout | POST /api/v1/auth/token/revoke
"""
"""Forms of the shop and the doors of the back office: endpoint, door or reason."""

OWN_FORMS = """
OrderView.cancel | POST /api/v1/admin/orders/<number>/cancel
OrderView.pack | POST /api/v1/admin/orders/<number>/pack
OrderView.confirm | POST /api/v1/admin/orders/<number>/confirm
OrderView.ship | POST /api/v1/admin/orders/<number>/parcels
OrderView.deliver | POST /api/v1/admin/orders/<number>/deliver
OrderView.lose | POST /api/v1/admin/parcels/<parcel_id>/lost
OrderView.number | PATCH /api/v1/admin/parcels/<parcel_id>
OrderView.note | POST /api/v1/admin/orders/<number>/notes
OrderView.addresses | PUT /api/v1/admin/orders/<number>/addresses
OrderView.refund | POST /api/v1/admin/payment/<pk>/actions/<name>
OrderView.finish_refund | POST /api/v1/admin/refund/<pk>/actions/<name>
OrderView.money | POST /api/v1/admin/payment/<pk>/actions/<name>
ProductView.pictures | PUT /api/v1/admin/product/<pk>/pictures
ProductView.links | PUT /api/v1/admin/product/<pk>/links
SettingsView.change_group | PATCH /api/v1/admin/settings/<pk>
VersionView.train | not for programs: `flask recommender train` is the program's way, on the machine itself
VersionView.stop | POST /api/v1/admin/job/<pk>/actions/<name>
VersionView.back | POST /api/v1/admin/suggestion-model/<pk>/actions/<name>
LearningView.train | not for programs: `flask search learn` is the program's way, on the machine itself
LearningView.stop | POST /api/v1/admin/job/<pk>/actions/<name>
LearningView.back | POST /api/v1/admin/search-ranking/<pk>/actions/<name>
ForecastView.train | not for programs: `flask forecast train` is the program's way, on the machine itself
BackupView.start | not for programs: `flask backup create` is the program's way, on the machine itself
BackupView.check | not for programs: `flask backup verify`, as above
ImportView.upload | not for programs: `flask catalog import` takes files; rows go through /api/v1/admin/product
ImportView.again | not for programs: the same as the row above
ImportView.cancel | POST /api/v1/admin/job/<pk>/actions/<name>
OrderImportView.upload | not for programs: `flask orders import` takes files
OrderImportView.again | not for programs: the same as the row above
OrderImportView.cancel | POST /api/v1/admin/job/<pk>/actions/<name>
TableImportView.new | POST /api/v1/admin/tableimport
TableImportView.columns | POST /api/v1/admin/tableimport/<pk>/check
TableImportView.take | POST /api/v1/admin/tableimport/<pk>/take
TableImportView.cancel | POST /api/v1/admin/tableimport/<pk>/cancel
ConversationView.say | not for programs: a program answers over the socket (/chat `message`), with a token
ConversationView.note | not for programs: notes are between the people at the desk
ConversationView.change | not for programs: a program takes part over the socket (/chat); the desk's steps are people's
ConversationView.available | not for programs: the same over the socket (/chat `available`)
StaffNoticeView.seen_all | not for programs: the bell of one person
"""
"""Forms that a screen has beside add, edit, delete and its actions."""

CLOSED = """
LoginSessionView | not for programs: sign-ins of people are ended by people; PATCH of a user and its actions do more
StaffNoticeView | not for programs: the bell of one person
"""
"""Screens without a REST door that have forms or actions."""
