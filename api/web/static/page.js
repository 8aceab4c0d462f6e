// What is quicker with a script than without: a question answered in place, passages first, and buttons that copy.
// Everything here has its equivalent without it: the form loads the page of the answer, and citations can be selected.
"use strict";

const form = document.getElementById("ask");
const result = document.getElementById("result");
const status = document.getElementById("status");
let stream = null;

/** The question that the page shows or waits for, as its address has it. */
let shown = window.location.search;

/** Show the buttons that copy within an element: without a script they would do nothing. */
function showCopyButtons(within) {
  if (!navigator.clipboard) return;
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
}

/** Put a question in the address, so that what is copied or reloaded meanwhile is that; once only, if it is there. */
function putInAddress(query) {
  if (new URLSearchParams(window.location.search).toString() !== query) history.pushState(null, "", `./?${query}`);
  shown = window.location.search;
}

/** Ask for the pieces of the answer to `query` and put each in place as it comes. */
function ask(query) {
  stream?.close();
  putInAddress(query);
  stream = new EventSource(`ask/fragments?${query}`);
  result.setAttribute("aria-busy", "true");
  status.textContent = "Searching the releases…";
  // Whatever goes wrong, the page at this address says it better.
  const leave = () => {
    stream.close();
    window.location.reload();
  };
  stream.addEventListener("passages", (event) => {
    result.innerHTML = event.data;
    status.textContent = "Reading the best passages…";
  });
  stream.addEventListener("answer", (event) => {
    result.innerHTML = event.data;
    result.removeAttribute("aria-busy");
    // What is written comes after the answer, which stays whatever becomes of it.
    if (result.querySelector("#written")) stream.removeEventListener("error", leave);
    else stream.close();
    showCopyButtons(result);
    // The answer has a heading of its own, as on the page that the server renders.
    for (const opening of document.querySelectorAll("main > .opening, main > .lead")) opening.remove();
    const answer = result.querySelector("[data-title]");
    document.title = `${answer.dataset.title} – pressqa`;
    status.textContent = answer.dataset.status;
  });
  stream.addEventListener("sentence", (event) => {
    result.querySelector("#written-sentences").insertAdjacentHTML("beforeend", event.data);
  });
  stream.addEventListener("written", (event) => {
    stream.close();
    result.querySelector("#written").outerHTML = event.data;
    status.textContent = result.querySelector("#written").textContent.includes("left out")
      ? "What a language model wrote is checked; some of it was left out"
      : "What a language model wrote is checked";
  });
  stream.addEventListener("problem", leave);
  stream.addEventListener("error", leave);
}

form?.addEventListener("submit", (event) => {
  const typed = [...new FormData(form)].filter(([, value]) => value.trim());
  // What is wrong with a form, and that it is right again, is told by the page that the server renders.
  const isPlain = document.querySelector(".summary") || !form.elements.q.value.trim();
  if (!window.EventSource || !form.reportValidity() || isPlain) return;
  event.preventDefault();
  ask(new URLSearchParams(typed).toString());
});

// Going back shows what the address says, as the server renders it; going to a place on the page changes nothing.
window.addEventListener("popstate", () => {
  if (window.location.search !== shown) window.location.reload();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy).textContent;
  await navigator.clipboard.writeText(text);
  const label = button.firstChild;
  label.textContent = "Copied";
  status.textContent = "The citation is copied";
  setTimeout(() => (label.textContent = "Copy"), 2000);
});

showCopyButtons(document);
