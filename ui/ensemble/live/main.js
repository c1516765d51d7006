/**
 * The upper part of the page Ensemble: controls whose number moves under the finger.
 *
 * The browser computes what it can at each input and paints it in the next frame.  Once input has rested, the setting
 * goes to Python with a number in sequence; what Python answers to that number is shown where it differs, and answers to
 * older ones are not.  Python sets the controls only by a revision that the browser has not seen.
 */
import { fixed, lineOf, make, matrixOf, over, percent, points, recallOf, say, wilson } from "./draw.js";
import { COMBINERS, partOf, recompute } from "./recompute.js";

const REST = 150, AGAIN = 300, TRIES = 40;
/** @type {WeakMap<object, Live>} */
const mounted = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const live = mounted.get(parentElement) ?? new Live(parentElement);
  mounted.set(parentElement, live);
  live.tell = (input) => setStateValue("input", input);
  live.ask = () => setTriggerValue("best", live.seq);
  live.hear(data);
  return () => { mounted.delete(parentElement); live.end(); };
}

class Live {
  constructor(parent) {
    this.root = make("section", { class: "live", style: "visibility:hidden", "aria-label": "Ensemble" });
    parent.append(this.root);
    this.key = this.revision = this.setting = this.answer = this.view = this.shown = this.anchor = null;
    this.seq = this.heard = this.timer = this.frame = 0;
    this.parts = {};
  }

