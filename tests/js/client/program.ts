// Uses the client in every way that a page does, and prints what it found as JSON.
declare const process: { argv: string[] };

import { everything, library, type Problem } from "./client.js";

const at = library(process.argv[2]!);

const searched = await at.GET("/api/v1/search", {
  params: { query: { q: "děti", language: ["cs", "uk"], year_from: 2015, facets: ["topic", "kind"], sort: "title", lang: "cs" } },
});
if (searched.error !== undefined) throw new Error(searched.error.detail);
const first = searched.data.items[0]!;

const { data: document } = await at.GET("/api/v1/documents/{document_id}", {
  params: { path: { document_id: first.id } },
});
// A text, or a row of citations, where another format than JSON was asked for.
if (typeof document !== "object" || !("kind" in document)) throw new Error("the document has not come as JSON");
const described = document.kind === "practice" ? document.activities : document.findings;

const posted = await at.POST("/api/v1/search", { body: { q: "děti", kind: ["study"], per_page: 1 } });

const refused = await at.GET("/api/v1/facets/{field}", { params: { path: { field: "topic" }, query: { facet_size: 5000 } } });
const problem: Problem | undefined = refused.error;

const all: string[] = [];
for await (const item of everything(at, "")) all.push(item.id);

const counts: Record<string, number> = {};
for (const value of searched.data.facets["topic"]?.values ?? []) counts[value.value] = value.count;

console.log(
  JSON.stringify({
    total: searched.data.total,
    titles: searched.data.items.map((item) => item.title),
    counts,
    described,
    studies: posted.data?.total,
    refused: problem?.errors.map((error) => [error.name, error.in]),
    all,
  }),
);
