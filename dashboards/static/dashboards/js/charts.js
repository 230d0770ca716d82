// Draws the charts of a page from the figures that stand in it. Colours and fonts are those of the page, so that a
// chart follows light and dark; every word was made by the server. Plotly itself is fetched when the page is there.
import { paint, surface } from "./colours.js";
import { SHEETS } from "../../vendor/plotly/sheets.js";
import { fillAll } from "./later.js";
import { onTurned, reopen, turn } from "./turn.js";

const own = document.querySelector("script[data-plotly]");
const CONFIG = { displayModeBar: false, doubleClick: false, responsive: true, scrollZoom: false, showTips: false };
const PICTURE = 960;
let library, later;

// Style sheets that Plotly would write into the page, against its policy: it leaves alone what is there already.
for (const id of SHEETS) {
  const taken = document.createElement("template");
  taken.id = id;
  document.head.append(taken);
}

function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = own.dataset.plotly;
    script.nonce = own.nonce;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error("Plotly did not come"));
    document.head.append(script);
  });
  return library;
}

const quiet = () => new Promise((resolve) => (window.requestIdleCallback ?? requestAnimationFrame)(resolve));
const cardOf = (part) => part.closest("[data-chart]");

function read(plot, width = plot.clientWidth) {
  plot.given ??= JSON.parse(cardOf(plot).querySelector("[data-figure]").textContent);
  return paint(plot.given, width);
}

async function draw(Plotly, plot) {
  if (!plot.isConnected) return;
  const { data, layout } = read(plot);
  await Plotly.react(plot, data, layout, CONFIG);
  if (plot.classList.contains("is-drawn")) return;
  plot.classList.add("is-drawn");
  plot.on("plotly_click", (event) => {
    const url = event.points[0]?.customdata;
    if (url) turn(url);
  });
  plot.classList.toggle("leads-on", data.some((trace) => trace.customdata?.some(Boolean)));
  const picture = cardOf(plot).querySelector("[data-picture]");
  if (picture) picture.hidden = false;
}

async function drawAll(which = "[data-plot]") {
  const plots = [...document.querySelectorAll(which)];
  if (!plots.length) return;
  try {
    const Plotly = await plotly();
    for (const plot of plots) {
      await quiet();
      await draw(Plotly, plot);
    }
  } catch {
    // The tables say the same: they are opened instead.
    plots.forEach((plot) => {
      plot.hidden = true;
      cardOf(plot).querySelector(".chart-table").open = true;
    });
  }
}

async function savePicture(button) {
  const card = cardOf(button);
  const { data, layout } = read(card.querySelector("[data-plot]"), PICTURE);
  const caption = document.querySelector("[data-caption]").dataset.caption;
  // what the page says beside the chart: the days of the dotted line, and what it is not filtered by
  const against = card.querySelector("[data-legend]") && document.querySelector("[data-against]");
  const beside = [against, card.querySelector("[data-remark]")].filter(Boolean).map((part) => part.textContent.trim());
  const title = [`<b>${card.querySelector(".chart-title").textContent.trim()}</b>`, caption, ...beside].join("<br>");
  const head = 96 + 20 * beside.length;
  const picture = {
    data,
    layout: {
      ...layout, width: PICTURE, height: layout.height + head, paper_bgcolor: surface(),
      margin: { ...layout.margin, t: head, l: 28, r: 24, b: 24 },
      title: { text: title, x: 0.02, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 24 }, font: { size: 15 } },
    },
  };
  const Plotly = await plotly();
  const link = document.createElement("a");
  link.href = await Plotly.toImage(picture, { format: "png", scale: 2, width: PICTURE, height: picture.layout.height });
  link.download = `${card.dataset.chart}_${document.querySelector("[data-caption]").dataset.file}.png`;
  link.click();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-picture]");
  if (button) savePicture(button);
});
new MutationObserver(() => drawAll()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
addEventListener("resize", () => {
  clearTimeout(later);
  later = setTimeout(drawAll, 200);
});
function begin() {
  drawAll();
  fillAll(() => {
    reopen();
    drawAll("[data-plot]:not(.is-drawn)");
  });
}

onTurned(begin);
begin();
