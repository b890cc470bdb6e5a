// The page: shows the state as it changes, and asks for what a button stands for. Text goes in as text, never as HTML.

import { compare } from "/fields.js";

const $ = (selector) => document.querySelector(selector);
const TOKEN = $("meta[name=live-token]").content;
const FIGURES = ["sent", "waiting", "published", "lettered", "replayed"];
const WORDS = { lettered: "dead-lettered" };
let state = { version: 0 };
let chosen = null; // the number of the order that is shown
let shown = ""; // what of it is shown already

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Only what differs is touched, so that focus and what a screen reader reads stay.
function put(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

function keyed(parent, items, key, create, update) {
  const old = new Map([...parent.children].map((each) => [each.dataset.key, each]));
  items.forEach((item, at) => {
    const element = old.get(String(item[key])) ?? create(item);
    element.dataset.key = item[key];
    old.delete(String(item[key]));
    update(element, item);
    if (parent.children[at] !== element) parent.insertBefore(element, parent.children[at] ?? null);
  });
  let lost = false;
  for (const each of old.values()) {
    lost ||= each.contains(document.activeElement);
    each.remove();
  }
  return lost;
}

let telling = null;
function tell(text) {
  put($("#told"), text);
  clearTimeout(telling);
  telling = setTimeout(() => put($("#told"), ""), 10000);
}

async function ask(path, body) {
  const headers = { "Content-Type": "application/json", "X-Live-Token": TOKEN };
  try {
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.error);
    return found;
  } catch (error) {
    tell(`Not done. ${error.message}`);
    return null;
  }
}

// ---------------------------------------------------------------- sending and faults

async function send(kind) {
  const source = $("input[name=source]:checked").value;
  const sent = await ask("/send", { source, kind });
  if (!sent) return;
  chosen = sent.number;
  tell(`Sent ${kind === "order" ? "order" : `poison (${kind}),`} ${sent.number} to the ${source}.`);
  show();
}

$("#send").addEventListener("click", () => send("order"));
$("#poison").addEventListener("click", () => send($("#kind").value));
for (const element of document.querySelectorAll(".switch")) {
  element.addEventListener("click", async () => {
    const on = element.getAttribute("aria-checked") !== "true";
    const done = await ask("/fault", { name: element.dataset.fault, on });
    if (done) tell(`${element.textContent}: ${on ? "on" : "off"}.`);
  });
}

const NORMAL = Object.fromEntries([...document.querySelectorAll("[id^=fault-]")].map((each) => [each.id, each.textContent]));

function drawFaults() {
  for (const [name, { on, refused }] of Object.entries(state.faults)) {
    $(`[data-fault=${name}]`).setAttribute("aria-checked", on);
    const hint = $(`#fault-${name}`);
    put(hint, on ? `On: ${refused} calls refused so far.` : NORMAL[hint.id]);
  }
}

// ---------------------------------------------------------------- figures and orders

let speaking = null;
function drawFigures() {
  for (const name of FIGURES) put($(`[data-figure=${name}]`), state.figures[name]);
  const { elsewhere } = state.figures;
  $("#elsewhere").hidden = !elsewhere;
  put($("#elsewhere"), `and ${elsewhere} events of orders that others sent`);
  clearTimeout(speaking); // once it is calm: each number on its own would be a stutter
  const words = FIGURES.map((name) => `${state.figures[name]} ${WORDS[name] ?? name}`).join(", ");
  speaking = setTimeout(() => put($("#spoken"), words), 1500);
}

const called = ({ kind }) => (kind === "order" ? "order" : `poison, ${kind}`);

function drawOrders() {
  $("#no-orders").hidden = state.orders.length > 0;
  keyed(
    $("#orders"),
    state.orders,
    "number",
    (order) => {
      const button = make("button", { type: "button" });
      button.append(make("span", { class: "number" }, `${order.number}`), make("span", { class: "what" }));
      button.append(make("span", { class: "chip" }));
      button.addEventListener("click", () => {
        chosen = order.number;
        draw();
      });
      return make("li", {}, button);
    },
    (element, order) => {
      const button = element.firstChild;
      button.setAttribute("aria-current", order.number === chosen);
      put(button.children[1], called(order));
      put(button.children[2], order.state);
      button.children[2].dataset.state = order.state;
    },
  );
}

// ---------------------------------------------------------------- one order, field by field

const SAYS = { removed: "removed", waiting: "…", token: "token", derived: "derived", shortened: "shortened", changed: "fixed", added: "added" };

function cellOf(row, side) {
  const value = row[side];
  const element = make("td", { role: "gridcell", tabindex: "-1", "data-side": side });
  if (value === undefined && !(side === "event" && ["removed", "waiting"].includes(row.fate))) {
    element.append(make("span", { class: "quiet" }, "not in the raw order"));
    return element;
  }
  element.append(make("span", { class: "name" }, row.key));
  if (value !== undefined && row.fate !== "group") element.append(make("span", { class: "value" }, value === "" ? "(empty)" : value));
  if (side === "event" && SAYS[row.fate]) element.append(make("span", { class: `mark ${row.fate}` }, SAYS[row.fate]));
  return element;
}

function drawFields(raw, event) {
  const rows = compare(raw, event).map((row) => {
    const line = make("tr", { role: "row", "data-fate": row.fate, "data-from": row.from }, cellOf(row, "raw"), cellOf(row, "event"));
    line.style.setProperty("--depth", row.depth);
    return line;
  });
  const here = document.activeElement.closest("#fields td");
  const [at, column] = here ? [Math.min(here.parentElement.rowIndex, rows.length - 1), here.cellIndex] : [0, 0];
  $("#fields tbody").replaceChildren(...rows);
  rows[at].cells[column].tabIndex = 0;
  if (here) rows[at].cells[column].focus();
}

