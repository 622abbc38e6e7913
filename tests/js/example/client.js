// All that InstantSearch needs to know of the library.
function ask(requests) {
  return fetch("/api/v1/instantsearch", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ requests }),
  }).then((answer) => answer.json());
}

const searchClient = {
  search: ask,
  searchForFacetValues: (requests) => ask(requests).then((answer) => answer.results),
};
