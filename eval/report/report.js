"use strict";
(() => {
  const words = document.getElementById("words");
  const outcome = document.getElementById("outcome");
  const kind = document.getElementById("kind");
  const count = document.getElementById("count");
  if (!words) return;
  const cards = [...document.querySelectorAll(".question")];
  const texts = cards.map((card) => card.textContent.toLowerCase());
  const filter = () => {
    const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    cards.forEach((card, i) => {
      const fits =
        sought.every((word) => texts[i].includes(word)) &&
        (!outcome.value || card.dataset.outcomes.split("|").includes(outcome.value)) &&
        (!kind.value || card.dataset.kind === kind.value);
      card.hidden = !fits;
      shown += fits;
    });
    count.textContent = `${shown} of ${cards.length} shown`;
  };
  for (const control of [words, outcome, kind]) control.addEventListener("input", filter);
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|select|textarea)$/i.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      words.focus();
    } else if (event.key === "Escape" && document.activeElement === words) {
      words.value = "";
      filter();
    } else if ((event.key === "j" || event.key === "k") && !typing) {
      const visible = cards.filter((card) => !card.hidden);
      const at = visible.indexOf(document.activeElement.closest(".question"));
      const next = visible[event.key === "j" ? at + 1 : Math.max(at - 1, 0)];
      if (next) next.focus();
    }
  });
  filter();
})();
