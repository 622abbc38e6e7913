// A client of the library whose every path, parameter and answer is checked against openapi.json when it is compiled.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type Problem = components["schemas"]["Problem"];

export function library(baseUrl: string, key?: string) {
  const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  return createClient<paths>({ baseUrl, headers });
}

export type Library = ReturnType<typeof library>;

/** Everything that a search finds, however much, read part by part. */
export async function* everything(at: Library, q: string) {
  let cursor: string | null = "*";
  while (cursor !== null) {
    const query: { q: string; cursor: string; per_page: number } = { q, cursor, per_page: 20 };
    const { data, error } = await at.GET("/api/v1/search", { params: { query } });
    if (error !== undefined) throw new Error(error.detail);
    yield* data.items;
    cursor = data.next_cursor;
  }
}
