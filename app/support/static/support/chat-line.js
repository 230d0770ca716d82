// One conversation over the wire: what is not sent waits, what was missed is asked for, nothing comes twice.
// Where no socket opens, or one is lost for some seconds, the same calls go over plain HTTP, and what is new is asked for.
import { io } from "socket.io";

const ANSWER_WITHIN = 8000;
const LOOK_EVERY = 15000; // where a message of another process is lost, the next look finds it
const SLOW_AFTER = 3000; // so long without a socket, and plain HTTP takes over
const SLOW_EVERY = 3000, SLOW_IDLE = 15000;

// The same call by plain HTTP; a refusal looks like a socket's. `silent`: nobody answered.
export async function byHttp(root, csrf, event, body) {
  try {
    const answer = await fetch(`${root}/chat/ask/${event}`, {
      method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
    });
    const said = await answer.json();
    if (answer.ok) return said;
    if (answer.status >= 500) return { error: "unavailable" };
    return { error: said.code, message: said.detail, retry_after: Number(answer.headers.get("Retry-After")) || undefined };
  } catch {
    return { error: "silent" };
  }
}

export class Line {
  // `log` shows; `store` keeps the queue: get() -> list, set(list); `on` hears of everything else, and asks by `on.http`.
  constructor(log, store, on) {
    this.log = log;
    this.store = store;
    this.on = on;
    this.conversation = null;
    this.isSending = false;
    this.wait = 1000;
    this.isSlow = false;
    this.socket = io("/chat", { auth: { language: document.documentElement.lang }, transports: ["websocket"], reconnectionDelay: 400, reconnectionDelayMax: 5000, autoConnect: false });
    this.socket.on("connect", () => { this.quicken(); this.tell("online"); this.begin(); });
    // Where the server itself said no (it was busy, it is being replaced), nobody else tries again.
    const anew = () => this.socket.active || setTimeout(() => this.connect(), 3000);
    const lost = () => { if (!this.isSlow) this.tell("offline"); this.slowDown(); anew(); };
    this.socket.on("disconnect", lost);
    this.socket.on("connect_error", lost);
    this.socket.on("message", (message) => this.heard(message));
    this.socket.on("typing", (body) => this.isOurs(body) && this.on.typing(body));
    this.socket.on("read", (body) => this.isOurs(body) && this.on.read(body));
    this.socket.on("closed", (body) => this.isOurs(body) && this.on.closed(body));
    this.socket.on("reopened", (body) => this.isOurs(body) && this.on.reopened?.(body));
    setInterval(() => this.socket.connected && this.conversation && !document.hidden && this.fill(), LOOK_EVERY);
    document.addEventListener("visibilitychange", () => !document.hidden && this.canAsk && this.fill());
  }

  isOurs(body) {
    return body && body.conversation === this.conversation;
  }

  // "online", "slow" (plain HTTP) or "offline": said when it changes.
  tell(now) {
    if (this.told !== now) this.on.state(now);
    this.told = now;
  }

  connect() {
    if (this.socket.connected) return;
    this.slowDown();
    if (!this.socket.active) this.socket.connect();
  }

  // True while something that is asked can be answered: by the socket, or without one.
  get canAsk() {
    return this.socket.connected || this.isSlow;
  }

  // Go on without a socket when none has come in time; it is tried further meanwhile.
  slowDown() {
    this.slowing ??= setTimeout(async () => {
      this.isSlow = true;
      await this.begin();
      this.look();
    }, SLOW_AFTER);
  }

  quicken() {
    clearTimeout(this.slowing);
    clearTimeout(this.looking);
    this.slowing = undefined;
    this.isSlow = false;
  }

  look() {
    clearTimeout(this.looking);
    if (!this.isSlow) return;
    this.looking = setTimeout(async () => {
      if (this.conversation) await this.fill();
      else if (this.store.get().length) await this.begin();
      if (this.isSlow && this.conversation) this.flush();
      this.on.looked?.();
      this.look();
    }, document.hidden || this.on.isIdle?.() ? SLOW_IDLE : SLOW_EVERY);
  }

