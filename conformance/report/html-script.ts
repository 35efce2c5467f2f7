/**
 * The page's one script: filters and searches what already stands there, opens what a link points at, opens what
 * is in force for print. It builds no markup, and without it the page shows all.
 */
export const script = `
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const by = (id) => document.getElementById(id);
  const items = [...document.querySelectorAll(".item")];
  const checks = [...document.querySelectorAll(".check")];
  const lists = [...document.querySelectorAll(".items")];
  const suites = [...document.querySelectorAll(".suite")];
  const search = by("search"), status = by("status"), level = by("level"), source = by("source"), shown = by("shown");
  const open = new Set(["fail", "xpass", "unverified", "stale"]);
  const fits = (wanted, is) => wanted === "" || (wanted === "open" ? open.has(is) : wanted === "in force" ? is !== "planned" : wanted === is);
  const apply = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const found = (one) => words.every((word) => one.dataset.find.includes(word));
    let count = 0;
    for (const one of items) {
      const is = one.dataset;
      one.hidden = !(found(one) && fits(status.value, is.status) && fits(level.value, is.level) && fits(source.value, is.source));
      if (!one.hidden) count += 1;
    }
    for (const one of checks) one.hidden = !(found(one) && (status.value === "in force" || fits(status.value, one.dataset.status)));
    for (const one of lists) one.hidden = !one.querySelector(".item:not([hidden])");
    for (const one of suites) one.hidden = !one.querySelector(".check:not([hidden])");
    shown.textContent = count + " of " + items.length + " requirements, " + checks.filter((one) => !one.hidden).length + " of " + checks.length + " checks shown";
  };
  let waiting = 0;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); });
  for (const one of [status, level, source]) one.addEventListener("change", apply);
  by("clear").addEventListener("click", () => { for (const one of [search, status, level, source]) one.value = ""; apply(); search.focus(); });
  by("toggle").addEventListener("click", (event) => {
    const to = items.some((one) => !one.hidden && !one.open);
    for (const one of items) if (!one.hidden) one.open = to;
    event.currentTarget.textContent = to ? "Close all" : "Open all";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); search.focus(); }
    if (event.key === "Escape" && document.activeElement === search) { search.value = ""; apply(); }
  });
  const target = () => {
    const one = location.hash.length > 1 ? by(decodeURIComponent(location.hash.slice(1))) : null;
    if (one === null) return;
    one.hidden = false;
    for (const list of lists) if (list.contains(one)) list.hidden = false;
    for (let at = one; at !== null; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    one.scrollIntoView();
  };
  addEventListener("hashchange", target);
  let closed = [];
  addEventListener("beforeprint", () => { closed = [...document.querySelectorAll("details:not([open])")].filter((one) => !one.matches(".suite, .bundle, .bundle .ev, .item[data-status=planned], .item[data-status=planned] .ev")); for (const one of closed) one.open = true; });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  apply();
  target();
})();
`;
