// What all modules share: asking the server, telling the visitor, counting the bag.
export const root = document.documentElement.dataset.root || "";

export class Refusal extends Error {}

let token = document.querySelector("input[name=csrf_token]")?.value || "";

async function refusal(response) {
  try {
    const body = await response.json();
    return { code: body.code, words: body.detail || body.title || response.statusText };
  } catch {
    return { words: response.statusText };
  }
}

// The visitor signed in or out in another tab: every form of this page gets the token of now.
async function renew() {
  known = undefined;
  await me();
  for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = token;
}

// Posts a form and answers the part of the page that was asked for. Throws Refusal with the server's words.
export async function post(url, data, fragment, isRepeat = false) {
  const body = new URLSearchParams(data);
  if (isRepeat || !body.get("csrf_token")) body.set("csrf_token", token || (await me()).csrf);
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: { "X-Fragment": fragment, Accept: "text/html, application/problem+json" },
  });
  const type = response.headers.get("Content-Type") || "";
  if (!type.startsWith("text/html")) {
    const { code, words } = await refusal(response);
    if (code !== "csrf" || isRepeat) throw new Refusal(words);
    await renew();
    return post(url, data, fragment, true);
  }
  if (response.redirected) {
    location.assign(response.url);
    return new Promise(() => {});
  }
  if (response.status >= 500) throw new Refusal(response.statusText);
  return response.text();
}

export async function get(url, signal) {
  const response = await fetch(url, { signal, headers: { Accept: "text/html" } });
  if (!response.ok) throw new Refusal(response.statusText);
  return response.text();
}

// The node that an answered piece of HTML begins with.
export function node(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// A fetched page as a document to take parts from. Its style element has another answer's nonce: left out.
export function parsed(html) {
  return new DOMParser().parseFromString(html.replace(/<style[\s\S]*?<\/style>/g, ""), "text/html");
}

// Slugs that this browser remembers: until the tab is closed, longer where its owner agreed to be counted.
const kept = /(?:^|; )consent=1a/.test(document.cookie) ? "localStorage" : "sessionStorage";

export function recall(name) {
  try {
    const held = JSON.parse(window[kept].getItem(name) || "[]");
    return Array.isArray(held) ? held.filter((one) => /^[a-z0-9-]{1,200}$/.test(one)) : [];
  } catch {
    return []; // storage is closed, or holds somebody else's text
  }
}

export function remember(name, slugs) {
  try { window[kept].setItem(name, JSON.stringify(slugs)); } catch { /* storage is closed: nothing is remembered */ }
}

// Slugs as the pages ask for them: p=one&p=another.
export const asked = (slugs) => new URLSearchParams(slugs.map((slug) => ["p", slug]));

let known;
export function me() {
  known ||= fetch(`${root}/fragments/me`, { headers: { Accept: "application/json" } })
    .then((response) => response.json())
    .then((about) => {
      token = about.csrf;
      return about;
    });
  return known;
}

export function setCount(count) {
  for (const badge of document.querySelectorAll("[data-cart-count]")) {
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = !count;
  }
  for (const link of document.querySelectorAll("[data-cart-link][data-label]")) {
    if (count) link.setAttribute("aria-label", link.dataset.label.replace("{n}", count));
  }
}

// A short message in the corner that screen readers hear. `action` is [label, call].
export function toast(text, action) {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: action[0] });
    button.addEventListener("click", () => { box.remove(); action[1](); });
    box.append(button);
  }
  region.append(box);
  setTimeout(() => box.remove(), 6000);
}

export function later(call, wait) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...values), wait);
  };
}