async function show() {
  const order = state.orders?.find((each) => each.number === chosen);
  const wanted = order ? `${order.number} ${order.state}` : "";
  if (!order || wanted === shown) return;
  shown = wanted;
  const answer = await fetch(`/orders/${order.number}`);
  if (!answer.ok || shown !== wanted) return;
  const { raw, left, event, kind } = await answer.json();
  let parsed = null;
  try {
    parsed = left ? null : JSON.parse(raw);
  } catch {
    parsed = null; // a poison
  }
  const asFields = parsed !== null && !Array.isArray(parsed) && (event || kind === "order");
  put($("#compare-title"), `Raw order and sanitized event, number ${order.number} from the ${order.source}`);
  put($("#compare-hint"), { waiting: "Waiting for its event.", published: "Published. Arrow keys move through the fields.", "dead letter": "No event: it lies in a dead letter, sealed." }[order.state]);
  for (const selector of ["#fields", ".heads", "#legend"]) $(selector).hidden = !asFields;
  $("#record").hidden = Boolean(asFields);
  if (asFields) drawFields(parsed, event);
  else put($("#record pre"), left ? `${raw}\n… and ${left.toLocaleString("en")} bytes more` : raw);
}

// Both sides of a field are marked, and with a value the facts that were derived from it.
function mark(target) {
  const from = target?.closest?.("#fields tr")?.dataset.from;
  for (const row of document.querySelectorAll("#fields tr")) row.classList.toggle("marked", row.dataset.from === from);
}
const fields = $("#fields");
fields.addEventListener("mouseover", (event) => mark(event.target));
fields.addEventListener("mouseleave", () => mark(document.activeElement));
fields.addEventListener("focusin", (event) => mark(event.target));
fields.addEventListener("focusout", () => mark(null));
fields.addEventListener("keydown", (event) => {
  const here = event.target.closest("td");
  const [row, column] = [here.parentElement, here.cellIndex];
  const rows = row.parentElement.rows;
  const next = {
    ArrowDown: row.nextElementSibling?.cells[column],
    ArrowUp: row.previousElementSibling?.cells[column],
    ArrowRight: row.cells[1],
    ArrowLeft: row.cells[0],
    Home: rows[0].cells[column],
    End: rows[rows.length - 1].cells[column],
  }[event.key];
  if (!next) return;
  event.preventDefault();
  const cell = next.offsetParent ? next : next.parentElement.cells[1 - next.cellIndex]; // a narrow page shows some fields once
  here.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
});

// ---------------------------------------------------------------- dead letters

async function replay(letter, fix, button) {
  button.setAttribute("aria-disabled", "true");
  tell("Replaying.");
  const done = await ask("/replay", { id: letter.id, fix });
  button.removeAttribute("aria-disabled");
  if (done) tell(done.status === "published" ? "Replayed, and published." : `${refused(done.status)} The letter stays on the queue.`);
}

const refused = (result) => (result.startsWith("failed") ? "Still refused." : "Not replayed.");
const operation = ({ op, path, value }) => `${op} ${path} ${JSON.stringify(value)}`;

function letterItem(letter) {
  const item = make("li", {}, make("code", { class: "code" }, letter.code), make("p", {}));
  const name = letter.order ? `order ${letter.order}` : "a letter of others";
  const button = (label, fix) => {
    const element = make("button", { type: "button" }, label, make("span", { class: "quiet" }, ` ${name}`));
    element.addEventListener("click", () => element.getAttribute("aria-disabled") || replay(letter, fix, element));
    return element;
  };
  const row = make("div", { class: "buttons" }, button("Replay", false));
  put(item.children[1], `${name}: ${letter.message}`);
  if (letter.fix) {
    row.append(button("Fix and replay", true));
  }
  item.append(row, make("p", { class: "result", hidden: "" }));
  if (letter.fix) item.append(make("p", { class: "patch" }, "The fix: ", make("code", {}, letter.fix.map(operation).join("; "))));
  return item;
}

function drawLetters() {
  $("#no-letters").hidden = state.letters.length > 0;
  const lost = keyed($("#letters"), state.letters, "id", letterItem, (element, letter) => {
    const result = element.querySelector(".result");
    result.hidden = !letter.result;
    put(result, letter.result ? `${refused(letter.result)} ${letter.result}` : "");
  });
  if (lost) $("#letters-title").focus();
}

// ---------------------------------------------------------------- the state, as it changes

function draw() {
  drawFigures();
  drawOrders();
  drawFaults();
  drawLetters();
  show();
}

function linked(kind, text) {
  $("#link").dataset.state = kind;
  put($("#link-text"), text);
}

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`/state?after=${state.version}`);
      state = await answer.json();
      chosen ??= state.orders[0]?.number ?? null;
      if (!$("#kind").options.length) $("#kind").append(...state.kinds.map((kind) => make("option", {}, kind)));
      linked(state.trouble ? "trouble" : "up", state.trouble ? `the stack answers ${state.trouble}` : "watching");
      draw();
    } catch {
      linked("trouble", "the page's server is gone: make up");
      await new Promise((resolve) => setTimeout(resolve, 3000));
    }
  }
}

follow();
