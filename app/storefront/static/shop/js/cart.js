// Buying, the drawer, and every form of the bag: changes at once, rolls back when refused.
import { Refusal, get, later, node, post, root, setCount, toast } from "shop/api";

const drawer = document.getElementById("cart-drawer");
const page = document.querySelector("[data-cart-page]");

function style(href) {
  if (!href || document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    document.head.append(link);
  });
}

function fill(place, html) {
  const held = document.activeElement && place.contains(document.activeElement) ? document.activeElement : null;
  const back = held && (held.id ? `#${CSS.escape(held.id)}` : held.dataset.step ? `#${CSS.escape(held.closest("[data-line]")?.id || "x")} [data-step="${held.dataset.step}"]` : "");
  const body = node(html);
  place.replaceChildren(body);
  setCount(Number(body.dataset.count) || 0);
  if (back) place.querySelector(back)?.focus();
  else if (held) place.querySelector("[data-drawer-title], h1")?.focus();
}

let opener;
async function open(html) {
  await style(drawer.dataset.css);
  fill(drawer, html);
  if (!drawer.open) {
    opener = document.activeElement;
    drawer.showModal();
  }
  drawer.querySelector("[data-drawer-title]")?.focus();
}

drawer?.addEventListener("close", () => opener?.focus());
drawer?.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.closest("[data-drawer-close]")) drawer.close();
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-cart-link]");
  if (!link || page || !drawer || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    await open(await get(`${root}/cart/drawer`));
  } catch {
    toast(drawer.dataset.failed);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-buy]")) {
    event.preventDefault();
    await buy(form, event.submitter);
  } else if (form.matches("[data-cart-form]")) {
    event.preventDefault();
    await change(form, event.submitter);
  }
});

async function buy(form, button) {
  if (button?.getAttribute("aria-busy") === "true") return;
  const error = form.querySelector("[data-buy-error]");
  if (error) error.hidden = true;
  button?.setAttribute("aria-busy", "true");
  try {
    await open(await post(form.getAttribute("action"), new FormData(form), "drawer"));
  } catch (problem) {
    if (error) {
      error.textContent = problem instanceof Refusal ? problem.message : drawer.dataset.failed;
      error.hidden = false;
    }
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

async function change(form, submitter) {
  const place = drawer?.contains(form) ? drawer : page;
  if (!place) return form.submit();
  const data = new FormData(form, submitter || undefined);
  const line = form.closest("[data-line]");
  line?.setAttribute("aria-busy", "true");
  try {
    fill(place, await post(form.getAttribute("action"), data, place === drawer ? "drawer" : "cart"));
  } catch (problem) {
    form.reset();
    toast(problem instanceof Refusal ? problem.message : drawer.dataset.failed);
  } finally {
    line?.removeAttribute("aria-busy");
  }
}

const settle = later((input) => input.form?.isConnected && change(input.form), 350);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-cart-form] [data-quantity]") && event.target.reportValidity()) settle(event.target);
});
