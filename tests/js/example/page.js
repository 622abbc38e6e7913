const { configure, hits, menu, pagination, rangeSlider, refinementList, searchBox, sortBy, stats } = instantsearch.widgets;

const search = instantsearch({ indexName: "documents", searchClient });

search.addWidgets([
  configure({ hitsPerPage: 4, attributesToSnippet: ["text:30"] }),
  searchBox({ container: "#searchbox" }),
  stats({ container: "#stats", templates: { text: (data) => `${data.nbHits}` } }),
  sortBy({
    container: "#sort",
    items: [
      { label: "Best first", value: "documents" },
      { label: "Newest first", value: "documents:newest" },
      { label: "By title", value: "documents:title" },
    ],
  }),
  refinementList({ container: "#topic", attribute: "topic", searchable: true, limit: 50 }),
  refinementList({ container: "#language", attribute: "language" }),
  menu({ container: "#kind", attribute: "kind" }),
  rangeSlider({ container: "#year", attribute: "year", pips: false }),
  hits({
    container: "#hits",
    templates: {
      item: (hit, { html, components }) => html`
        <article data-id=${hit.objectID}>
          <a href=${hit.link}>${components.Highlight({ hit, attribute: "title" })}</a>
          <p>${components.Snippet({ hit, attribute: "text" })}</p>
        </article>
      `,
    },
  }),
  pagination({ container: "#pagination" }),
]);

search.start();
