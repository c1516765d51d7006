/** Numbers as text, and the pictures that follow them: plain elements, made once and then only changed. */

const MINUS = "−", MOST = 12;
/** Half of the normal distribution's width that holds 95%. */
const Z95 = 1.959963984540054;

/** Return a number with some digits, halves going to the even digit, as Python writes it. */
export function fixed(value, digits) {
  const scale = 10 ** digits, half = Math.abs(value) * 2 ** (digits + 1);
  if (half % 2 !== 1) return value.toFixed(digits);
  return (Math.sign(value) * 2 * Math.round((Math.abs(value) * scale) / 2) / scale).toFixed(digits);
}
export const percent = (share, digits = 1) => fixed(100 * share, digits);
export function points(share, digits = 1) {
  const text = fixed(Math.abs(100 * share), digits);
  return Number(text) === 0 ? text : (share < 0 ? MINUS : "+") + text;
}

/** Say by how many points something is over or below what is named next. */
export function over(share) {
  return share < 0 ? `${points(-share, 2).replace("+", "")} points below` : `${points(share, 2)} points over`;
}

/** Return Wilson's 95% interval of a share. */
export function wilson(correct, n) {
  const share = correct / n, spread = (Z95 * Z95) / n, middle = (share + spread / 2) / (1 + spread);
  const half = (Z95 / (1 + spread)) * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  return [Math.max(0, Math.min(share, middle - half)), Math.min(1, Math.max(share, middle + half))];
}

