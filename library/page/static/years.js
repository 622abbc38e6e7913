/* The histogram of years: drag over it to choose from which year to which. */

/** `choose(since, until)` is called when the finger lifts; the bars follow it all the while. */
export function dragging(place, choose) {
  let began = null;
  let ends = null;
  place.addEventListener("pointerdown", (event) => {
    began = ends = yearAt(place, event.clientX);
    if (began === null) return;
    place.setPointerCapture(event.pointerId);
    mark(place, began, ends);
  });
  place.addEventListener("pointermove", (event) => {
    if (began === null) return;
    ends = yearAt(place, event.clientX);
    mark(place, Math.min(began, ends), Math.max(began, ends));
  });
  place.addEventListener("pointerup", () => {
    if (began !== null) choose(Math.min(began, ends), Math.max(began, ends));
    began = null;
  });
  place.addEventListener("pointercancel", () => (began = null));
}

function yearAt(place, x) {
  const bars = [...place.querySelectorAll("[data-year]")];
  if (!bars.length) return null;
  const { left, width } = place.getBoundingClientRect();
  const at = Math.floor(((x - left) / width) * bars.length);
  return Number(bars[Math.max(0, Math.min(bars.length - 1, at))].dataset.year);
}

function mark(place, since, until) {
  for (const bar of place.querySelectorAll("[data-year]")) {
    const year = Number(bar.dataset.year);
    bar.querySelector(".bar").classList.toggle("inside", since <= year && year <= until);
  }
}
