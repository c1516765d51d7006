/**
 * One recompute of an ensemble, from the numbers that Python itself computes with.
 *
 * Probabilities, log-probabilities and fitted weights arrive as Python's own float64, and every sum, product and
 * division is done in the order in which NumPy does it (members one after another; the classes of a row pairwise, eight
 * at a time), so that both round alike and a tie falls the same way: to the first class. Only `exp` may differ in its
 * last bit, and nothing here depends on that.
 *
 * @typedef {object} Part One split: M members, N images, C classes
 * @property {number} members
 * @property {number} images
 * @property {number} classes
 * @property {Float64Array} probabilities [M,N,C]
 * @property {Float64Array | null} logs [M,N,C], where they have arrived
 * @property {Object<string, Float64Array>} tables fitted weights [M,C] by weighting
 * @property {Uint16Array} firsts [M,N], the class each member gives first
 * @property {Uint16Array} labels [N]
 * @property {Uint8Array} twins [N], 1 for an image that is in Training too
 *
 * @typedef {object} Scheme
 * @property {number[]} on positions of the members that are on, rising
 * @property {string} weighting
 * @property {number[]} manual a weight for each of all M members
 * @property {string} combiner
 * @property {boolean} twins whether images that are in Training too are scored
 *
 * @typedef {object} Result
 * @property {number} n
 * @property {number} won images that only the ensemble gets right, not the best member
 * @property {number} lost images that only the best member gets right
 * @property {Int32Array} counts [C,C], true by predicted
 * @property {number[]} bestRight [C], images of each class that the best member gets right
 * @property {number[]} accuracies [M]
 */

export const COMBINERS = ["mean_probability", "mean_log_probability", "hard_vote"];
/** Votes that differ by less are tied, since sums of the same weights in another order differ by rounding. */
const TIE = 1 - 1e-9;

/**
 * Read a split as `ui/ensemble/bulk.py` writes it.
 * @param {ArrayBuffer} buffer
 * @param {number} members @param {number} images @param {number} classes
 * @param {string[]} fitted weightings in the order of their tables
 * @returns {Part}
 */
export function partOf(buffer, members, images, classes, fitted) {
  const cells = members * images * classes, table = members * classes;
  const tables = Object.fromEntries(
    fitted.map((name, i) => [name, new Float64Array(buffer, 8 * (cells + i * table), table)]),
  );
  const firsts = 8 * (cells + fitted.length * table), labels = firsts + 2 * members * images;
  return {
    members, images, classes, tables, logs: null,
    probabilities: new Float64Array(buffer, 0, cells),
    firsts: new Uint16Array(buffer, firsts, members * images),
    labels: new Uint16Array(buffer, labels, images),
    twins: new Uint8Array(buffer, labels + 2 * images, images),
  };
}

/**
 * Return weights [K,C] of the members that are on, each class summing to one.
 * @param {Part} part @param {Scheme} scheme
 */
export function weightsOf(part, scheme) {
  const { classes } = part, { on } = scheme, weights = new Float64Array(on.length * classes);
  const table = part.tables[scheme.weighting];
  on.forEach((m, k) => {
    for (let c = 0; c < classes; c++) weights[k * classes + c] = table ? table[m * classes + c] : scheme.manual[m];
  });
  for (let c = 0; c < classes; c++) {
    let most = 0, sum = 0;
    for (let at = c; at < weights.length; at += classes) most = Math.max(most, weights[at]);
    for (let at = c; at < weights.length; at += classes) sum += weights[at] /= most;
    for (let at = c; at < weights.length; at += classes) weights[at] /= sum;
  }
  return weights;
}

/** Return the sum of `n` values from `at` on, as NumPy adds the values of a row. */
function rowSum(values, at, n) {
  if (n < 8) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[at + i];
    return sum;
  }
  if (n > 128) {
    const half = (n >> 1) - ((n >> 1) % 8);
    return rowSum(values, at, half) + rowSum(values, at + half, n - half);
  }
  const eight = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => values[at + i]);
  let i = 8;
  for (; i < n - (n % 8); i += 8) for (let j = 0; j < 8; j++) eight[j] += values[at + i + j];
  let sum = eight[0] + eight[1] + (eight[2] + eight[3]) + (eight[4] + eight[5] + (eight[6] + eight[7]));
  for (; i < n; i++) sum += values[at + i];
  return sum;
}

