// Finds what mocks/lp_sandbox/web/site_search.py finds, where there is no sandbox: a test compares the two.
const MOST_SECTIONS = 3;
const SHORTEST = 3;
const COMMON = 10;
const TOLERANT = [4, 8];
const CHANGES = "=";
const MOST_CORRECTIONS = 5;
const [SAME_WORD, RELATED] = [4, 3];
const [SAME_TITLE, SAME_PHRASE, SAME_NAME] = [2, 3, 6];
const PHRASE = 4;
const ORDINARY = /^[a-z]*$/;

const wordsOf = (text) => text.toLowerCase().replace(/['’]/g, "").match(/[a-z0-9]+/g) ?? [];
const likeliest = ({ stems }) => stems.keys().next().value;
const tolerated = (length) => TOLERANT.filter((least) => length >= least).length;

function grouped(pairs) {
  const groups = new Map();
  for (const [key, value] of pairs) {
    if (groups.has(key)) groups.get(key).push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

// Orders numbers and texts as Python orders tuples of them.
function compare(one, other) {
  const at = one.findIndex((value, i) => value !== other[i]);
  if (at < 0) return 0;
  return one[at] < other[at] ? -1 : 1;
}

// Counts the letters to insert, remove, replace or swap with their neighbours to make one word of the other.
function edits(one, other) {
  const rows = [[...Array(other.length + 1).keys()]];
  for (let i = 1; i <= one.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= other.length; j += 1) {
      const replaced = rows[i - 1][j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwapped ? rows[i - 2][j - 2] + 1 : Infinity;
      rows[i].push(Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replaced, swapped));
    }
  }
  return rows[one.length][other.length];
}

class Vocabulary {
  constructor(forms, frequencies) {
    this.frequencies = frequencies;
    this.stems = new Map(forms.map(([stem], number) => [stem, number]));
    this.words = new Map();
    forms.forEach(([stem, ...endings], number) => {
      for (const form of endings) this.words.set(form.startsWith(CHANGES) ? form.slice(1) : stem + form, number);
    });
    const endings = grouped(forms.flatMap(([, ...of]) => of.filter((form) => form && !form.startsWith(CHANGES)).map((form) => [form])));
    const common = [...endings].filter(([, of]) => of.length >= COMMON).map(([ending]) => ending);
    this.endings = common.sort((one, other) => compare([-one.length, one], [-other.length, other]));
  }

  stem(word) {
    if (this.words.has(word)) return this.words.get(word);
    for (const ending of this.endings.filter((each) => word.endsWith(each))) {
      const stem = word.slice(0, -ending.length);
      const undoubled = stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem; // as in cancelling
      const known = [stem, undoubled].find((each) => each.length >= SHORTEST && this.stems.has(each));
      if (known) return this.stems.get(known);
    }
    return undefined;
  }

  begunWith(beginning) {
    if (beginning.length < SHORTEST) return [];
    return [...this.words].filter(([word]) => word.startsWith(beginning)).map(([, stem]) => stem);
  }

  closest(word) {
    if (!/^[a-z]+$/.test(word)) return "";
    const most = tolerated(word.length);
    return [...this.words]
      .filter(([known]) => /^[a-z]+$/.test(known) && Math.abs(known.length - word.length) <= most)
      .map(([known, stem]) => [edits(word, known), -known.length, -this.frequencies[stem], known])
      .filter(([distance]) => distance <= most)
      .sort(compare)[0]?.at(-1) ?? "";
  }
}

export class Index {
  constructor({ texts, kinds, editions, entries, ignored, forms, alike, postings }) {
    this.texts = texts;
    this.kinds = kinds;
    this.editions = editions;
    this.entries = entries.map(([kind, title, url, where, extract, edition, name]) => ({ kind, title, url, where, extract, edition, name }));
    this.ignored = new Set(ignored);
    this.points = postings.map((row) => {
      let place = 0;
      return Array.from({ length: row.length / 2 }, (_, i) => [(place += row[2 * i]), row[2 * i + 1]]);
    });
    this.vocabulary = new Vocabulary(forms, this.points.map((row) => row.length));
    this.alike = new Map(alike.map(([stem, ...others]) => [stem, others]));
    this.phrases = this.entries.map(({ title, where, name }) => wordsOf(`${title} ${name ? where : ""}`).join(" "));
    this.titled = this.firstPlaces(({ title, name }) => (title === name ? "" : this.stemsOf(title).join()));
    this.named = this.firstPlaces(({ name }) => (ORDINARY.test(name) ? "" : name.toLowerCase()));
  }

  search(queryText) {
    const tokens = wordsOf(queryText);
    const meanings = this.meanings(this.meaningful(tokens));
    const scores = this.scores([...meanings.values()]);
    const meant = tokens.map((token) => meanings.get(token)?.correction || token);
    const title = [...meanings.values()].map(likeliest).join();
    for (const [factor, places] of [
      [SAME_TITLE, this.titled.get(title) ?? []],
      [SAME_NAME, this.named.get(queryText.toLowerCase()) ?? []],
      [SAME_PHRASE, this.withPhrase(meant)],
    ]) {
      for (const place of places.filter((each) => scores.has(each))) scores.set(place, factor * scores.get(place));
    }
    const best = [...scores].sort(([place, points], [other, others]) => compare([-points, place], [-others, other]));
    const isCorrected = [...meanings.values()].some(({ correction }) => correction);
    return { entries: best.map(([place]) => this.entries[place]), suggestion: isCorrected ? meant.join(" ") : "" };
  }

  withPhrase(tokens) {
    if (tokens.length < PHRASE) return [];
    return [...this.phrases.keys()].filter((place) => this.phrases[place].includes(tokens.join(" ")));
  }

  // The first entry of each kind and edition that has a key, for each key that is not empty.
  firstPlaces(keyOf) {
    const first = new Map();
    this.entries.forEach((entry, place) => {
      const mark = JSON.stringify([keyOf(entry), entry.kind, entry.edition]);
      if (!first.has(mark)) first.set(mark, place);
    });
    return grouped([...first].map(([mark, place]) => [JSON.parse(mark)[0], place]).filter(([key]) => key));
  }

  stemsOf(title) {
    const stems = this.meaningful(wordsOf(title)).map((word) => this.vocabulary.stem(word));
    return [...new Set(stems.filter((stem) => stem !== undefined))];
  }

  meaningful(tokens) {
    return tokens.filter((token) => !this.ignored.has(token));
  }

  meanings(tokens) {
    const meanings = new Map();
    let corrections = 0;
    for (const token of new Set(tokens)) {
      let meaning = this.known(token);
      if (!meaning && corrections < MOST_CORRECTIONS) {
        meaning = this.corrected(token);
        corrections += 1;
      }
      if (meaning) meanings.set(token, meaning);
    }
    const likeliestStems = new Set([...meanings.values()].map(likeliest));
    for (const meaning of meanings.values()) {
      const kept = [...meaning.stems].filter(([stem]) => stem === likeliest(meaning) || !likeliestStems.has(stem));
      meaning.stems = new Map(kept);
    }
    return meanings;
  }

  known(token) {
    const stem = this.vocabulary.stem(token);
    const others = stem === undefined ? this.vocabulary.begunWith(token) : this.alike.get(stem) ?? [];
    const stems = new Map(others.map((other) => [other, RELATED]));
    if (stem !== undefined) return { stems: new Map([[stem, SAME_WORD], ...stems]) };
    return stems.size ? { stems } : undefined;
  }

  corrected(token) {
    const correction = this.vocabulary.closest(token);
    return correction ? { ...this.known(correction), correction } : undefined;
  }

  // The points of the entries that have at least half as many of the words as the best one has.
  scores(meanings) {
    const totals = new Map();
    for (const { stems } of meanings) {
      for (const [place, points] of this.best(stems)) {
        const [total, matched] = totals.get(place) ?? [0, 0];
        totals.set(place, [total + points, matched + 1]);
      }
    }
    const most = [...totals.values()].reduce((sofar, [, matched]) => Math.max(sofar, matched), 0);
    const enough = [...totals].filter(([, [, matched]]) => 2 * matched >= most);
    return new Map(enough.map(([place, [total, matched]]) => [place, total * matched ** 2]));
  }

  best(stems) {
    const best = new Map();
    for (const [stem, weight] of stems) {
      for (const [place, points] of this.points[stem]) best.set(place, Math.max(best.get(place) ?? 0, weight * points));
    }
    return best;
  }
}

// Joins the sections of a page to one result. What the contract names stays a result of its own.
export function byPage(entries) {
  const pages = grouped(entries.map((entry) => [entry.name ? entry.url : entry.url.split("#")[0], entry]));
  return [...pages.values()].map(([entry, ...others]) => ({
    entry,
    sections: others.filter(({ url }) => url.includes("#") && url !== entry.url).slice(0, MOST_SECTIONS),
  }));
}
