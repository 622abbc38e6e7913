/* From the API's answer to what the page of results shows of it. */

import { language, marked, part, say, written } from "./parts.js";

export const OFFERED = ["kind", "topic", "language", "year", "organisation", "target_group", "region", "evidence",
  "transferability", "study_type", "nationality", "legal_status"];
const SHOWN_VALUES = 8;
const MOST_TOPICS = 4;
const MOST_YEARS = 60;
const TALLEST = 40;
const SVG = "http://www.w3.org/2000/svg";
const alphabet = new Intl.Collator(language);
const at = (id) => document.getElementById(id);

/** The state with other values for some parameters; a changed search begins at its first page again. */
export function changed(state, changes) {
  const next = new URLSearchParams(state);
  next.delete("page");
  next.delete("explain");
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const each of [value].flat()) if (each) next.append(name, each);
  }
  return next;
}

export const address = (state) => (`${state}` ? `/?${state}` : "/");

export function show(answer, state) {
  const labels = labelsOf(answer.facets);
  document.title = [answer.query.q, document.querySelector(".brand span").textContent].filter(Boolean).join(" · ");
  at("total").textContent = say("search.total", { n: answer.total });
  at("nothing").hidden = answer.total > 0;
  showChips(state, labels);
  at("notes").replaceChildren(...notes(answer, state));
  at("results").replaceChildren(...groups(answer, state, labels));
  showFacets(answer.facets, state);
  showYears(answer.facets.year?.values ?? [], state);
  showTurns(answer, state);
  showSort(answer, state);
  for (const link of document.querySelectorAll("[data-format]")) {
    link.href = `/api/v1/export?${changed(state, { lang: "", sort: "", format: link.dataset.format })}`;
  }
}

/** Field -> value -> what the value is called. */
function labelsOf(facets) {
  const named = (facet) => Object.fromEntries(facet.values.map(({ value, label }) => [value, label]));
  return Object.fromEntries(Object.entries(facets).map(([field, facet]) => [field, named(facet)]));
}

// Results -------------------------------------------------------------------------------------------------------------

/** Where words were looked for in all languages, results that the reader may not read stand apart. */
function groups(answer, state, labels) {
  const { items, query } = answer;
  const all = { heading: "", items };
  if (!query.q || state.has("language") || query.sort !== "relevance") return items.length ? [group(all, state, labels)] : [];
  const reads = new Set([language, ...(items[0]?.languages ?? [])]);
  const own = items.filter((item) => item.languages.some((each) => reads.has(each)));
  const others = items.filter((item) => !own.includes(item));
  const both = [{ heading: "", items: own }, { heading: say("search.other_languages"), items: others }];
  return both.filter((each) => each.items.length).map((each) => group(each, state, labels));
}

function group({ heading, items }, state, labels) {
  const section = element("section", { class: "group" });
  const title = element("h2", heading ? {} : { class: "hidden" }, heading || say("search.results"));
  section.append(title, ...items.map((item) => hit(item, state, labels)));
  return section;
}

function hit(item, state, labels) {
  const kept = new URLSearchParams([...state].filter(([name]) => name === "q" || name === "lang"));
  const query = `${kept}` ? `?${kept}` : "";
  const page = `/documents/${encodeURIComponent(item.id)}`;
  const spoken = bestLanguage(item.title, item.languages);
  const summarised = bestLanguage(item.summary, item.languages);
  const fragments = item.fragments.filter((each) => each.text.trim());
  const name = (field, value) => labels[field]?.[value] ?? value;
  const article = part("hit", {
    kind_label: { "data-kind": item.kind, content: name("kind", item.kind) },
    organisation: item.organisation.name,
    place: item.place ? item.place.municipality || name("region", item.place.region) : "",
    year: item.year,
    languages: item.languages.map((each) => name("language", each)).join(", "),
    hidden_from_public: item.visibility === "public" ? "" : say(`visibility.${item.visibility}`),
    incomplete: item.incomplete ? say("hit.incomplete") : "",
    title: { href: page + query, lang: spoken, content: marked(item.title[spoken] ?? item.id, item.title_spans[spoken] ?? []) },
    summary: fragments.some((each) => each.field === "summary") || !item.summary[summarised]
      ? "" : { lang: summarised, content: item.summary[summarised] },
    fragments: fragments.map((each) => part("fragment", {
      where: { href: each.page === null ? page + query : `${page}/pages/${each.page}${query}`, content: where(each) },
      text: ["…", ...marked(each.text, each.spans), "…"],
    })),
    evidence_sentence: item.evidence ? say("hit.evidence", { evidence: name("evidence", item.evidence) }) : "",
    file: item.links.file ? { href: item.links.file, content: say("hit.original") } : "",
    why: state.get("q") ? { href: `${address(explained(state))}#hit-${item.id}`, content: say("hit.why") } : "",
    reasons: item.explanation.map(reason),
  });
  article.id = `hit-${item.id}`;
  const topics = item.topics.slice(0, MOST_TOPICS).map((topic) => part("topic", {
    label: { href: address(changed(onlyLanguage(state), { topic })), content: name("topic", topic) },
  }));
  const evidence = article.querySelector(".evidence");
  if (evidence) evidence.after(...topics);
  else article.querySelector(".hit-foot").prepend(...topics);
  return article;
}

