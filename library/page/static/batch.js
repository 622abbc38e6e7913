/* A batch while its files are read: what the server tells of it is shown as it comes. */

import { asked } from "./api.js";
import { language, part, say } from "./parts.js";
import { sent } from "./sending.js";

const MOST = 1000;
const batch = document.getElementById("batch");
const list = document.getElementById("files");
const progress = document.getElementById("progress");
const again = document.getElementById("retry-all");
let counted = "";
let stream = null;

function follow() {
  stream?.close();
  stream = new EventSource(`${batch.dataset.events}?lang=${language}`);
  stream.addEventListener("batch", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("end", () => stream.close());
}

async function show(standing) {
  const waiting = standing.waiting + standing.working + standing.indexing;
  for (const [name, n] of Object.entries({ done: standing.done, waiting, failed: standing.failed })) {
    document.querySelector(`#tallies [data-count=${name}]`).textContent = say(`batch.${name}`, { n });
  }
  progress.max = standing.files || 1;
  progress.value = standing.done + standing.failed;
  again.hidden = !standing.ended || !standing.failed;
  const counts = [standing.waiting, standing.working, standing.indexing, standing.done, standing.failed].join();
  if (counts !== counted) {
    counted = counts;
    const { jobs } = await asked("/jobs", new URLSearchParams({ batch: standing.id, limit: MOST, lang: language }));
    jobs.reverse().forEach(put);
  } else standing.reading.forEach(put);
}

/** A file where it stands in the list, or at its end. What says the same as before is left alone. */
function put(job) {
  const there = list.querySelector(`[data-id="${job.id}"]`);
  const said = job.state + job.standing;
  if (there?.dataset.said === said) return;
  const shown = row(job);
  shown.dataset.said = said;
  if (!there) return list.append(shown);
  const focused = there.contains(document.activeElement);
  there.replaceWith(shown);
  if (focused) shown.querySelector("a, button")?.focus();
}

function row(job) {
  const shown = part("file", {
    name: job.name,
    standing: job.standing,
    what: job.what,
    cure: job.cure,
    more: [job.detail, ...job.notes].filter(Boolean).join(" · "),
    review: job.links.document ? { href: `/desk/documents/${encodeURIComponent(job.document)}?lang=${language}` } : null,
    retry: job.state === "failed" ? {} : null,
  });
  shown.dataset.id = job.id;
  shown.dataset.state = job.state;
  for (const about of shown.querySelectorAll(".file-do .hidden")) about.textContent = ` ${job.name}`;
  const form = shown.querySelector("form");
  if (form) form.action = `/desk/jobs/${job.id}/retry?lang=${language}`;
  return shown;
}

batch.addEventListener("submit", async (event) => {
  event.preventDefault();
  // Where it goes wrong, this page told too little: somebody has to sign in again, or the file is gone.
  const path = new URL(event.target.action).pathname.replace("/desk", "");
  await sent(path, null).then(follow, () => location.reload());
});
if (batch.dataset.ended === "no") follow();
