// What the page can do beyond being read: filter, find, copy, go on by keys, change its colours.
// Everything is there without it.
"use strict";
(() => {
  const all = [...document.querySelectorAll("article.change")];
  const rows = new Map([...document.querySelectorAll("[data-of]")].map((row) => [row.dataset.of, row]));
  const byId = (id) => document.getElementById(id);
  const search = byId("search");
  const texts = new Map();

  const textOf = (change) => {
    if (!texts.has(change)) texts.set(change, change.textContent.toLowerCase());
    return texts.get(change);
  };

  const isWanted = (change, filter, words) => {
    const { topics, severity } = change.dataset;
    if (filter === "!" && severity !== "error" && severity !== "warning") return false;
    if (filter && filter !== "!" && !topics.split(" ").includes(filter)) return false;
    return words.every((word) => textOf(change).includes(word));
  };

  const show = () => {
    const filter = document.querySelector("input[name=filter]:checked").value;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const change of all) {
      const wanted = isWanted(change, filter, words);
      change.hidden = !wanted;
      rows.get(change.id).hidden = !wanted;
      count += wanted ? 1 : 0;
    }
    for (const section of document.querySelectorAll("section.details")) {
      section.hidden = !section.querySelector("article:not([hidden])");
    }
    byId("nothing").hidden = count > 0 || all.length === 0;
    byId("count").textContent = `${count} of ${all.length} shown`;
  };

  const go = (step) => {
    const shown = all.filter((change) => !change.hidden);
    if (shown.length === 0) return;
    const at = shown.findIndex((change) => change.contains(document.activeElement));
    const next = at < 0 ? nearest(shown, step) : at + step;
    const heading = shown[Math.min(Math.max(next, 0), shown.length - 1)].querySelector("h3");
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: "start" });
  };

  // Without a change in focus: the one below what is in view, or the one above.
  const nearest = (shown, step) => {
    const below = shown.findIndex((change) => change.getBoundingClientRect().top > 100);
    if (below < 0) return shown.length - 1;
    return step > 0 ? below : below - 1;
  };

  const turn = () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  };

  const copy = async (button) => {
    const source = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  const keys = {
    j: () => go(1), n: () => go(1), k: () => go(-1), p: () => go(-1), d: turn,
    "/": () => search.focus(),
    c: () => byId("changes").scrollIntoView({ block: "start" }),
    "?": () => byId("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; search.blur(); show(); }
      return;
    }
    if (event.target instanceof HTMLInputElement && event.key !== "?" && event.key !== "/") {
      if (!(event.key in keys)) return;
    }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.classList.contains("copy")) copy(button);
  });

  // What a link leads to is shown, wherever it is folded.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target.closest("[hidden]")) { search.value = ""; document.querySelector("input[name=filter]").click(); }
    target.scrollIntoView({ block: "start" });
  };

  if (all.length > 0) {
    document.querySelector(".tools").hidden = false;
    for (const button of document.querySelectorAll(".copy")) button.hidden = false;
    for (const input of document.querySelectorAll("input[name=filter]")) input.addEventListener("change", show);
    search.addEventListener("input", show);
    byId("previous").addEventListener("click", () => go(-1));
    byId("next").addEventListener("click", () => go(1));
    byId("theme").addEventListener("click", turn);
    byId("help").addEventListener("click", keys["?"]);
    addEventListener("hashchange", reveal);
    show();
    reveal();
  }

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of folded) each.open = false; });
})();
