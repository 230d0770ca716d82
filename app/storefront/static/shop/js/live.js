// Follows an order or the stock of an article. A message is a hint: the page asks the server what is true.
import { get, node, parsed } from "shop/api";
import { io } from "socket.io";

const watched = () => {
  const order = document.querySelector("[data-order][data-token]")?.dataset.token;
  const skus = [...document.querySelectorAll("[data-stock-sku]")].map((el) => el.dataset.stockSku).filter(Boolean);
  return { ...(order ? { order } : {}), skus };
};

// What an order says, without what differs in every answer (tokens) or on every screen (what is folded open).
function said(place) {
  const copy = place.cloneNode(true);
  copy.querySelectorAll("input[name=csrf_token]").forEach((input) => input.remove());
  copy.querySelectorAll("details[open]").forEach((fold) => fold.removeAttribute("open"));
  return copy.outerHTML;
}

async function refreshOrder() {
  const place = document.querySelector("[data-order]");
  if (!place?.dataset.liveUrl) return;
  const fresh = parsed(await get(place.dataset.liveUrl)).querySelector("[data-order]");
  if (!fresh || said(fresh) === said(place)) return;
  const open = [...place.querySelectorAll("details")].map((fold) => fold.open);
  place.replaceWith(document.adoptNode(fresh));
  fresh.querySelectorAll("details").forEach((fold, i) => { fold.open = Boolean(open[i]); });
}

// The words and their bounds are the server's (`state`), as on the page itself.
function showStock({ sku, available, state }) {
  for (const place of document.querySelectorAll(`[data-stock-sku="${CSS.escape(sku)}"]`)) {
    const text = place.dataset[state].replace("{n}", available);
    const quantity = document.querySelector("#quantity");
    if (quantity && available > 0) quantity.max = Math.min(99, available);
    place.replaceChildren(node(`<span class="stock" data-stock-state="${state}"><span class="dot dot-${state}"></span> </span>`));
    place.firstElementChild.append(text);
    for (const button of document.querySelectorAll("[data-add]")) button.disabled = state === "out";
  }
}

const asked = watched();
if (asked.order || asked.skus.length) {
  const socket = io("/notifications", { transports: ["websocket"], reconnectionDelayMax: 10000 });
  socket.on("connect", () => {
    socket.emit("watch", watched());
    refreshOrder().catch(() => {}); // what happened while nobody listened; the next message asks again
  });
  socket.on("order", () => refreshOrder().catch(() => {}));
  socket.on("stock", showStock);
  // Where no socket gets through, the page asks by itself.
  setInterval(() => socket.connected || document.hidden || refreshOrder().catch(() => {}), 15000);
  document.addEventListener("product:changed", () => socket.emit("watch", watched()));
}
