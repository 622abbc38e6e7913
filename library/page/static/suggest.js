/* Suggestions while somebody types: a combobox as the ARIA Authoring Practices describe it, for keys and for fingers. */

import { asked } from "./api.js";
import { element } from "./results.js";
import { language, say } from "./parts.js";

const PAUSE = 120;
const input = document.getElementById("q");
const list = document.getElementById("suggestions");
const told = document.getElementById("told");
let shown = [];
let active = -1;
let running = null;
let waiting = 0;

/** Begin to suggest; `choose` is called with the suggestion that somebody takes. */
export function suggesting(choose) {
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  input.addEventListener("keydown", (event) => pressed(event, choose));
  input.addEventListener("blur", close);
  // Before the field loses the focus, or the list would be gone when the finger lifts.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(Number(option.dataset.place), choose);
  });
}

export function close() {
  clearTimeout(waiting);
  running?.abort();
  shown = [];
  active = -1;
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

async function look() {
  running?.abort();
  running = new AbortController();
  const typed = input.value;
  if (!typed.trim()) return close();
  try {
    const answer = await asked("/suggest", new URLSearchParams({ q: typed, lang: language }), running.signal);
    if (input.value === typed && document.activeElement === input) open(answer.suggestions);
  } catch (error) {
    if (error.name !== "AbortError") close(); // typing goes on without suggestions
  }
}

function open(suggestions) {
  shown = suggestions;
  active = -1;
  list.replaceChildren(...shown.map(option));
  list.hidden = !shown.length;
  input.setAttribute("aria-expanded", `${shown.length > 0}`);
  input.removeAttribute("aria-activedescendant");
  told.textContent = say("suggest.count", { n: shown.length });
}

function option(suggestion, place) {
  return element("li", { role: "option", id: `suggestion-${place}`, "data-place": place, "aria-selected": "false" },
    element("span", { class: "suggested", dir: "auto" }, suggestion.text),
    element("span", { class: "what" }, say(`suggest.${suggestion.kind}`)));
}

function pressed(event, choose) {
  if (event.isComposing) return;
  if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (list.hidden) look();
    else move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    take(active, choose);
  }
}

/** From the field down the list and round to the field again. */
function move(by) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = ((active + 1 + by + shown.length + 1) % (shown.length + 1)) - 1;
  const now = list.children[active];
  if (!now) return input.removeAttribute("aria-activedescendant");
  now.setAttribute("aria-selected", "true");
  now.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", now.id);
}

function take(place, choose) {
  const suggestion = shown[place];
  close();
  choose(suggestion);
}
