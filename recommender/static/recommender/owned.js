// The product's page is kept for everybody. For who is signed in, what they have and buy once leaves its list; without
// a script the list stays as it is for all.
import { me, root } from "shop/api";

async function tidy(section) {
  const { name } = await me();
  if (!name) return;
  const slugs = new Map([...section.querySelectorAll(".shelf-row > li")].map((item) => {
    const link = item.querySelector(".card-name a");
    return [link ? link.pathname.split("/p/")[1] : "", item];
  }).filter(([slug]) => slug));
  if (!slugs.size) return;
  const query = new URLSearchParams([...slugs.keys()].map((slug) => ["p", slug]));
  const answer = await fetch(`${root}/suggestions/owned?${query}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  for (const slug of (await answer.json()).owned) slugs.get(slug)?.remove();
  if (!section.querySelector(".shelf-row > li")) section.remove();
}

const section = document.querySelector("section[aria-labelledby=related]");
if (section) tidy(section).catch(() => {}); // the list is right for everybody else
