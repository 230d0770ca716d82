"""The verbs of help: save and remove categories and articles, count what readers think."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import caching, locks, records
from app.core.actor import Actor
from app.core.errors import Conflict
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l, translated
from app.core.unit_of_work import after_commit, unit_of_work
from app.support.help import queries, rules
from app.support.help.models import HelpArticle, HelpCategory, HelpVote, HelpWords

R = TypeVar("R", HelpArticle, HelpCategory)
Errors = dict[str, Any]
_CATEGORY: dict[str, Any] = {"slug": "", "title": "", "position": 0, "translations": {}}
_ARTICLE: dict[str, Any] = {
    "slug": "", "category_id": None, "state": "draft", "title": "", "summary": "", "body": "", "translations": {},
    "position": 0,
}  # fmt: skip


_WRITE = text("""
    INSERT INTO support_help_words (article_id, language, document)
    VALUES (:id, :language, setweight(to_tsvector(CAST(:kind AS regconfig), :title), 'A')
            || setweight(to_tsvector(CAST(:kind AS regconfig), :summary), 'B')
            || setweight(to_tsvector(CAST(:kind AS regconfig), :body), 'C'))""")


def save_category(
    session: Session, *, category_id: int | None = None, actor: Actor, **values: Any
) -> HelpCategory:
    """Add a category, or change the one with `category_id`.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such category.
    """

    def check(given: dict[str, Any]) -> Errors:
        return rules.text_errors(given, ("title",)) | _address_errors(
            session, HelpCategory, given, category_id
        )

    return _save(session, HelpCategory, category_id, actor, _CATEGORY, values, check)


def remove_category(session: Session, *, category_id: int, actor: Actor) -> None:
    """Delete an empty category.

    Raises:
        Conflict: it holds articles. NotFound: there is no such category.
    """
    with unit_of_work(session):
        row = locks.row(session, HelpCategory, category_id)
        if session.scalar(select(HelpArticle.id).where(HelpArticle.category_id == row.id).limit(1)):
            raise Conflict(_l("Move the articles of this category first."))
        _remove(session, row, actor)


def save_article(
    session: Session, *, article_id: int | None = None, actor: Actor, **values: Any
) -> HelpArticle:
    """Add an article, or change the one with `article_id`; its body is cleaned of all that could run.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such article.
    """

    def check(given: dict[str, Any]) -> Errors:
        errors = rules.text_errors(given, ("title", "summary", "body"))
        errors |= _address_errors(session, HelpArticle, given, article_id)
        if given["state"] not in ("draft", "published"):
            errors["state"] = _l("Choose one of the possible values.")
        if (
            not isinstance(given["category_id"], int)
            or session.get(HelpCategory, given["category_id"]) is None
        ):
            errors["category_id"] = _l("Please choose a category.")
        if not errors:
            given["body"] = rules.clean_body(given["body"])
            for texts in given["translations"].values():
                if texts.get("body"):
                    texts["body"] = rules.clean_body(texts["body"])
        return errors

    with unit_of_work(session):
        article = _save(session, HelpArticle, article_id, actor, _ARTICLE, values, check)
        _index(session, article)
    return article


def remove_article(session: Session, *, article_id: int, actor: Actor) -> None:
    """Delete an article with its votes.

    Raises:
        NotFound: there is no such article.
    """
    with unit_of_work(session):
        _remove(session, locks.row(session, HelpArticle, article_id), actor)


def vote(session: Session, *, article_id: int, voter: str, is_helpful: bool) -> bool:
    """Count what a reader thinks of a published article; a second word of the same reader changes the first.

    Returns whether anything changed. Raises:
        NotFound: there is no such article.
    """
    with unit_of_work(session):
        article = locks.row(session, HelpArticle, article_id)
        before = session.scalar(
            select(HelpVote.is_helpful).where(HelpVote.article_id == article_id, HelpVote.voter == voter)
        )
        if before is is_helpful:
            return False
        row = insert(HelpVote).values(article_id=article_id, voter=voter, is_helpful=is_helpful)
        session.execute(
            row.on_conflict_do_update(index_elements=["article_id", "voter"], set_={"is_helpful": is_helpful})
        )
        moved = 0 if before is None else 1
        gained, lost = ("helpful", "unhelpful") if is_helpful else ("unhelpful", "helpful")
        session.execute(  # past the version: a reader's word is no change of the text
            update(HelpArticle)
            .where(HelpArticle.id == article.id)
            .values(
                {gained: getattr(HelpArticle, gained) + 1, lost: getattr(HelpArticle, lost) - moved,
                 "updated_at": HelpArticle.updated_at}
            )
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    session.expire(article)
    return True


def forget_votes(session: Session) -> int:
    """Forget who voted on which day after a day and a half; the counts stay. Repeatable. Returns how many."""
    with unit_of_work(session):
        gone = session.execute(
            delete(HelpVote)
            .where(HelpVote.created_at < func.now() - func.make_interval(0, 0, 0, 0, 36))
            .returning(HelpVote.voter)
        )
        return len(gone.all())


def _index(session: Session, article: HelpArticle) -> None:
    """Write the words of each language that has texts; readers of the others find the English ones."""
    session.execute(delete(HelpWords).where(HelpWords.article_id == article.id))
    for language in LANGUAGES:
        if language != DEFAULT_LANGUAGE and not (article.translations or {}).get(language, {}).get("title"):
            continue
        words = {
            name: rules.searchable(rules.words_alone(translated(article, name, language) or ""))
            for name in ("title", "summary", "body")
        }
        session.execute(
            _WRITE, {"id": article.id, "language": language, "kind": rules.DICTIONARIES[language], **words}
        )


def _address_errors(session: Session, model: type[R], given: Mapping[str, Any], own: int | None) -> Errors:
    errors: Errors = {}
    slug, position = given["slug"], given["position"]
    if not isinstance(slug, str) or not rules.SLUG.fullmatch(slug):
        errors["slug"] = _l("Small letters, digits and hyphens.")
    elif session.scalar(select(model.id).where(model.slug == slug, model.id != (own or 0))):
        errors["slug"] = _l("This value is already taken.")
    if isinstance(position, bool) or not isinstance(position, int) or abs(position) > 100_000:
        errors["position"] = _l("Please enter a whole number.")
    return errors


def _save(
    session: Session, model: type[R], row_id: int | None, actor: Actor, defaults: Mapping[str, Any],
    values: Mapping[str, Any], check: Callable[[dict[str, Any]], Errors],
) -> R:  # fmt: skip
    with unit_of_work(session):
        locks.advisory(session, model.__tablename__)
        row = locks.row(session, model, row_id) if row_id is not None else None
        row = records.save(session, row, model, actor=actor, defaults=defaults, values=values, check=check)
        after_commit(session, _forget)
    return row


def _remove(session: Session, row: HelpArticle | HelpCategory, actor: Actor) -> None:
    records.remove(session, row, actor=actor, noted=("slug", "title"))
    after_commit(session, _forget)


def _forget() -> None:
    caching.purge(queries.OWNER, "pages")
