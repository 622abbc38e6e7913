/* Whether who is at the desk is still signed in. Who is not is told so before anything is sent: what they typed stays on the
   page, and goes when they have signed in elsewhere. */

import { asked } from "./api.js";

const token = document.querySelector("meta[name=csrf-token]");
const note = document.getElementById("signed-out").content.firstElementChild;
let going = false;

/** The token to send with what is sent now; null for who is not signed in any more. It is another one for who has signed
    in anew; somebody else has to load the page, which shows whose it is. */
export async function currentToken() {
  if (!token.content) return ""; // who came with a key has no session that could end
  const me = await asked("/me", "").catch(({ status }) => (status === 401 ? { csrf_token: null } : null));
  // Where nobody answers, what is to be sent finds out why.
  return !me || (me.signed_in && me.name !== token.dataset.name) ? token.content : me.csrf_token;
}

/** Say it beside what was pressed. */
export function tellSignedOut(place) {
  (place.closest("p") ?? place).before(note);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (going || event.defaultPrevented || form.getAttribute("action") === "/sign-out" || form.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  const current = await currentToken();
  if (current === null) return tellSignedOut(submitter ?? form);
  note.remove();
  form.elements.csrf_token.value = current;
  going = true;
  form.requestSubmit(submitter);
  going = false;
});
