/* The page of a document: the citation is copied with one click. */

const button = document.getElementById("copy");
const cite = document.getElementById("citation");

button.hidden = false;
button.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(cite.textContent);
    button.textContent = button.dataset.done;
  } catch {
    getSelection().selectAllChildren(cite); // browsers let nothing be copied without TLS; now a key does it
  }
});
