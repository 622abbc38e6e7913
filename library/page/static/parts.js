/* What a page is put together from: texts in the reader's language, and the blanks of its parts, filled in. */

const { language, texts, names } = JSON.parse(document.getElementById("wording").textContent);
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(language);

export { language, names };

/** A text in the reader's language; one with plurals needs a number `n`. */
export function say(key, values = {}) {
  const text = typeof texts[key] === "object" ? texts[key][plurals.select(values.n)] ?? texts[key].other : texts[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? written(values[name]) : values[name]));
}

/** A number as the reader writes it. */
export const written = (number) => numbers.format(number);

/** A copy of the blank part with this name. Each slot gets a text, nodes, or attributes with `content`; a slot with
    nothing to say goes. */
export function part(name, slots) {
  const copy = document.getElementById(name).content.firstElementChild.cloneNode(true);
  for (const [slot, value] of Object.entries(slots)) put(copy, slot, value);
  return copy;
}

function put(copy, slot, value) {
  const place = copy.matches(`[data-slot="${slot}"]`) ? copy : copy.querySelector(`[data-slot="${slot}"]`);
  if (value === null || value === "" || (Array.isArray(value) && !value.length)) return place.remove();
  const { content = null, ...attributes } = Object.getPrototypeOf(value) === Object.prototype ? value : { content: value };
  for (const [attribute, text] of Object.entries(attributes)) place.setAttribute(attribute, text);
  if (content !== null) place.replaceChildren(...[content].flat());
}

/** The text with its matches marked; spans count Unicode characters, as the API does. */
export function marked(text, spans) {
  const letters = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [start, end] of [...spans].sort((one, other) => one[0] - other[0])) {
    if (start < at) continue;
    const mark = document.createElement("mark");
    mark.textContent = letters.slice(start, end).join("");
    nodes.push(letters.slice(at, start).join(""), mark);
    at = end;
  }
  return [...nodes, letters.slice(at).join("")];
}
