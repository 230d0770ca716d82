"""Reviews: at the product, on a page of their own, in the account, and the form."""

from __future__ import annotations

from dataclasses import dataclass

from app.storefront.pages.shell import Choice, Crumb, Field, FieldError, ImageSet, Meta, Notice


@dataclass(frozen=True, slots=True)
class StarRow:
    """One bar of the histogram."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A review as others read it. Texts are plain; a blank line starts a paragraph."""

    rating: int
    title: str
    body: str
    language: str
    author: str
    date_iso: str
    date_text: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class ReviewsPart:
    """Average, histogram and some reviews. `sorts` are addresses in `Choice.value`; `more_url` "" at the end.

    `write_url` leads to the form, which says so itself when somebody may not write.
    """

    count: int
    average: float
    write_url: str
    all_url: str = ""
    rows: tuple[StarRow, ...] = ()
    items: tuple[ReviewCard, ...] = ()
    sorts: tuple[Choice, ...] = ()
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class ReviewsView:
    """All reviews of a product, a page at a time. `first_url` leads back to the first of them."""

    meta: Meta
    name: str
    url: str
    reviews: ReviewsPart
    image: ImageSet | None = None
    crumbs: tuple[Crumb, ...] = ()
    first_url: str = ""


@dataclass(frozen=True, slots=True)
class ReviewFormView:
    """Write or change a review. Without `fields` the notices say why this customer may not."""

    meta: Meta
    title: str
    name: str
    url: str
    action_url: str
    submit: str = ""
    image: ImageSet | None = None
    rating: int = 0
    rating_error: str = ""
    fields: tuple[Field, ...] = ()
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()
    delete_url: str = ""
    section: str = "reviews"


@dataclass(frozen=True, slots=True)
class OwnReviewRow:
    """A review in the account of who wrote it; `reason` says why it is not shown."""

    name: str
    url: str
    edit_url: str
    image: ImageSet | None
    card: ReviewCard
    state: str
    state_label: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToReview:
    """Something that was bought and not judged yet."""

    name: str
    url: str
    write_url: str
    image: ImageSet | None


@dataclass(frozen=True, slots=True)
class OwnReviewsView:
    """The customer's reviews, and what could be reviewed."""

    meta: Meta
    reviews: tuple[OwnReviewRow, ...]
    waiting: tuple[ToReview, ...] = ()
    older_url: str = ""
    newest_url: str = ""
    section: str = "reviews"
