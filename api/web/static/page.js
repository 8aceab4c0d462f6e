// What is quicker with a script than without: a question answered in place, passages first, and buttons that copy.
// Everything here has its equivalent without it: the form loads the page of the answer, and citations can be selected.
"use strict";

const form = document.getElementById("ask");
const result = document.getElementById("result");
const status = document.getElementById("status");
let stream = null;

/** The question that the page shows, as its address has it. */
let answered = window.location.search;

/** Show the buttons that copy within an element: without a script they would do nothing. */
function showCopyButtons(within) {
  if (!navigator.clipboard) return;
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
}

/** Ask for the pieces of the answer to `query` and put each in place as it comes. */
function ask(query) {
  const address = `./?${query}`;
  stream?.close();
  stream = new EventSource(`ask/fragments?${query}`);
  result.setAttribute("aria-busy", "true");
  status.textContent = "Searching the releases…";
  // Whatever goes wrong, the page itself says it better.
  const leave = () => {
    stream.close();
    window.location.assign(address);
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
    const shown = result.querySelector("[data-title]");
    document.title = `${shown.dataset.title} – pressqa`;
    status.textContent = shown.dataset.status;
    history.pushState(null, "", address);
    answered = window.location.search;
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
  if (!window.EventSource || !form.reportValidity()) return;
  event.preventDefault();
  document.querySelector(".summary")?.remove();
  ask(new URLSearchParams(typed).toString());
});

// Going back shows what the address says, as the server renders it; going to a place on the page changes nothing.
window.addEventListener("popstate", () => {
  if (window.location.search !== answered) window.location.reload();
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
