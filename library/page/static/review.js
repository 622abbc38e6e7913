/* Looking at a document: its pages turn beside the form, in which nothing that was typed is lost. */

const form = document.getElementById("describe");
let typed = false;

async function turn(href) {
  const answer = await fetch(href).catch(() => null); // as where somebody has to sign in again
  const leaf = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("leaf");
  if (!leaf) return location.assign(href);
  document.getElementById("leaf").replaceWith(document.adoptNode(leaf));
  history.replaceState(null, "", href);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-turn]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const rel = link.rel;
  turn(link.href).then(() => {
    const leaf = document.getElementById("leaf");
    if (rel) leaf.querySelector(`a[rel=${rel}]`)?.focus();
    else leaf.scrollIntoView({ block: "nearest" });
  });
});
form?.addEventListener("input", () => (typed = true));
// What another form sends would leave it behind. This comes to nobody who has to sign in first.
document.addEventListener("submit", ({ target }) => target === form && (typed = false));
addEventListener("beforeunload", (event) => typed && event.preventDefault());
