/* What the desk sends to the public API: with the session, and the token that shows that a page of ours asks. */

import { API } from "./api.js";
import { language, say } from "./parts.js";
import { currentToken } from "./signed_in.js";

/** Send a form, or nothing, to this address of the API. Throws for anything but success; the error says why in the
    reader's language, and whether it is that somebody has to sign in. */
export async function sent(path, form, headers = {}) {
  const token = await currentToken();
  if (token === null) throw refused("not-signed-in");
  const request = { method: "POST", body: form, headers: { "X-CSRF-Token": token, ...headers } };
  const answer = await fetch(`${API}${path}?lang=${language}`, request).catch(() => null);
  const told = (await answer?.json().catch(() => null)) ?? {};
  if (answer?.ok) return told;
  const code = told.type?.split("/").at(-1) ?? "unavailable"; // nobody answers, or something between us and the library
  throw refused(code);
}

const refused = (code) => Object.assign(new Error(say(`problem.${code}`)), { signedOut: code === "not-signed-in" });
