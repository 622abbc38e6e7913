/* Searches that somebody keeps: on this device only, since what people look for here may put somebody at risk. */

import { element } from "./results.js";
import { say } from "./parts.js";

const KEPT = "searches";
const MOST = 30;
const done = document.getElementById("done");
const list = document.getElementById("saved");

export function keeping() {
  document.getElementById("share").addEventListener("click", share);
  document.getElementById("save").addEventListener("click", save);
  document.querySelector(".scripted").hidden = false;
  show();
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    done.textContent = say("take.copied");
  } catch {
    done.textContent = location.href; // browsers let nothing be copied without TLS; this can be
  }
}

function save() {
  const chips = [...document.querySelectorAll("#chips .chip bdi")].map((chip) => chip.textContent);
  const name = [document.getElementById("q").value, ...chips].filter(Boolean).join(" · ") || document.title;
  const here = location.pathname + location.search;
  write([{ name, here }, ...kept().filter((each) => each.here !== here)].slice(0, MOST));
  done.textContent = say("take.kept");
}

function kept() {
  try {
    // What is no search of ours, somebody else wrote there.
    return [JSON.parse(localStorage.getItem(KEPT))].flat().filter((each) => typeof each?.here === "string");
  } catch {
    return []; // a browser that keeps nothing, or no JSON
  }
}

function write(searches) {
  localStorage.setItem(KEPT, JSON.stringify(searches));
  show();
}

function show() {
  list.replaceChildren(...kept().map(({ name, here }) => {
    const forget = element("button", { type: "button", class: "quiet" }, say("take.forget"));
    forget.addEventListener("click", () => write(kept().filter((each) => each.here !== here)));
    return element("li", {}, element("a", { href: here, dir: "auto" }, name), " ", forget);
  }));
}