/** Positions of the images that are scored, remembered by split and switch. */
const scored = new WeakMap();
function imagesOf(part, twins) {
  const held = scored.get(part) ?? {};
  scored.set(part, held);
  return (held[String(twins)] ??= Uint32Array.from(part.labels.keys()).filter((n) => twins || !part.twins[n]));
}

/** Return the weighted sum over members of values [M,N,C] for some images: [n,C]. */
function weightedSum(part, values, on, weights, images) {
  const { classes } = part, total = new Float64Array(images.length * classes);
  on.forEach((m, k) => {
    const from = m * part.images, first = k * classes;
    for (let i = 0; i < images.length; i++) {
      const at = (from + images[i]) * classes, to = i * classes;
      for (let c = 0; c < classes; c++) total[to + c] += values[at + c] * weights[first + c];
    }
  });
  return total;
}

/**
 * Return the class that the ensemble gives to each image that is scored: [n].
 * @param {Part} part @param {Scheme} scheme
 */
export function decide(part, scheme) {
  const images = imagesOf(part, scheme.twins), { classes } = part, weights = weightsOf(part, scheme);
  const labels = new Uint16Array(images.length);
  if (scheme.combiner === "hard_vote") return vote(part, scheme.on, weights, images, labels);
  const logs = scheme.combiner === "mean_log_probability";
  const pooled = weightedSum(part, logs ? part.logs : part.probabilities, scheme.on, weights, images);
  for (let i = 0; i < labels.length; i++) {
    const at = i * classes;
    let best = 0;
    if (logs) {
      let most = -Infinity;
      for (let c = 0; c < classes; c++) most = Math.max(most, pooled[at + c]);
      while (Math.exp(pooled[at + best] - most) < 1) best++;
    } else {
      const sum = rowSum(pooled, at, classes); // Rounding by the division may tie two classes.
      for (let c = 1; c < classes; c++) if (pooled[at + c] / sum > pooled[at + best] / sum) best = c;
    }
    labels[i] = best;
  }
  return labels;
}

function vote(part, on, weights, images, labels) {
  const { classes } = part, votes = new Float64Array(classes);
  for (let i = 0; i < images.length; i++) {
    votes.fill(0);
    on.forEach((m, k) => {
      const first = part.firsts[m * part.images + images[i]];
      votes[first] += weights[k * classes + first];
    });
    let most = 0, best = 0, tied = 0;
    for (let c = 0; c < classes; c++) if (votes[c] > most) most = votes[(best = c)];
    for (let c = 0; c < classes; c++) tied += Number(votes[c] >= most * TIE);
    if (tied > 1) {
      const mean = weightedSum(part, part.probabilities, on, weights, images.subarray(i, i + 1));
      for (let c = 0; c < classes; c++) if (votes[c] < most * TIE) mean[c] = -1;
      best = 0;
      for (let c = 1; c < classes; c++) if (mean[c] > mean[best]) best = c;
    }
    labels[i] = best;
  }
  return labels;
}

/** What of a result does not depend on the ensemble, remembered by split and switch. */
const fixed = new WeakMap();
function fixedOf(part, twins, best) {
  const held = fixed.get(part) ?? {};
  fixed.set(part, held);
  return (held[String(twins)] ??= (() => {
    const images = imagesOf(part, twins), bestRight = new Array(part.classes).fill(0);
    const accuracies = Array.from({ length: part.members }, (_, m) => {
      let right = 0;
      for (const n of images) right += Number(part.firsts[m * part.images + n] === part.labels[n]);
      return right / images.length;
    });
    for (const n of images) if (part.firsts[best * part.images + n] === part.labels[n]) bestRight[part.labels[n]]++;
    return { bestRight, accuracies };
  })());
}

/**
 * Return everything that is drawn of a scheme.
 * @param {Part} part @param {Scheme} scheme
 * @param {number} best the member best on the split that chooses
 * @returns {Result}
 */
export function recompute(part, scheme, best) {
  const images = imagesOf(part, scheme.twins), decided = decide(part, scheme), { classes } = part;
  const counts = new Int32Array(classes * classes);
  let won = 0, lost = 0;
  for (let i = 0; i < images.length; i++) {
    const label = part.labels[images[i]], right = decided[i] === label;
    const before = part.firsts[best * part.images + images[i]] === label;
    counts[label * classes + decided[i]]++;
    won += Number(right && !before);
    lost += Number(before && !right);
  }
  return { n: images.length, won, lost, counts, ...fixedOf(part, scheme.twins, best) };
}