export function explained(state) {
  const next = new URLSearchParams(state);
  next.set("explain", "true");
  return next;
}

/** One of the reasons why something was found. */
export const reason = (why) => part("reason", {
  share: { value: Math.round(100 * why.share), content: `${Math.round(100 * why.share)} %` },
  sentence: say(`why.${why.how}`, { typed: why.typed, meant: why.meant.join(", "),
    forms: why.forms.join(", ") || why.typed, where: why.field ? where(why) : "" }),
});

const where = ({ field, page }) => (page === null ? say(`field.${field}`) : say("hit.page", { n: page }));

const bestLanguage = (text, spoken) => [language, ...spoken].find((each) => each in text) ?? Object.keys(text)[0] ?? "";

const onlyLanguage = (state) => new URLSearchParams([...state].filter(([name]) => name === "lang"));

// What is said about the search -----------------------------------------------------------------------------------------

function notes(answer, state) {
  const { query, did_you_mean: mended, instead } = answer;
  const meant = query.expansions.filter((each) => each.as.length);
  const said = [];
  if (mended) said.push(note(say("search.mended", { q: mended })));
  if (answer.items.length && query.understood.startsWith("(at least ")) said.push(note(say("search.weaker")));
  if (instead.length) said.push(element("div", { class: "note" }, element("p", {}, say("instead.title")),
    element("ul", { class: "plain" }, ...instead.map((each) => other(each, state)))));
  if (meant.length) {
    const list = meant.map((each) => part("expansion", { word: each.word, meant: each.as.join(", ") }));
    said.push(element("details", { class: "note expansions" }, element("summary", {}, say("expand.title")),
      element("ul", { class: "plain" }, ...list),
      element("p", {}, element("a", { href: address(changed(state, { expand: "off" })) }, say("expand.off")))));
  }
  if (query.q && state.get("expand") === "off") said.push(note(`${say("expand.is_off")} `,
    element("a", { href: address(changed(state, { expand: "" })) }, say("expand.on"))));
  return said;
}

const note = (...content) => element("p", { class: "note" }, ...content);

function other(each, state) {
  const kept = each.why === "without_filters" ? onlyLanguage(state) : state;
  return part("other", { why: say(`instead.${each.why}`), q: { href: address(changed(kept, { q: each.q })), content: each.q },
    total: written(each.total) });
}

// What narrows it -------------------------------------------------------------------------------------------------------

function showChips(state, labels) {
  const chosen = [...state].map(([name, value]) => ({ name, value, text: chosenText(name, value, labels) })).filter((each) => each.text);
  const chips = chosen.map(({ name, value, text }) => part("chip", {
    text: { href: address(changed(state, { [name]: state.getAll(name).filter((each) => each !== value) })),
      content: [element("bdi", {}, text), element("span", { class: "hidden" }, ` ${say("chip.remove")}`)] } }));
  if (chips.length > 1) {
    const free = changed(state, Object.fromEntries(chosen.map(({ name }) => [name, ""])));
    chips.push(element("li", {}, element("a", { class: "clear", href: address(free) }, say("chip.clear"))));
  }
  at("chips").replaceChildren(...chips);
}

function chosenText(name, value, labels) {
  if (["year_from", "year_to", "added_since"].includes(name)) return say(`chip.${name}`, { value });
  const field = name.replace(/^not_/, "");
  if (!(field in labels) && !OFFERED.includes(field)) return "";
  const text = `${say(`facet.${field}`)}: ${labels[field]?.[value] ?? value}`;
  return name === field ? text : say("chip.not", { value: text });
}

