// Turns the tones of a figure into colours of the page's own tokens, and thins its words where there is little room.
const NARROW = 420;
const LETTER = 7;
const SHORTEST = 17;
// to the left there is room for half of the first label along the bottom: what would hang out is not drawn at all
const MARGIN = { l: 28, r: 12, t: 10, b: 4, pad: 4 };
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);

// What a token is right now, resolved for light or dark.
function token(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export const surface = () => token("surface");

function faded(colour, share) {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${share})`);
}

function trace(given) {
  const made = structuredClone(given);
  const tone = token(given.meta === "main" ? "chart-main" : given.meta === "before" ? "chart-before" : `chart-${given.meta}`);
  if (given.type === "heatmap") {
    made.colorscale = [[0, token("chart-heat-0")], [0.5, token("chart-heat-1")], [1, token("chart-heat-2")]];
    made.textfont = { size: 12 };
    return made;
  }
  if (given.type === "bar") {
    made.marker = { ...made.marker, color: tone, line: { width: 0 } };
    made.textfont = { color: token("ink-2"), size: 12 };
    return made;
  }
  made.line = { ...made.line, color: tone };
  made.marker = { ...made.marker, color: tone };
  if (made.fill) made.fillcolor = faded(tone, 0.08);
  return made;
}

// As many labels along the bottom as fit beside each other.
function thinned(given, width) {
  const words = given.ticktext ?? [];
  const needed = LETTER * Math.max(0, ...words.map((word) => word.length)) + 10;
  const every = Math.ceil((words.length * needed) / Math.max(width - 44, 1));
  if (every < 2) return given;
  const keep = (_, place) => place % every === 0;
  return { ...given, tickvals: given.tickvals.filter(keep), ticktext: words.filter(keep) };
}

function shortened(given) {
  const cut = (word) => (word.length > SHORTEST && !word.includes("&") ? `${word.slice(0, SHORTEST - 1).trimEnd()}…` : word);
  return { ...given, ticktext: given.ticktext?.map(cut) };
}

// Lying bars leave room for the words at their ends, however narrow the page is.
function roomy(given, bars, labels, width) {
  const [low, end] = given.range.map(Number);
  const most = Math.max(0, ...bars.x.map(Number));
  const words = LETTER * Math.max(0, ...bars.text.map((word) => word.length)) + 8;
  const across = width - MARGIN.r - LETTER * Math.max(0, ...(labels ?? []).map((word) => word.length)) - 12;
  if (low < 0 || across < 2 * words) return low < 0 ? given : { ...given, range: [0, Math.max(end, 2 * most)] };
  return { ...given, range: [0, Math.max(end, (most * across) / (across - words))] };
}

function axis(given) {
  return {
    ...given, automargin: true, color: token("ink-3"), gridcolor: token("line"), zerolinecolor: token("line-strong"), showline: false,
    ticks: "", tickfont: { color: token("ink-2"), size: 12 }, spikemode: "across", spikesnap: "hovered data", spikethickness: 1,
    spikecolor: token("line-strong"), spikedash: "solid", showspikes: false,
  };
}

export function paint({ data, layout }, width) {
  const isNarrow = width < NARROW;
  const family = getComputedStyle(document.body).fontFamily;
  const down = axis(isNarrow ? shortened(layout.yaxis) : layout.yaxis);
  const along = data[0].orientation === "h" ? roomy(layout.xaxis, data[0], down.ticktext, width) : thinned(layout.xaxis, width);
  return {
    data: data.map(trace).map((one) => (isNarrow && one.type === "heatmap" ? { ...one, texttemplate: "" } : one)),
    layout: {
      ...layout,
      xaxis: { ...axis(along), showspikes: layout.hovermode === "x" }, yaxis: down, dragmode: false, margin: { ...MARGIN, ...layout.margin }, autosize: true,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family, size: 12, color: token("ink-2") },
      hoverlabel: {
        align: "left", bgcolor: token("ink"), bordercolor: token("ink"), namelength: 0, font: { family, size: 12, color: token("surface") },
      },
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { color: token("ink-2") }, itemclick: false, itemdoubleclick: false },
    },
  };
}
