#include "lineage/page.h"

namespace cairn::lineage {

// Text of the data gets into the page as text nodes and attributes only, never as markup.
const std::string_view kPageScript = R"js(
"use strict";
(() => {
const graph = JSON.parse(document.getElementById("graph").textContent);
const WIDTH = 210, HEIGHT = 40, GAP_X = 110, GAP_Y = 18, MARGIN = 30, AT_ONCE = 50;
const into = graph.nodes.map(() => []), outOf = graph.nodes.map(() => []);
for (const edge of graph.edges) { into[edge[1]].push(edge); outOf[edge[0]].push(edge); }

let focus = 0, selected = 0, direction = "both", shown = new Set();

function sources(node) { return direction === "downstream" ? [] : into[node].map(edge => edge[0]); }
function results(node) { return direction === "upstream" ? [] : outOf[node].map(edge => edge[1]); }
function neighbours(node) { return [...new Set([...sources(node), ...results(node)])]; }
function hidden(node) { return neighbours(node).filter(other => !shown.has(other)); }

function reset() { shown = new Set([focus]); expand(focus); }
function expand(node) { hidden(node).slice(0, AT_ONCE).forEach(other => shown.add(other)); }

// Take away what is connected to the focus only through this node.
function collapse(node) {
  const keep = new Set([focus, node]), stack = focus === node ? [] : [focus];
  while (stack.length > 0) {
    for (const other of neighbours(stack.pop())) {
      if (shown.has(other) && !keep.has(other)) { keep.add(other); stack.push(other); }
    }
  }
  shown = keep;
}

// Columns: steps from the focus, against the arrows to the left and along them to the right.
function columns() {
  const column = new Map([[focus, 0]]), queue = [focus];
  for (let at = 0; at < queue.length; ++at) {
    const here = column.get(queue[at]);
    const place = (other, where) => {
      if (shown.has(other) && !column.has(other)) { column.set(other, where); queue.push(other); }
    };
    sources(queue[at]).forEach(other => place(other, here - 1));
    results(queue[at]).forEach(other => place(other, here + 1));
  }
  return column;
}

function layout() {
  const column = columns(), filled = new Map(), places = new Map();
  for (const [node, number] of column) {
    if (!filled.has(number)) filled.set(number, []);
    filled.get(number).push(node);
  }
  const first = Math.min(...filled.keys());
  const tallest = Math.max(...[...filled.values()].map(nodes => nodes.length));
  for (const [number, nodes] of filled) {
    const top = MARGIN + (tallest - nodes.length) * (HEIGHT + GAP_Y) / 2;
    nodes.forEach((node, row) => places.set(node, {
      x: MARGIN + (number - first) * (WIDTH + GAP_X), y: top + row * (HEIGHT + GAP_Y)}));
  }
  return {places, width: 2 * MARGIN + filled.size * (WIDTH + GAP_X) - GAP_X,
          height: 2 * MARGIN + tallest * (HEIGHT + GAP_Y) - GAP_Y};
}

function html(name, text, attributes = {}) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
function svg(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
function cut(text, length) {
  return text.length <= length ? text : text.slice(0, length / 2) + "…" + text.slice(-length / 2);
}

function drawEdge(edge, places) {
  const from = places.get(edge[0]), to = places.get(edge[1]), run = graph.runs[edge[2]];
  if (!from || !to) return null;
  const x1 = from.x + WIDTH, y1 = from.y + HEIGHT / 2, x2 = to.x, y2 = to.y + HEIGHT / 2;
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const path = svg("path", {class: "edge " + run.state, "marker-end": "url(#arrow)",
    d: `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`});
  path.append(svg("title", {}, `${run.job}: ${run.state}`));
  return path;
}

function drawNode(node, place) {
  const data = graph.nodes[node], more = hidden(node).length;
  const group = svg("g", {class: "node" + (node === focus ? " focus" : "") +
    (data.failed_check ? " failed" : ""), transform: `translate(${place.x} ${place.y})`, tabindex: 0,
    role: "button"});
  group.append(svg("rect", {class: "box", width: WIDTH, height: HEIGHT, rx: 6}));
  group.append(svg("text", {x: 10, y: 17}, cut(data.id, 30)));
  const facts = [data.rows === null ? "" : data.rows.toLocaleString("en") + " rows",
    (data.created || "").slice(0, 19).replace("T", " ")].filter(Boolean).join(" · ");
  group.append(svg("text", {x: 10, y: 32, class: "small"}, facts));
  if (more > 0) group.append(svg("text", {x: WIDTH - 8, y: 32, class: "small", "text-anchor": "end"},
    "+" + more));
  group.append(svg("title", {}, data.id));
  const toggle = () => { selected = node; more > 0 ? expand(node) : collapse(node); draw(); };
  group.addEventListener("click", toggle);
  group.addEventListener("keydown", event => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); }
  });
  return group;
}

function draw() {
  const canvas = document.getElementById("canvas");
  if (graph.nodes.length === 0) { canvas.replaceChildren(html("p", "There is nothing to show.")); return; }
  const {places, width, height} = layout();
  const picture = svg("svg", {width, height});
  const marker = svg("marker", {id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7,
    markerHeight: 7, orient: "auto"});
  marker.append(svg("path", {d: "M 0 0 L 8 4 L 0 8 z", fill: "#52606d"}));
  const definitions = svg("defs", {});
  definitions.append(marker);
  picture.append(definitions);
  for (const node of places.keys()) {
    for (const edge of outOf[node]) {
      const path = drawEdge(edge, places);
      if (path) picture.append(path);
    }
  }
  for (const [node, place] of places) picture.append(drawNode(node, place));
  canvas.replaceChildren(picture);
  tell();
}

function facts(values) {
  const list = html("dl");
  for (const [name, value] of values) {
    if (value === null || value === undefined || value === "") continue;
    list.append(html("dt", name), html("dd", typeof value === "object" ? JSON.stringify(value) : String(value)));
  }
  return list;
}

function tell() {
  const panel = document.getElementById("details"), node = graph.nodes[selected];
  panel.replaceChildren(html("h2", node.id));
  panel.append(facts([["failed check", node.failed_check], ["created", node.created], ["rows", node.rows],
    ["bytes", node.bytes], ["path", node.path], ["digest", node.digest], ["schema", node.schema_fingerprint],
    ...Object.entries(node.metadata)]));
  const focusButton = html("button", "Look from here");
  focusButton.addEventListener("click", () => { focus = selected; reset(); draw(); });
  if (selected !== focus) panel.append(html("p"), focusButton);
  const makers = new Set(into[selected].map(edge => edge[2]));
  for (const number of makers) {
    const run = graph.runs[number];
    panel.append(html("h3", "Made by " + run.job));
    panel.append(facts([["run", run.id], ["state", run.state], ["kind", run.kind], ["code", run.code_version],
      ["started", run.started], ["ended", run.ended], ["error", run.error], ...Object.entries(run.parameters)]));
  }
}

function search(box) {
  const found = html("ul", undefined, {id: "found"});
  const input = html("input", undefined, {type: "search", placeholder: "Find a dataset", "aria-label": "Find a dataset"});
  input.addEventListener("input", () => {
    found.replaceChildren();
    const word = input.value.trim().toLowerCase();
    if (word === "") return;
    const hits = graph.nodes.map((node, number) => number)
      .filter(number => graph.nodes[number].id.toLowerCase().includes(word)).slice(0, 20);
    for (const number of hits) {
      const item = html("li", graph.nodes[number].id);
      item.addEventListener("click", () => {
        focus = selected = number; found.replaceChildren(); input.value = ""; reset(); draw();
      });
      found.append(item);
    }
  });
  const holder = html("div");
  holder.append(input, found);
  box.append(holder);
}

function tools() {
  const box = document.getElementById("tools"), buttons = [];
  for (const [value, name] of [["both", "Both ways"], ["upstream", "What it is made of"],
      ["downstream", "What is made of it"]]) {
    const button = html("button", name, {"aria-pressed": value === direction});
    button.addEventListener("click", () => {
      direction = value;
      buttons.forEach(other => other.setAttribute("aria-pressed", other === button));
      reset();
      draw();
    });
    buttons.push(button);
  }
  box.append(...buttons);
  const wider = html("button", "One step more");
  wider.addEventListener("click", () => { [...shown].forEach(expand); draw(); });
  const back = html("button", "Collapse");
  back.addEventListener("click", () => { reset(); draw(); });
  box.append(wider, back);
  search(box);
  const legend = html("span", undefined, {class: "legend"});
  for (const state of ["COMPLETE", "RUNNING", "FAIL", "ABORT"]) {
    const entry = html("span");
    entry.append(html("i", undefined, {class: state}), state.toLowerCase());
    legend.append(entry);
  }
  if (graph.truncated) legend.append(html("span", "there is more than is in this page"));
  box.append(legend);
}

tools();
if (graph.nodes.length > 0) reset();
draw();
})();
)js";

}  // namespace cairn::lineage