function showFacets(facets, state) {
  const open = new Map([...document.querySelectorAll("[data-facet]")].map((each) => [each.dataset.facet, each.open]));
  const unfolded = new Set([...document.querySelectorAll(".more[open]")].map((each) => each.closest("[data-facet]").dataset.facet));
  const focus = document.activeElement?.closest?.("#facets input[type=checkbox]");
  const years = document.querySelector(".years");
  const shown = OFFERED.filter((name) => name === "year" || facets[name]?.values.length).map((name) => {
    if (name === "year") return years;
    const made = facet(name, facets[name].values);
    made.open = open.get(name) ?? state.has(name);
    const more = made.querySelector(".more");
    if (more) more.open = unfolded.has(name);
    return made;
  });
  for (const old of [...at("facets").children]) if (old !== years) old.remove();
  const place = shown.indexOf(years);
  years.before(...shown.slice(0, place));
  years.after(...shown.slice(place + 1));
  if (focus) document.querySelector(`#facets input[name="${focus.name}"][value="${CSS.escape(focus.value)}"]`)?.focus();
}

function facet(name, values) {
  const first = values.filter((value, place) => place < SHOWN_VALUES || value.selected);
  const more = values.filter((value) => !first.includes(value)).sort((one, two) => alphabet.compare(one.label, two.label));
  const label = say(`facet.${name}`);
  const made = part("facet", {
    label,
    values: { "aria-label": label, content: first.map((each) => choice(each, name)) },
    more: { "aria-label": label, content: more.map((each) => choice(each, name)) },
    more_label: more.length ? say("facet.more", { n: more.length }) : "-",
  });
  if (!more.length) made.querySelector(".more").remove();
  made.dataset.facet = name;
  return made;
}

function choice(value, name) {
  const made = part("value", { label: value.label, written_count: written(value.count) });
  Object.assign(made.querySelector("input"), { name, value: value.value, checked: value.selected });
  return made;
}

function showYears(values, state) {
  const counts = new Map(values.map(({ value, count }) => [Number(value), count]));
  document.querySelector(".years").hidden = !counts.size;
  if (!counts.size) return;
  const [first, last] = busiest(counts);
  const since = Number(state.get("year_from")) || first;
  const until = Number(state.get("year_to")) || last;
  const years = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  const tallest = Math.max(...years.map((year) => counts.get(year) ?? 0));
  const svg = drawn("svg", { class: "histogram", viewBox: `0 0 ${years.length} ${TALLEST}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  years.forEach((year, place) => {
    const count = counts.get(year) ?? 0;
    const height = (TALLEST * count) / tallest;
    const title = drawn("title", {});
    title.textContent = `${year}: ${count}`;
    const slot = drawn("rect", { class: "slot", x: place, y: 0, width: 1, height: TALLEST });
    slot.append(title);
    const bar = drawn("g", { "data-year": year });
    bar.append(slot, drawn("rect", { class: since <= year && year <= until ? "bar inside" : "bar", x: place + 0.08, y: TALLEST - height, width: 0.84, height }));
    svg.append(bar);
  });
  at("histogram").replaceChildren(svg);
  for (const [id, placeholder] of [["year_from", first], ["year_to", last]]) {
    at(id).placeholder = placeholder;
    if (document.activeElement !== at(id)) at(id).value = state.get(id) ?? "";
  }
}

/** The first and last year of the stretch of at most MOST_YEARS that has most documents. */
function busiest(counts) {
  const years = [...counts.keys()].sort((one, other) => one - other);
  const sum = (stretch) => stretch.reduce((total, year) => total + counts.get(year), 0);
  const stretches = years.map((first) => years.filter((year) => first <= year && year < first + MOST_YEARS));
  const best = stretches.reduce((one, other) => (sum(other) > sum(one) ? other : one));
  return [best[0], best.at(-1)];
}

// Pages and order -------------------------------------------------------------------------------------------------------

function showTurns(answer, state) {
  const pages = Math.max(1, Math.ceil(answer.total / answer.per_page));
  const turn = (rel, page) => element("a", { class: "button", rel, href: address(changed(state, { page: page > 1 ? `${page}` : "" })) },
    rel === "prev" ? say("turn.previous") : say("turn.next"));
  const shown = [];
  if (answer.page > 1) shown.push(turn("prev", answer.page - 1));
  if (pages > 1) shown.push(element("span", {}, say("turn.page", { page: answer.page, pages })));
  if (answer.page < pages) shown.push(turn("next", answer.page + 1));
  at("turns").replaceChildren(...shown);
}

function showSort(answer, state) {
  at("sort").options[0].textContent = answer.query.q ? say("sort.relevance") : say("sort.newest");
  at("sort").value = state.get("sort") ?? "";
}

// Elements --------------------------------------------------------------------------------------------------------------

export function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...content);
  return made;
}

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}
