/* What the desk sends to the public API: with the session, and the token that shows that a page of ours asks. */

import { API } from "./api.js";
import { language } from "./parts.js";

const token = document.querySelector("meta[name=csrf-token]").content;

/** Send a form, or nothing, to this address of the API. Throws for anything but success; the error has the API's own
    sentence. */
export async function sent(path, form, headers = {}) {
  const answer = await fetch(`${API}${path}?lang=${language}`, { method: "POST", body: form, headers: { "X-CSRF-Token": token, ...headers } });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail);
  return told;
}
