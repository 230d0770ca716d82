// One conversation over the wire: what is not sent waits, what was missed is asked for, nothing comes twice.
import { io } from "socket.io";

const ANSWER_WITHIN = 8000;
const LOOK_EVERY = 15000; // where a message of another process is lost, the next look finds it

export class Line {
  // `log` shows; `store` keeps the queue: get() -> list, set(list); `on` hears of everything else.
  constructor(log, store, on) {
    this.log = log;
    this.store = store;
    this.on = on;
    this.conversation = null;
    this.isSending = false;
    this.wait = 1000;
    this.socket = io("/chat", { transports: ["websocket"], reconnectionDelay: 400, reconnectionDelayMax: 5000, autoConnect: false });
    this.socket.on("connect", () => { this.on.state("online"); this.begin(); });
    // Where the server itself said no (it was busy, it is being replaced), nobody else tries again.
    const anew = () => this.socket.active || setTimeout(() => this.connect(), 3000);
    this.socket.on("disconnect", () => { this.on.state("offline"); anew(); });
    this.socket.on("connect_error", () => { this.on.state("offline"); anew(); });
    this.socket.on("message", (message) => this.heard(message));
    this.socket.on("typing", (body) => this.isOurs(body) && this.on.typing(body));
    this.socket.on("read", (body) => this.isOurs(body) && this.on.read(body));
    this.socket.on("closed", (body) => this.isOurs(body) && this.on.closed(body));
    this.socket.on("reopened", (body) => this.isOurs(body) && this.on.reopened?.(body));
    setInterval(() => this.socket.connected && this.conversation && !document.hidden && this.fill(), LOOK_EVERY);
    document.addEventListener("visibilitychange", () => !document.hidden && this.socket.connected && this.fill());
  }

  isOurs(body) {
    return body && body.conversation === this.conversation;
  }

  connect() {
    if (!this.socket.active) this.socket.connect();
  }

  async ask(event, body) {
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
    this.again = setTimeout(() => this.socket.connected && call(), seconds ? seconds * 1000 : this.wait);
  }

  // Everything behind the last message without a gap, page by page.
  async fill() {
    if (this.filling || !this.conversation) return;
    this.filling = true;
    try {
      for (let more = true; more; ) {
        const answer = await this.ask("catch_up", { conversation: this.conversation, after: this.log.last });
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
    if (this.isSending || !this.socket.connected) return;
    this.isSending = true;
    try {
      for (let next = this.store.get()[0]; next && this.socket.connected; next = this.store.get()[0]) {
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