  end() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.key = null;
    this.root.remove();
  }

  /** Take in what Python says: the setting where it is a new one, the answer where it is to the present one. */
  hear(data) {
    if (data.roster.key !== this.key) {
      if (data.roster.members) this.build(data.roster);
      else return this.tell({ holds: null, again: data.revision }); // Drawn again: what was held is gone.
    }
    if (data.revision !== this.revision) {
      clearTimeout(this.timer);
      const { members, manual, ...rest } = data.setting, names = this.roster.members.map(({ name }) => name);
      this.setting = { ...rest, on: new Set(members.map((name) => names.indexOf(name))), manual: [...manual] };
      [this.revision, this.seq, this.answer, this.timer] = [data.revision, Math.max(this.seq, data.seq), null, 0];
      this.anchor = this.shown;
      this.controls();
    }
    this.heard = data.seq;
    if (data.seq === this.seq) {
      const { answer, accuracies } = data;
      this.answer = answer && { ...answer, accuracies, counts: dense(answer.counts, this.roster.classes.length) };
      this.rows.forEach(({ share }, m) => say(share, percent(accuracies[m])));
    }
    this.search = data.search;
    this.best.disabled = data.search !== null;
    this.best.title = data.search ?? `The members that are together best on ${this.roster.words.valid} under these weights and this combiner`;
    this.files = data.files;
    this.load();
    this.later();
  }

  /** Fetch what the present setting needs and is not here; a run that was cut short may have taken a file with it. */
  load(tries = TRIES) {
    const { split, combiner } = this.setting, part = this.parts[split], { key } = this;
    const what = !part ? "probabilities" : combiner === "mean_log_probability" && !part.logs ? "logs" : null;
    const url = what && this.files?.[split][what];
    if (!url || this.loading === url) return;
    this.loading = url;
    // A range, even of everything, is sent as it is; the server would else spend its time on packing what hardly packs.
    fetch(new URL(`../../..${url}`, import.meta.url), { headers: { Range: "bytes=0-" } })
      .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer.status)))
      .then((buffer) => {
        this.loading = null;
        if (key !== this.key) return;
        const { members, images, classes, fitted } = this.roster;
        if (what === "logs") part.logs = new Float64Array(buffer);
        else this.parts[split] = partOf(buffer, members.length, images[split], classes.length, fitted);
        this.load();
        this.later();
      })
      .catch(() => {
        this.loading = null;
        if (tries && key === this.key) setTimeout(() => this.load(tries - 1), AGAIN);
      });
  }

  build(roster) {
    [this.key, this.roster, this.parts, this.loading, this.revision] = [roster.key, roster, {}, null, null];
    this.view = this.shown = this.anchor = null;
    const option = ([value, text]) => make("option", { value }, text);
    const choose = (label, field, options) => {
      const select = make("select", { "aria-label": label, oninput: () => this.change({ [field]: select.value }) }, ...options.map(option));
      return [select, make("label", { class: "live-choose" }, make("span", {}, label), select)];
    };
    const tick = (label, title, change, name) => {
      const box = make("input", { type: "checkbox", name, oninput: () => change(box.checked) });
      return [box, make("label", { class: "live-tick", title }, box, ...label)];
    };
    this.rows = roster.members.map(({ name, glyph, about, more }, m) => {
      const [box, label] = tick([make("span", { class: "live-glyph", "aria-hidden": "true" }, glyph), make("span", { class: "live-name" }, name)],
        more, (on) => this.change({ on: flipped(this.setting.on, m, on) }), `member ${name}`);
      const weight = make("input", { type: "range", min: 0, max: roster.largest, step: 0.05, "aria-label": `Weight of ${name}`,
        oninput: () => this.change({ manual: this.setting.manual.with(m, Number(weight.value)) }) });
      const [value, share] = [make("span", { class: "live-weight", "aria-hidden": "true" }), make("b")];
      return { box, weight, value, share, row: make("li", {}, label, weight, value, share, make("small", {}, about)) };
    });
    const all = (on) => () => this.change({ on: new Set(on ? roster.members.keys() : []) });
    const button = (text, onclick, title) => make("button", { type: "button", onclick, title }, text);
    this.best = button("Best subset", () => { this.send(); this.ask(); });
    this.count = make("span");
    const [weighting, weightings] = choose("Weights", "weighting", roster.weightings);
    const [combiner, combiners] = choose("Combine by", "combiner", roster.combiners);
    const [split, splits] = choose("Images", "split", Object.entries(roster.splits));
    const [twins, with_] = tick([make("span", {}, "With twins")],
      "Some images are in Training too, pixel for pixel, so the networks know them; off leaves them out", (on) => this.change({ twins: on }), "twins");
    Object.assign(this, { fields: { weighting, combiner, split }, twins, about: make("p", { class: "live-about" }) });
    const panel = make("div", { class: "live-panel", role: "group", "aria-label": "Members and weights" },
      make("div", { class: "live-buttons" }, make("strong", {}, "Members "), this.count, button("All", all(true), "Switch every member on"),
        button("None", all(false), "Switch every member off"), this.best),
      make("ul", { class: "live-members" }, ...this.rows.map(({ row }) => row)),
      make("div", { class: "live-scheme" }, weightings, combiners, splits, roster.twins ? with_ : ""), this.about);
    [this.number, this.unit, this.beside] = [make("span"), make("small", {}, " %"), make("span")];
    [this.facts, this.note, this.status] = [make("p", { class: "live-facts" }), make("p", { class: "fer-note" }), make("p", { class: "live-status", role: "status" })];
    const head = make("div", { class: "live-head" },
      make("div", { class: "fer-big" }, make("b", {}, this.number, this.unit), make("div", {}, this.beside, this.facts)), this.note, this.status);
    const [line, drawLine] = lineOf(roster), [recall, drawRecall] = recallOf(roster), [matrix, drawMatrix] = matrixOf(roster);
    this.draw = { line: drawLine, recall: drawRecall, matrix: drawMatrix };
    this.pictures = make("div", { class: "live-pictures" }, line, recall, matrix);
    this.root.replaceChildren(head, panel, this.pictures);
  }

  /** Set every control to the setting, whoever changed it. */
  controls() {
    const { setting, roster } = this, [, , told] = roster.weightings.find(([key]) => key === setting.weighting);
    const [, title, how, weighs] = roster.combiners.find(([key]) => key === setting.combiner);
    this.rows.forEach(({ box, weight, value }, m) => {
      box.checked = setting.on.has(m);
      if (Number(weight.value) !== setting.manual[m]) weight.value = String(setting.manual[m]);
      weight.disabled = !setting.on.has(m);
      say(value, fixed(setting.manual[m], 2));
    });
    for (const [field, select] of Object.entries(this.fields)) select.value = setting[field];
    this.fields.weighting.disabled = !weighs;
    this.twins.checked = setting.twins;
    this.root.classList.toggle("live-manual", setting.weighting === "manual" && weighs);
    say(this.count, `${setting.on.size} of ${roster.members.length}`);
    say(this.about, `${weighs ? told : `${title} learns its weights.`} ${how}`);
  }

  change(changed) {
    if (!this.timer) this.anchor = this.shown;
    Object.assign(this.setting, changed);
    this.seq++;
    this.answer = null;
    this.root.dataset.settled = "";
    this.controls();
    this.load();
    this.later();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), REST);
  }

  send() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const { on, ...rest } = this.setting, { revision, seq, roster } = this;
    this.tell({ holds: this.key, revision, seq, members: roster.members.filter((_, m) => on.has(m)).map(({ name }) => name), ...rest });
  }

  later() {
    this.frame ||= requestAnimationFrame(() => { this.frame = 0; this.paint(); });
  }

  /** Return what the browser computes of the setting; null where Python has to. */
  computed() {
    const { on, manual, weighting, combiner, split, twins } = this.setting, part = this.parts[split];
    const here = weighting === "manual" || this.roster.fitted.includes(weighting);
    if (!part || !here || !COMBINERS.includes(combiner) || (combiner === "mean_log_probability" && !part.logs)) return null;
    const scheme = { on: [...on].sort((a, b) => a - b), weighting, manual, combiner, twins };
    return recompute(part, scheme, this.roster.best);
  }

  paint() {
    const { setting, roster, answer } = this, size = roster.classes.length;
    const none = !setting.on.size ? "No member is switched on." : setting.weighting === "manual" && ![...setting.on].some((m) => setting.manual[m] > 0)
      ? "Every weight is zero." : null;
    this.root.toggleAttribute("data-empty", none !== null);
    if (none) {
      say(this.number, "–"); say(this.unit, ""); say(this.beside, none); say(this.facts, "");
      say(this.note, "Switch a member on, or give one a weight above zero, to see what it reaches.");
      this.shown = null;
      this.settle(none);
      return;
    }
    let result = this.computed();
    if (answer && !(result && same(result, answer))) result = answer; // Python is the authority.
    this.root.setAttribute("aria-busy", String(result === null));
    if (!result) { say(this.note, "Computing…"); return; }
    const totals = roster.classes.map((_, c) => result.counts.subarray(c * size, (c + 1) * size).reduce((sum, x) => sum + x, 0));
    const correct = totals.reduce((sum, _, c) => sum + result.counts[c * size + c], 0), share = correct / result.n;
    const before = result.bestRight.reduce((sum, x) => sum + x, 0) / result.n, [low, high] = wilson(correct, result.n);
    const best = roster.members[roster.best].name, alone = setting.on.size === 1 && setting.on.has(roster.best);
    const called = setting.on.size === 1 ? roster.members[[...setting.on][0]].name : "the ensemble";
    const images = `${setting.split} ${setting.twins}`, view = { result, share, low, high, pin: answer?.pin ?? (this.view?.images === images ? this.view.pin : null), images };
    say(this.number, percent(share)); say(this.unit, " %");
    say(this.beside, alone ? `${best} alone, the best member` : `${over(share - before)} ${best}, the best member`);
    say(this.facts, `95% interval ${percent(low)} to ${percent(high)}% · ${result.won} ${roster.words.items} gained, ${result.lost} lost`);
    const last = this.anchor;
    say(this.note, !last ? "Change a member or a weight to see the difference here."
      : last.images !== images ? `Before: ${percent(last.share)}%, on other ${roster.words.items}.`
      : `${points(share - last.share, 2)} points against the last setting (${percent(last.share)}%).`);
    this.rows.forEach(({ share: cell }, m) => say(cell, percent(result.accuracies[m])));
    this.draw.line(view, setting.on, called);
    this.draw.recall(view, totals);
    this.draw.matrix(view, totals);
    this.view = this.shown = view;
    this.settle(`${percent(share)}% accuracy, ${points(share - before, 2)} points against ${best}`);
  }

  /** Say the number to those who hear it, once input has rested and Python has answered. */
  settle(words) {
    if (this.timer || this.heard !== this.seq) return;
    this.root.dataset.settled = String(this.seq);
    say(this.status, words);
  }
}

const flipped = (on, m, to) => { const next = new Set(on); if (to) next.add(m); else next.delete(m); return next; };
function dense(pairs, size) {
  const counts = new Int32Array(size * size);
  for (let i = 0; i < pairs.length; i += 2) counts[pairs[i]] = pairs[i + 1];
  return counts;
}
const same = (a, b) => a.n === b.n && a.won === b.won && a.lost === b.lost && a.counts.every((count, i) => count === b.counts[i]);