  async ask(event, body) {
    if (!this.socket.connected) {
      if (!this.isSlow) return { error: "silent" };
      const answer = await this.on.http(event, body);
      if (this.isSlow) this.tell(answer.error === "silent" ? "offline" : "slow");
      return answer;
    }
    try {
      return await this.socket.timeout(ANSWER_WITHIN).emitWithAck(event, body);
    } catch {
      return { error: "silent" };
    }
  }

  async begin() {
    await this.on.begin();
    if (this.conversation) {
      await this.fill();
      this.flush();
    } else if (this.store.get().length) this.later(() => this.begin());
  }

  // Once more after a while that grows; one attempt at a time.
  later(call, seconds) {
    clearTimeout(this.again);
    this.wait = Math.min(this.wait * 2, 20000);
    this.again = setTimeout(() => this.canAsk && call(), seconds ? seconds * 1000 : this.wait);
  }

  // Everything behind the last message without a gap, page by page.
  async fill() {
    if (this.filling || !this.conversation) return;
    this.filling = true;
    try {
      for (let more = true; more; ) {
        const answer = await this.ask("catch_up", { conversation: this.conversation, after: this.log.last });
        if (this.isLost(answer)) return this.renew();
        if (answer.error) { this.on.refused(answer, "catch_up"); return; }
        const before = this.log.last;
        for (const message of answer.messages) this.take(message);
        this.on.read({ by: "other", seq: answer.read });
        if (answer.state === "closed") this.on.closed(answer);
        more = answer.more && this.log.last > before;
      }
    } finally {
      this.filling = false;
    }
  }

  isLost(answer) {
    return this.on.isOwner && answer.error === "conversation_not_found";
  }

  // It is no longer this visitor's: in another tab somebody signed in or out. A new socket brings the cookies of now,
  // and what waits to be sent goes into the conversation of who it is now.
  renew() {
    this.conversation = null;
    this.later(() => {
      if (!this.socket.connected) return this.begin();
      this.socket.disconnect();
      this.connect();
    });
  }

  heard(message) {
    if (!this.isOurs(message)) return;
    this.take(message);
    if (this.log.hasGap()) this.fill();
  }

  take(message) {
    if (message.author === this.log.own) this.drop(message.client_id);
    if (this.log.add(message)) this.on.message(message);
  }

  say(text) {
    const message = { client_id: crypto.randomUUID?.() || `${Date.now()}-${Math.random().toString(36).slice(2)}`, text, at: new Date().toISOString() };
    this.store.set([...this.store.get(), message]);
    this.log.wait(message);
    this.flush();
  }

  drop(clientId) {
    const left = this.store.get();
    const rest = left.filter((message) => message.client_id !== clientId);
    if (rest.length !== left.length) this.store.set(rest);
  }

  // Send what waits, one after the other, in the order it was written; the server knows a repeat by its name.
  async flush() {
    if (this.isSending || !this.canAsk) return;
    this.isSending = true;
    try {
      for (let next = this.store.get()[0]; next && this.canAsk; next = this.store.get()[0]) {
        if (!this.conversation && !(await this.on.start())) {
          this.later(() => this.begin());
          return;
        }
        const answer = await this.ask("message", { conversation: this.conversation, client_id: next.client_id, text: next.text });
        if (!answer.error) {
          this.wait = 1000;
          this.drop(next.client_id);
          this.log.add({ conversation: this.conversation, author: this.log.own, text: next.text, ...answer, client_id: next.client_id });
          if (this.log.hasGap()) this.fill();
        } else if (answer.error === "conversation_closed" && (await this.on.start(true))) {
          continue;
        } else if (this.isLost(answer)) {
          return this.renew();
        } else if (["silent", "unavailable", "unexpected", "too_many_requests"].includes(answer.error)) {
          this.later(() => this.flush(), answer.retry_after);
          return;
        } else {
          this.drop(next.client_id);
          this.log.failed(next.client_id, () => { this.store.set([...this.store.get(), next]); this.flush(); });
          this.on.refused(answer, "message");
        }
      }
    } finally {
      this.isSending = false;
    }
  }
}
