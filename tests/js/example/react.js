// Without JSX, so that no build step stands between this file and the browser.
const e = React.createElement;
const { Configure, Highlight, Hits, InstantSearch, Menu, Pagination, RangeInput, RefinementList, SearchBox, Snippet, SortBy } =
  ReactInstantSearch;

function Total() {
  return e("div", { id: "stats" }, e("span", { className: "ais-Stats-text" }, `${ReactInstantSearch.useStats().nbHits}`));
}

function Hit({ hit }) {
  return e(
    "article",
    { "data-id": hit.objectID },
    e("a", { href: hit.link }, e(Highlight, { hit, attribute: "title" })),
    e("p", null, e(Snippet, { hit, attribute: "text" })),
  );
}

const sorts = [
  { label: "Best first", value: "documents" },
  { label: "Newest first", value: "documents:newest" },
  { label: "By title", value: "documents:title" },
];

const page = e(
  InstantSearch,
  { indexName: "documents", searchClient },
  e(Configure, { hitsPerPage: 4, attributesToSnippet: ["text:30"] }),
  e("div", { id: "searchbox" }, e(SearchBox)),
  e(Total),
  e("div", { id: "sort" }, e(SortBy, { items: sorts })),
  e("div", { id: "topic" }, e(RefinementList, { attribute: "topic", searchable: true, limit: 50 })),
  e("div", { id: "language" }, e(RefinementList, { attribute: "language" })),
  e("div", { id: "kind" }, e(Menu, { attribute: "kind" })),
  e("div", { id: "year" }, e(RangeInput, { attribute: "year" })),
  e("div", { id: "hits" }, e(Hits, { hitComponent: Hit })),
  e("div", { id: "pagination" }, e(Pagination)),
);

ReactDOM.createRoot(document.getElementById("page")).render(page);
