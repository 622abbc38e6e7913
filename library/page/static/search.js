/* The search page: what is typed and chosen becomes an address, the address a question to the API, its answer the page.

   The server has written the first page already; without this script each change loads the next one. */

import { asked } from "./api.js";
import { address, changed, element, explained, OFFERED, reason, show } from "./results.js";
import { language, names, say } from "./parts.js";
import { keeping } from "./saved.js";
import { close, suggesting } from "./suggest.js";
import { dragging } from "./years.js";

const PAUSE = 180;
const FACET_VALUES = 100;
const form = document.getElementById("search");
const input = document.getElementById("q");
let state = read(location.search);
let running = null;
let waiting = 0;

// The state -------------------------------------------------------------------------------------------------------------

function read(search) {
  const all = new URLSearchParams(search);
  const said = new URLSearchParams();
  for (const [name, value] of all) if (value && names.includes(name) && name !== "explain") said.append(name, value);
  return said;
}

/** A new state that back and forward know. */
function go(next) {
  clearTimeout(waiting);
  document.body.classList.remove("at-home");
  document.querySelector(".hero h1").classList.add("hidden");
  if (address(next) !== location.pathname + location.search) history.pushState(null, "", address(next));
  state = next;
  input.value = state.get("q") ?? "";
  return refresh();
}

function fromForm() {
  const next = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (`${value}`.trim()) next.append(name, `${value}`.trim());
  // What was chosen elsewhere than in the form: values of facets that the page does not offer.
  for (const [name, value] of state) if (!form.elements[name] && !OFFERED.includes(name) && name !== "page") next.append(name, value);
  return next;
}

// Asking ----------------------------------------------------------------------------------------------------------------

const question = (of) => {
  const parameters = new URLSearchParams(of);
  parameters.set("lang", language);
  parameters.set("facets", OFFERED.join());
  parameters.set("facet_size", FACET_VALUES);
  return parameters;
};

async function refresh() {
  running?.abort();
  running = new AbortController();
  const mine = state;
  document.getElementById("results").setAttribute("aria-busy", "true");
  const answer = await asked("/search", question(mine), running.signal).catch((error) => error);
  if (mine !== state || answer.name === "AbortError") return;
  if (answer instanceof Error) document.getElementById("notes").replaceChildren(trouble());
  else show(answer, mine);
  document.getElementById("results").removeAttribute("aria-busy");
}

const trouble = () => element("p", { class: "note warning", role: "alert" }, say("search.failed"));

async function explain(link) {
  const article = link.closest(".hit");
  const open = article.querySelector(".reasons");
  if (open) return open.remove();
  article.querySelector(".warning")?.remove();
  const answer = await asked("/search", question(explained(state))).catch(() => null);
  if (!answer) return article.append(trouble());
  const item = answer.items.find((each) => `hit-${each.id}` === article.id);
  const list = document.createElement("ul");
  list.className = "reasons";
  list.append(...(item?.explanation ?? []).map(reason));
  article.append(list);
}

// What people do --------------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  close();
  go(fromForm());
});

input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    state = changed(state, { q: input.value.trim() });
    history.replaceState(null, "", address(state));
    refresh();
  }, PAUSE);
});

document.addEventListener("change", (event) => {
  if (event.target.form === form && event.target !== input) go(fromForm());
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.matches(".why")) {
    event.preventDefault();
    explain(link);
  } else if (link.closest("main") && link.origin === location.origin && link.pathname === "/" && !link.getAttribute("href").startsWith("#")) {
    event.preventDefault();
    const turns = link.closest("#turns");
    go(read(link.search)).then(() => turns && document.getElementById("main").scrollIntoView());
  }
});

addEventListener("popstate", () => {
  state = read(location.search);
  input.value = state.get("q") ?? "";
  refresh();
});

suggesting((suggestion) => {
  const spoken = state.has("lang") ? `?lang=${encodeURIComponent(state.get("lang"))}` : "";
  if (suggestion.document) location.assign(`/documents/${encodeURIComponent(suggestion.document)}${spoken}`);
  else go(changed(state, { q: suggestion.q, ...suggestion.filters }));
});
dragging(document.getElementById("histogram"), (since, until) => go(changed(state, { year_from: `${since}`, year_to: `${until}` })));
keeping();