const SVG = "http://www.w3.org/2000/svg", DRAWN = new Set(["svg", "line", "text", "g", "title"]);
/** Return an element with attributes and children; names go in as text and are never read as HTML. */
export function make(name, attributes = {}, ...children) {
  const made = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
const place = (element, attributes) => Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
const capital = (text) => text[0].toUpperCase() + text.slice(1);
/** Return the positions of the largest values, in order; the first of equals. */
const largest = (values) => values.map((value, i) => [value, i]).sort((a, b) => b[0] - a[0] || a[1] - b[1])
  .slice(0, MOST).map(([, i]) => i).sort((a, b) => a - b);
const titled = (name, ...inside) => {
  const title = make("h2");
  return [title, make("div", { class: `live-${name}` }, title, ...inside)];
};

/** Return the members' line and what draws it. */
export function lineOf(roster) {
  const names = roster.members, axis = make("g", { class: "live-axis" });
  const span = make("line", { class: "live-span", y1: 34, y2: 34 }), bar = make("line", { class: "live-bar", y1: 18, y2: 50 });
  const pin = make("line", { class: "live-pin", y1: 18, y2: 50 }), letter = make("text", { y: 13, class: "live-pin" }, "A");
  const labels = names.map(() => make("title")), marks = names.map(({ glyph }, i) => make("text", { y: 39 }, glyph, labels[i]));
  const svg = make("svg", { height: 82, width: "100%", "aria-hidden": "true" }, axis, span, ...marks, bar, pin, letter);
  const [title, box] = titled("line", svg);
  let range = "";
  return [box, (view, on, called) => {
    const { low, high, share, result } = view, all = [...result.accuracies, low, high, view.pin ?? share].map((x) => 100 * x);
    const from = Math.max(0, Math.floor(Math.min(...all) - 0.4)), to = Math.min(100, Math.ceil(Math.max(...all) + 0.4));
    const x = (value) => `${(2 + (96 * (100 * value - from)) / (to - from)).toFixed(3)}%`;
    if (range !== (range = `${from} ${to}`)) {
      const step = [1, 2, 5, 10, 20].find((size) => (to - from) / size <= 10) ?? 50, ticks = [];
      for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(make("text", { x: x(at / 100), y: 76 }, `${at}%`));
      axis.replaceChildren(make("line", { x1: "2%", x2: "98%", y1: 60, y2: 60 }), ...ticks);
    }
    marks.forEach((mark, i) => {
      place(mark, { x: x(result.accuracies[i]), class: on.has(i) ? "on" : "off" });
      say(labels[i], `${names[i].name}: ${percent(result.accuracies[i], 2)}%`);
    });
    place(span, { x1: x(low), x2: x(high) });
    place(bar, { x1: x(share), x2: x(share) });
    for (const part of [pin, letter]) part.style.display = view.pin == null ? "none" : "";
    if (view.pin != null) { place(pin, { x1: x(view.pin), x2: x(view.pin) }); place(letter, { x: x(view.pin) }); }
    const below = result.accuracies.filter((value) => value < share).length, total = names.length;
    const rank = below === total ? "every member" : `${below} of ${total} members`;
    say(title, total > 1 ? `${capital(called)} is above ${rank}` : `${called} is the only member so far`);
  }];
}

/** Return the bars of recall and what draws them; totals : images of each class. */
export function recallOf(roster) {
  const rows = roster.classes.slice(0, MOST).map(() => {
    const [name, bar, value] = [make("span"), make("i"), make("b")];
    return { name, bar, value, row: make("li", {}, name, make("span", { class: "live-track" }, bar), value) };
  });
  const [title, box] = titled("recall", make("ul", {}, ...rows.map(({ row }) => row)));
  box.append(make("p", { class: "live-scale" }, `Recall against ${roster.members[roster.best].name}, points`));
  return [box, ({ result }, totals) => {
    const { classes } = roster, size = classes.length;
    const gain = totals.map((total, c) => (total ? (result.counts[c * size + c] - result.bestRight[c]) / total : NaN));
    const known = gain.map((value) => (Number.isNaN(value) ? 0 : value)), shown = largest(known.map(Math.abs));
    const reach = [1, 2, 5, 10, 20, 50].find((most) => shown.every((c) => Math.abs(100 * known[c]) <= most)) ?? 100;
    rows.forEach(({ name, bar, value, row }, i) => {
      const c = shown[i], width = (50 * Math.abs(100 * known[c])) / reach;
      say(name, classes[c]);
      say(value, Number.isNaN(gain[c]) ? "–" : points(gain[c]));
      row.title = `Recall now ${totals[c] ? percent(result.counts[c * size + c] / totals[c]) : "–"}%`;
      bar.style.cssText = `left:${known[c] < 0 ? 50 - width : 50}%;width:${width}%;background:${roster.colours[classes[c]] ?? ""}`;
    });
    const most = known.indexOf(Math.max(...known)), least = known.indexOf(Math.min(...known));
    let text = `${capital(classes[most])} gains most: ${points(known[most])} points of recall`;
    if (-known[least] > known[most]) text = `${capital(classes[least])} loses most: ${points(known[least])} points of recall, ${classes[most]} ${points(known[most])}`;
    if (known[most] <= 0) text = `No ${roster.words.kind} gains; ${classes[least]} loses most: ${points(known[least])} points`;
    if (known.every((value) => value === 0)) text = "No recall changes";
    say(title, size > MOST ? `${text} (${MOST} of ${size} ${roster.words.kinds})` : text);
  }];
}

/** Return the confusion matrix and what draws it. */
export function matrixOf(roster) {
  const { classes, words } = roster, size = classes.length, count = Math.min(size, MOST), each = [...Array(count).keys()];
  const tops = each.map(() => make("th", { scope: "col" })), sides = each.map(() => make("th", { scope: "row" }));
  const cells = each.map(() => each.map(() => make("td")));
  const head = make("tr", {}, make("td", {}, "true \\ predicted"), ...tops);
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...each.map((i) => make("tr", {}, sides[i], ...cells[i]))));
  const [title, box] = titled("matrix", table);
  return [box, ({ result }, totals) => {
    const { counts } = result, share = (t, p) => counts[t * size + p] / Math.max(totals[t], 1);
    const wrong = totals.map((total, c) => total - 2 * counts[c * size + c]);
    let worst = -1, pair = [0, 1];
    for (let t = 0; t < size; t++) for (let p = 0; p < size; p++) {
      wrong[p] += counts[t * size + p];
      if (t !== p && share(t, p) > worst) { worst = share(t, p); pair = [t, p]; }
    }
    const shown = largest(wrong);
    each.forEach((i) => {
      for (const names of [tops, sides]) { say(names[i], classes[shown[i]]); names[i].title = classes[shown[i]]; }
      each.forEach((j) => {
        const value = share(shown[i], shown[j]), cell = cells[i][j];
        say(cell, percent(value, 0));
        cell.style.setProperty("--share", `${(100 * value).toFixed(1)}%`);
        cell.title = `${classes[shown[i]]} taken for ${classes[shown[j]]}: ${counts[shown[i] * size + shown[j]]} ${words.items}`;
      });
    });
    const whose = words.fer ? `${classes[pair[0]]} ${words.faces}` : `${words.faces} of ${classes[pair[0]]}`;
    let text = `${percent(worst, 0)}% of ${whose} are taken for ${classes[pair[1]]}`;
    if (worst <= 0) text = `No ${words.kind} is taken for another`;
    say(title, size > MOST ? `${text} (${MOST} of ${size} ${words.kinds})` : text);
  }];
}
