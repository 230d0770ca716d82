// Thumbnails follow the picture in view; a click enlarges, arrows and Escape work there.
function gallery() {
  const place = document.querySelector("[data-gallery]");
  const stage = place?.querySelector("[data-stage]");
  if (!stage) return;
  const photos = [...stage.querySelectorAll("[data-photo]")];
  const thumbs = [...place.querySelectorAll("[data-thumb]")];
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      const at = photos.indexOf(entry.target);
      thumbs.forEach((thumb, i) => (i === at ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
    }
  }, { root: stage, threshold: 0.6 });
  photos.forEach((photo) => seen.observe(photo));
  thumbs.forEach((thumb, i) => thumb.addEventListener("click", (event) => {
    event.preventDefault();
    stage.scrollTo({ left: photos[i].offsetLeft - stage.offsetLeft, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }));
  photos.forEach((photo, i) => photo.addEventListener("click", (event) => {
    event.preventDefault();
    zoom(place, photos, i);
  }));
}

const ARROWS = { "zoom-close": "M18 6 6 18M6 6l12 12", "zoom-prev": "m15 18-6-6 6-6", "zoom-next": "m9 18 6-6-6-6" };

function button(kind, label, call) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: `icon-btn ${kind}` });
  made.setAttribute("aria-label", label);
  made.innerHTML = `<svg class="icon" width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${ARROWS[kind]}"/></svg>`;
  made.addEventListener("click", call);
  return made;
}

function zoom(place, photos, start) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "zoom" });
  const view = Object.assign(document.createElement("div"), { className: "zoom-stage" });
  const image = document.createElement("img");
  let at = start;
  const show = (i) => {
    at = (i + photos.length) % photos.length;
    const small = photos[at].querySelector("img");
    image.src = photos[at].href;
    image.alt = small.alt;
    view.classList.remove("is-close");
    dialog.setAttribute("aria-label", photos[at].getAttribute("aria-label"));
  };
  view.append(image);
  view.addEventListener("click", () => view.classList.toggle("is-close"));
  dialog.append(view, button("zoom-close", place.dataset.close, () => dialog.close()));
  if (photos.length > 1) {
    dialog.append(button("zoom-prev", "←", () => show(at - 1)), button("zoom-next", "→", () => show(at + 1)));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(at - 1);
      if (event.key === "ArrowRight") show(at + 1);
    });
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    photos[at].focus();
  });
  document.body.append(dialog);
  show(start);
  dialog.showModal();
}

gallery();
document.addEventListener("product:changed", gallery);
