// Draws a member's history with a cursor (uPlot) where the server drew it still; without this script that stays.
"use strict";

const source = document.getElementById("history-data");
const dark = matchMedia("(prefers-color-scheme: dark)");

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function shown(plot, value) {
  return value == null ? "—" : value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

function stamp(seconds, span) {
  const text = new Date(seconds * 1e3).toISOString();
  return span > 4 * 86400 ? text.slice(0, 10) : text.slice(5, 16).replace("T", " ");
}

function dates(plot, ticks) {
  const span = plot.scales.x.max - plot.scales.x.min;
  return ticks.map((seconds) => stamp(seconds, span));
}

function build(place, chart, words) {
  const ink = colour("--soft"), line = colour("--line"), accent = colour("--accent");
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const edge = { stroke: "transparent", spanGaps: true, points: { show: false }, value: shown };
  const band = /^#[0-9a-f]{6}$/i.test(accent) ? accent + "2e" : "transparent";
  const options = {
    width: Math.max(place.clientWidth, 260),
    height: 230,
    scales: { x: { time: true } },
    axes: [{ ...axis, values: dates, space: 90 }, { ...axis, size: 62 }],
    padding: [null, 40, null, null], // the last date stands half beyond the last tick
    cursor: { y: false },
    series: [
      { label: words.time, value: (plot, seconds) => (seconds == null ? "—" : new Date(seconds * 1e3).toISOString().slice(0, 16) + "Z") },
      { label: chart.name, stroke: accent, width: 1.6, spanGaps: true, points: { show: true, size: 6, fill: accent }, value: shown },
      { ...edge, label: words.low },
      { ...edge, label: words.high },
    ],
    bands: [{ series: [3, 2], fill: band }],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
  };
  const figures = [chart.at, chart.value, chart.low, chart.high];
  if (chart.left_out.some((value) => value != null)) {
    // What does not count must not stretch the axis: it is drawn at the edge, and the legend gives its figure.
    const counted = [...chart.value, ...chart.low, ...chart.high].filter((value) => value != null);
    const low = Math.min(...counted), high = Math.max(...counted);
    const points = { show: true, size: 7, width: 1.6, stroke: colour("--bad"), fill: colour("--paper") };
    const stated = (plot, drawn, series, place) => shown(plot, place == null ? null : chart.left_out[place]);
    options.series.push({ label: words.left_out, stroke: colour("--bad"), paths: () => null, points, value: stated });
    figures.push(chart.left_out.map((value) => (value == null || !counted.length ? value : Math.min(Math.max(value, low), high))));
  }
  return new uPlot(options, figures, place);
}

function draw() {
  const { charts, words } = JSON.parse(source.textContent);
  for (const chart of charts) {
    const place = document.querySelector(`[data-chart="${chart.key}"]`);
    place.hidden = false;
    place.replaceChildren();
    const plot = build(place, chart, words);
    document.getElementById(`history-${chart.key}`).classList.add("drawn-live");
    new ResizeObserver(() => {
      if (place.contains(plot.root)) plot.setSize({ width: Math.max(place.clientWidth, 260), height: 230 });
    }).observe(place);
  }
}

if (source && window.uPlot) {
  draw();
  dark.addEventListener("change", draw);
}
