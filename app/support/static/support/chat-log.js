// The list of messages in the window: each number once, in order, whatever arrives when.
const LINK = /https?:\/\/[^\s<>"'`\\]{3,500}/gi;

// Plain text; addresses become links that tell nobody where they were clicked.
export function words(text) {
  const piece = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(/[.,;:!?)\]}»”]+$/, "");
    piece.append(text.slice(at, found.index));
    const link = Object.assign(document.createElement("a"), {
      href: address, textContent: address, target: "_blank", rel: "noopener noreferrer nofollow",
    });
    piece.append(link);
    at = found.index + address.length;
  }
  piece.append(text.slice(at));
  return piece;
}

export function fileOf(message, root = "") {
  const address = `${root}/chat/files/${message.id}`;
  if (message.file.kind === "pdf") {
    return Object.assign(document.createElement("a"), { href: address, textContent: message.file.name, className: "chat-pdf", download: message.file.name });
  }
  const link = Object.assign(document.createElement("a"), { href: address, target: "_blank", rel: "noopener" });
  link.append(Object.assign(document.createElement("img"), { src: address, alt: message.file.name, className: "chat-picture", loading: "lazy" }));
  return link;
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });

export class Log {
  constructor(place, list, own) {
    this.place = place; // scrolls, and holds the words of this log as data attributes
    this.list = list;
    this.own = own; // "customer" in the shop, "agent" in the back office
    this.last = 0; // the number of the last message shown without a gap before it
    this.first = 0;
    this.shown = new Map(); // number -> item
    this.waiting = new Map(); // client id -> item
    this.readTo = 0;
  }

  clear() {
    this.list.replaceChildren();
    this.shown.clear();
    this.waiting.clear();
    this.last = this.first = this.readTo = 0;
  }

  // Begin after this number: what came before can be asked for.
  startAfter(number) {
    this.last = this.first = number;
  }

  nameOf(message) {
    const said = this.place.dataset;
    if (message.author === this.own && this.own === "customer") return said.you;
    if (message.author === "system") return "";
    if (message.author === "bot") return said.bot; // whatever name it once had: the words say that nobody sits there
    return message.name || { agent: said.agent, customer: said.customer }[message.author] || "";
  }

  item(message, state) {
    const item = document.createElement("li");
    item.className = `chat-message is-${message.author === this.own ? "own" : message.author === "system" ? "system" : "other"}`;
    item.dataset.author = message.author;
    const name = this.nameOf(message);
    if (name) item.append(Object.assign(document.createElement("span"), { className: message.author === "customer" && this.own === "customer" ? "sr-only" : "chat-name", textContent: name }));
    if (message.text) {
      const text = Object.assign(document.createElement("p"), { className: "chat-text" });
      text.append(words(message.text));
      item.append(text);
    }
    if (message.file) item.append(fileOf(message, document.documentElement.dataset.root || ""));
    const foot = Object.assign(document.createElement("span"), { className: "chat-foot" });
    if (message.at) foot.append(Object.assign(document.createElement("time"), { dateTime: message.at, textContent: clock.format(new Date(message.at)) }));
    foot.append(Object.assign(document.createElement("span"), { className: "chat-tick", textContent: state || "" }));
    item.append(foot);
    return item;
  }

  // Show a message that the server has kept. True when it was not there yet.
  add(message) {
    if (this.shown.has(message.seq)) return false;
    const pending = this.waiting.get(message.client_id);
    if (pending) {
      pending.remove();
      this.waiting.delete(message.client_id);
    }
    const stays = this.isAtEnd();
    const item = this.item(message, "");
    item.dataset.seq = message.seq;
    const after = [...this.shown.keys()].filter((number) => number < message.seq).sort((a, b) => b - a)[0];
    if (after !== undefined) this.shown.get(after).after(item);
    else this.list.prepend(item);
    this.shown.set(message.seq, item);
    while (this.shown.has(this.last + 1)) this.last += 1;
    if (message.author === this.own) this.tick();
    if (stays || message.author === this.own) this.toEnd();
    return true;
  }

  hasGap() {
    return this.shown.size > 0 && Math.max(...this.shown.keys()) > this.last;
  }

  // Show what is not sent yet; it moves to its number once the server has it.
  wait(message) {
    if (this.waiting.has(message.client_id)) return;
    const item = this.item({ ...message, author: this.own }, this.place.dataset.sending);
    item.classList.add("is-waiting");
    this.waiting.set(message.client_id, item);
    this.list.append(item);
    this.toEnd();
  }

  failed(clientId, again) {
    const item = this.waiting.get(clientId);
    if (!item) return;
    item.classList.add("is-failed");
    item.querySelector(".chat-tick").textContent = this.place.dataset.failed;
    if (!item.querySelector("button")) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: this.place.dataset.again });
      button.addEventListener("click", () => { item.classList.remove("is-failed"); button.remove(); again(); });
      item.querySelector(".chat-foot").append(button);
    }
  }

  read(number) {
    this.readTo = Math.max(this.readTo, number || 0);
    this.tick();
  }

  // Delivered or read, below the last own message only.
  tick() {
    const own = [...this.shown.entries()].filter(([, item]) => item.dataset.author === this.own).sort((a, b) => a[0] - b[0]);
    own.forEach(([number, item], index) => {
      const words = number <= this.readTo ? this.place.dataset.read : this.place.dataset.sent;
      item.querySelector(".chat-tick").textContent = index === own.length - 1 ? words : "";
    });
  }

  isAtEnd() {
    return this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 80;
  }

  toEnd() {
    this.place.scrollTop = this.place.scrollHeight;
  }
}
