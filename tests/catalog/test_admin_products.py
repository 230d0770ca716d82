"""The screen of products: list, form by type, refusals beside their fields, life, ownership."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog import operations
from app.catalog.models import Product, ProductImage, Variant
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from app.media.models import Image
from tests.media.pictures import SVG, as_bytes, picture

from .conftest import Shop, priced

pytestmark = pytest.mark.usefixtures("media_folder")


def form(shop: Shop, **more: Any) -> dict[str, Any]:
    return {
        "name": "Aurora 14", "category": shop.laptops, "brand": shop.brand, "tax_class": "standard", "is_available": "y",
        "description": "Light.", "spec_ram": "16", "spec_wifi": "yes", "name_fr": "Aurore 14", "sku": "AU-14",
        "option_colour": "red", "option_size": "m", "weight_g": "1200", **more,
    }  # fmt: skip


def file(data: bytes, name: str = "lamp.png") -> tuple[BytesIO, str]:
    return (BytesIO(data), name)


def errors_of(page: str) -> dict[str, str]:
    """The messages beside the fields, by field."""
    found = {}
    for block in re.findall(r'<div class="field[^"]*has-error".*?data-field="([^"]+)".*?field-error"[^>]*>(.*?)</p>', page, re.S):  # fmt: skip
        found[block[0]] = re.sub(r"<[^>]+>", "", block[1]).strip()
    return found


def test_cat_01_a_product_is_made_by_form(admin: Any, session: Session, shop: Shop) -> None:
    first = admin.get("/admin/product/add")
    assert f"type={shop.type_id}" in first.text
    page = admin.get(f"/admin/product/add?type={shop.type_id}")
    assert page.status_code == 200
    for name in ("spec_ram", "spec_wifi", "option_colour", "option_size", "name_fr", "pictures", "sku"):
        assert f'name="{name}"' in page.text, name
    data = form(shop) | {"pictures": [file(as_bytes(picture())), file(as_bytes(picture(seed=1)))]}
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=data)
    assert answer.status_code == 302, errors_of(answer.text)
    product = session.scalars(select(Product)).one()
    assert (product.name, product.slug, product.state) == ("Aurora 14", "aurora-14", "draft")
    assert product.specifications == {"ram": "16", "wifi": True}
    assert product.translations["fr"]["name"] == "Aurore 14"
    assert [(v.sku, v.options, v.weight_g) for v in product.variants] == [("AU-14", {"colour": "red", "size": "m"}, 1200)]  # fmt: skip
    assert len(product.images) == 2
    shown = admin.get(answer.location)
    assert "AU-14" in shown.text
    assert "/p/aurora-14" in shown.text


def test_refusals_stand_beside_their_fields_and_nothing_is_lost(
    admin: Any, session: Session, shop: Shop
) -> None:
    data = form(shop, name=" ", spec_ram="much", sku="-bad", category="", weight_g="-5")
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=data)
    assert answer.status_code == 200
    assert {"category", "spec_ram"} <= set(errors_of(answer.text))
    for kept in ('value="much"', 'value="-bad"', 'value="Aurore 14"'):
        assert kept in answer.text
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=form(shop, sku="-bad", weight_g="-5", name="x" * 300))  # fmt: skip
    assert answer.status_code == 200
    assert session.scalar(select(func.count()).select_from(Product)) == 0
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=form(shop, sku="-bad", weight_g="-5"))
    assert set(errors_of(answer.text)) == {"sku", "weight_g"}


def test_a_taken_sku_is_said_beside_it(admin: Any, session: Session, shop: Shop, make: Any) -> None:
    make()
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=form(shop, sku="SKU-1"))
    assert set(errors_of(answer.text)) == {"sku"}
    assert session.scalar(select(func.count()).select_from(Product)) == 1


def test_cat_05_a_hostile_picture_is_refused_and_nothing_is_stored(
    admin: Any, session: Session, shop: Shop
) -> None:
    data = form(shop) | {"pictures": [file(as_bytes(picture())), file(SVG, "evil.svg")]}
    answer = admin.post(f"/admin/product/add?type={shop.type_id}", data=data)
    assert answer.status_code == 200
    assert "evil.svg" in errors_of(answer.text)["pictures"]
    assert 'value="Aurora 14"' in answer.text
    assert session.scalar(select(func.count()).select_from(Product)) == 0
    assert session.scalar(select(func.count()).select_from(Image)) == 0


def test_a_product_is_changed_by_form(admin: Any, session: Session, shop: Shop, make: Any) -> None:
    product = make("Lamp", specifications={"ram": 8})
    address = f"/admin/product/edit/{product.id}"
    page = admin.get(address)
    assert 'value="8"' in page.text
    token = re.search(r'name="_token" value="([^"]+)"', page.text)
    assert token
    data = form(shop, name="Lantern", _token=token[1], slug="lamp", pictures=[file(as_bytes(picture()))])
    answer = admin.post(address, data=data)
    assert answer.status_code == 302, errors_of(answer.text)
    session.refresh(product)
    assert (product.name, product.slug, product.specifications) == (
        "Lantern",
        "lamp",
        {"ram": "16", "wifi": True},
    )
    assert product.state == "published"
    assert session.scalar(select(func.count()).select_from(ProductImage)) == 1
    late = admin.post(address, data=form(shop, name="Torch", _token=token[1]))
    assert late.status_code == 409
    session.refresh(product)
    assert product.name == "Lantern"


def test_the_list_costs_few_statements(
    admin: Any, shop: Shop, make: Any, session: Session, statements: Any
) -> None:
    for number in range(12):
        make(f"Lamp {number}")
    admin.get("/admin/product/list/")
    with statements() as seen:
        page = admin.get("/admin/product/list/")
    assert page.status_code == 200
    assert "Lamp 11" in page.text
    assert len(seen) <= 12, "\n".join(seen)


@pytest.mark.parametrize("query", ["q=lamp", "state.eq=published", "category.rel_o_m=1", "sort=-name", "state.eq=nonsense", "sort=nothing", "q=%00", "created_at.gt=x", "page=9999999"])  # fmt: skip
def test_the_list_bears_any_address(admin: Any, make: Any, query: str) -> None:
    make()
    assert admin.get(f"/admin/product/list/?{query}").status_code == 200


def test_life_by_actions(admin: Any, session: Session, make: Any) -> None:
    product, empty = make(publish_now=False), make("Empty", publish_now=False, variants=[])
    show = admin.get(f"/admin/product/show/{empty.id}").text
    assert "Add at least one active variant." in show
    admin.post(f"/admin/product/action/publish/{empty.id}")
    admin.post(f"/admin/product/action/publish/{product.id}")
    session.expire_all()
    assert (product.state, empty.state) == ("published", "draft")
    chosen = {"action": "archive", "rowid": [str(product.id), str(empty.id)]}
    assert admin.post("/admin/product/action_post", data=chosen).status_code == 302
    session.expire_all()
    assert (product.state, empty.state) == ("archived", "archived")


def test_many_are_changed_by_a_job(admin: Any, session: Session, shop: Shop, make: Any) -> None:
    for number in range(51):
        make(f"Lamp {number}", publish_now=False)
    admin.post("/admin/product/action_post", data={"action": "publish", "_all": "1", "_query": ""})
    job = session.scalars(select(JobRow).where(JobRow.name == "catalog.change_state")).one()
    assert len(job.arguments["product_ids"]) == 51


def test_a_copy_opens_its_form(admin: Any, session: Session, make: Any) -> None:
    product = make("Lamp", variants=[NewVariant("A", {"colour": "red"}), NewVariant("B", {"colour": "blue"})])
    answer = admin.post(f"/admin/product/action/duplicate/{product.id}")
    copy = session.scalars(select(Product).where(Product.id != product.id)).one()
    assert answer.location.endswith(f"/admin/product/edit/{copy.id}")
    assert (copy.state, copy.slug, [v.sku for v in copy.variants]) == (
        "draft",
        "lamp-2",
        ["A-copy", "B-copy"],
    )


def test_usr_10_a_seller_sees_and_edits_only_his_own(
    staff: Callable[..., Any], session: Session, shop: Shop, make: Any
) -> None:
    theirs = make("Foreign lamp")
    seller = staff("Seller")
    answer = seller.post(f"/admin/product/add?type={shop.type_id}", data=form(shop, seller_id="1"))
    assert answer.status_code == 302, errors_of(answer.text)
    mine = session.scalars(select(Product).where(Product.id != theirs.id)).one()
    assert mine.seller_id == seller.user_id
    page = seller.get("/admin/product/list/").text
    assert "Aurora 14" in page
    assert "Foreign lamp" not in page
    foreign = theirs.variants[0].id
    for address in (f"product/show/{theirs.id}", f"product/edit/{theirs.id}", f"product/pictures/{theirs.id}", f"variant/show/{foreign}", f"variant/edit/{foreign}"):  # fmt: skip
        assert seller.get(f"/admin/{address}").status_code == 404, address
    seller.post("/admin/product/action_post", data={"action": "archive", "_all": "1", "_query": ""})
    seller.post(f"/admin/product/delete/{theirs.id}")
    seller.post(f"/admin/variant/delete/{foreign}")
    answer = seller.post(
        f"/admin/variant/add?product={theirs.id}", data={"product": theirs.id, "sku": "STOLEN"}
    )
    session.expire_all()
    assert (theirs.state, mine.state) == ("published", "archived")
    assert session.scalar(select(Variant.id).where(Variant.sku == "STOLEN")) is None


@pytest.mark.parametrize(("role", "status"), [("Support", 403), ("Manager", 200)])
def test_who_may_add(staff: Callable[..., Any], session: Session, shop: Shop, role: str, status: int) -> None:
    browser = staff(role)
    answer = browser.get(f"/admin/product/add?type={shop.type_id}")
    assert answer.status_code in ((status,) if status == 200 else (302, 403))
    browser.post(f"/admin/product/add?type={shop.type_id}", data=form(shop))
    assert session.scalar(select(func.count()).select_from(Product)) == (1 if status == 200 else 0)


def test_cat_05_pictures_are_ordered_described_and_removed(admin: Any, session: Session, make: Any) -> None:
    product = make(variants=[NewVariant("A", {"colour": "red"}), NewVariant("B", {"colour": "blue"})])
    address = f"/admin/product/pictures/{product.id}"
    files = [file(as_bytes(picture(seed=n)), f"{n}.png") for n in range(5)]
    assert admin.post(address, data={"pictures": files}).status_code == 302
    links = session.scalars(select(ProductImage).order_by(ProductImage.position)).all()
    assert [link.image.filename for link in links] == [f"{n}.png" for n in range(5)]
    data: dict[str, Any] = {f"picture_{link.id}_position": str(9 - n) for n, link in enumerate(links)}
    data |= {f"picture_{links[0].id}_alt": "First", f"picture_{links[0].id}_alt_fr": "Premier", f"picture_{links[0].id}_sku": "B", f"picture_{links[1].id}_remove": "1"}  # fmt: skip
    assert admin.post(address, data=data).status_code == 302
    session.expire_all()
    found = session.scalars(select(ProductImage).order_by(ProductImage.position)).all()
    assert [link.image.filename for link in found] == ["4.png", "3.png", "2.png", "0.png"]
    last = found[-1]
    assert (last.alt, last.translations, last.variant_id) == ("First", {"fr": {"alt": "Premier"}}, product.variants[1].id)  # fmt: skip
    bad = admin.post(
        address, data={f"picture_{last.id}_alt": "Typed", "pictures": [file(b"<svg/>", "x.svg")]}
    )
    assert bad.status_code == 200
    assert "x.svg" in bad.text
    assert 'value="Typed"' in bad.text
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(ProductImage)) == 4


def test_a_sold_product_is_archived_not_deleted(
    admin: Any, session: Session, make: Any, monkeypatch: Any
) -> None:
    from app.catalog.operations import parts

    sold, fresh = make("Sold"), make("Fresh")
    monkeypatch.setattr(parts, "sold_check", [lambda _session, product_id: product_id == sold.id])
    admin.post(f"/admin/product/delete/{sold.id}")
    admin.post(f"/admin/product/delete/{fresh.id}")
    session.expire_all()
    assert session.scalars(select(Product.state)).all() == ["archived"]
    assert operations.delete_product(session, product_id=sold.id, actor=SYSTEM) == "archived"
    assert priced("A")
