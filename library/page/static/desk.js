/* Handing in: files or whole folders are dropped or chosen, and go to the API some at a time, into one batch. */

import { element } from "./results.js";
import { say } from "./parts.js";
import { sent } from "./sending.js";
import { tellSignedOut } from "./signed_in.js";

const MOST_AT_ONCE = 20;
const MOST_BYTES = 20_000_000;
const NO_DOCUMENTS = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;
const form = document.getElementById("hand-in-form");
const drop = document.getElementById("drop");
const told = document.getElementById("sent");
const outcomes = document.getElementById("outcomes");
const onwards = document.getElementById("onwards");
const button = form.querySelector("button[type=submit]");

// Which files -----------------------------------------------------------------------------------------------------------

/** Where each file lay in what was dropped or chosen: descriptions lie beside what they describe. */
const paths = new WeakMap();
const pathOf = (file) => paths.get(file) ?? (file.webkitRelativePath || file.name);

/** The files of what was dropped: of folders, all that is in them. */
async function dropped(items) {
  const found = [...items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  return (await Promise.all(found.map((each) => (each instanceof File ? [each] : inside(each))))).flat();
}

/** What the browser reads of an entry. Throws with the entry's name. */
const readOf = (entry, begin) => new Promise(begin).catch(() => Promise.reject(new Error(entry.name)));

async function inside(entry) {
  if (entry.isFile) {
    const file = await readOf(entry, (resolve, reject) => entry.file(resolve, reject));
    paths.set(file, entry.fullPath);
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  // A folder is read in portions, until one is empty.
  for (;;) {
    const portion = await readOf(entry, (resolve, reject) => reader.readEntries(resolve, reject));
    if (!portion.length) return (await Promise.all(found.map(inside))).flat();
    found.push(...portion);
  }
}

/** Each file, with the description beside it where there is one: `report.pdf` with `report.pdf.toml`. */
function described(files) {
  const byPath = new Map(files.map((file) => [pathOf(file), file]));
  const beside = new Map(files.map((file) => [file, byPath.get(`${pathOf(file)}.toml`)]));
  const descriptions = new Set(beside.values());
  return files.filter((file) => !descriptions.has(file)).map((file) => [file, beside.get(file)].filter(Boolean));
}

/** In portions that a slow line can send in one go. */
function portions(documents) {
  const all = [];
  let size = 0;
  for (const files of documents) {
    const own = files.reduce((sum, file) => sum + file.size, 0);
    if (!all.length || all.at(-1).length === MOST_AT_ONCE || size + own > MOST_BYTES) {
      all.push([]);
      size = 0;
    }
    all.at(-1).push(files);
    size += own;
  }
  return all;
}

// Sending ---------------------------------------------------------------------------------------------------------------

async function handIn(files) {
  const documents = described(files.filter((file) => !NO_DOCUMENTS.test(file.name)));
  if (!documents.length) return void (told.textContent = say("hand_in.none"));
  button.disabled = true;
  outcomes.hidden = true;
  outcomes.replaceChildren();
  const key = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
  const chosen = Object.fromEntries(["kind", "visibility"].map((name) => [name, new FormData(form).get(name)]));
  let batch = "";
  let gone = 0;
  try {
    for (const portion of portions(documents)) {
      told.textContent = say("hand_in.sending", { sent: gone, files: documents.length });
      const body = new FormData();
      body.append("metadata", JSON.stringify(chosen));
      for (const file of portion.flat()) body.append("file", file, pathOf(file));
      const answer = await sent("/batches", body, { "Idempotency-Key": key });
      batch = answer.batch.id;
      gone += portion.length;
      outcomes.append(...answer.files.filter((file) => file.news === "known" || file.news === "refused").map(outcome));
    }
    told.textContent = say("hand_in.sent", { n: gone });
  } catch (error) {
    told.textContent = say("hand_in.cut_off", { sent: gone, files: documents.length, why: error.message });
    if (error.signedOut) tellSignedOut(told);
  }
  button.disabled = false;
  outcomes.hidden = !outcomes.children.length;
  if (!batch) return;
  const link = onwards.querySelector("a");
  link.pathname = `/desk/batches/${batch}`;
  if (outcomes.hidden && gone === documents.length) location.assign(link.href);
  else onwards.hidden = false;
}

function outcome(file) {
  const name = element("bdi", {}, file.name);
  if (file.news === "refused") return element("li", {}, name, `: ${file.what} ${file.cure}`);
  const link = file.job.links.document ? [" ", element("a", { href: `/desk/documents/${encodeURIComponent(file.job.document)}` }, say("batch.review"))] : [];
  const known = file.job.name === file.name ? say("hand_in.known") : say("hand_in.known_as", { name: file.job.name });
  return element("li", {}, name, `: ${known}`, ...link);
}

// What people do --------------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  event.preventDefault();
  handIn([...document.getElementById("files").files]);
});
document.getElementById("folder").addEventListener("change", (event) => handIn([...event.target.files]));
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  dropped(event.dataTransfer.items).then(handIn, ({ message }) => (told.textContent = say("hand_in.unreadable", { name: message })));
});
for (const each of document.querySelectorAll(".scripted")) each.hidden = false;
