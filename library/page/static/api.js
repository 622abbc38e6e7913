/* The public API, asked as any other page may ask it. */

export const API = "/api/v1";

/** What stands at this address of the API. Throws for anything but an answer; the error has its status. */
export async function asked(path, parameters, signal) {
  const answer = await fetch(`${API}${path}?${parameters}`, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw Object.assign(new Error(`${path}: ${answer.status}`), { status: answer.status });
  return answer.json();
}
