"use strict";
// Keys of money without a tool: j, k and arrows move, t n p l rule, u takes back. Every key is also a button of the row.
(function () {
  var table = document.getElementById("merchants");
  if (!table) { return; }
  var chosen = null, done = [];
  function rows() { return Array.prototype.slice.call(table.querySelectorAll("tbody tr")); }
  function choose(row) {
    if (!row) { return; }
    rows().forEach(function (one) { one.removeAttribute("aria-selected"); });
    chosen = row.id;
    row.setAttribute("aria-selected", "true");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function at() { return rows().findIndex(function (row) { return row.id === chosen; }); }
  function move(by) {
    var all = rows(), place = at();
    choose(all[Math.max(0, Math.min(all.length - 1, place < 0 ? 0 : place + by))]);
  }
  function next() {
    var all = rows(), place = at();
    choose(all.slice(place + 1).find(function (row) { return !row.classList.contains("is-ruled"); }) || all[place]);
  }
  function press(row, key) {
    var button = row && row.querySelector("[data-key='" + key + "']");
    if (button) { button.click(); }
    return Boolean(button);
  }
  var named = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (named && table.contains(named)) { choose(named); if (named.classList.contains("is-ruled")) { next(); } }
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.target.closest && event.target.closest("input, select, textarea")) { return; }
    var key = event.key, row = document.getElementById(chosen || "");
    if (key === "j" || key === "ArrowDown") { move(1); }
    else if (key === "k" || key === "ArrowUp") { move(-1); }
    else if (key === "t") { press(row, "t"); }
    else if (key === "n" || key === "p" || key === "l") {
      if (!row || !row.querySelector("[data-key='" + key + "']")) { return; }
      done.push(row.id);
      press(row, key);
      next();
    } else if (key === "u") {
      var last = row && row.classList.contains("is-ruled") ? row : document.getElementById(done.pop() || "");
      if (!press(last, "u")) { return; }
      choose(last);
    } else { return; }
    event.preventDefault();
  });
  // The row that was answered is another one by the same name: what was chosen stays so.
  document.addEventListener("htmx:after:swap", function () {
    var row = document.getElementById(chosen || "");
    if (row && !row.hasAttribute("aria-selected")) { choose(row); }
  });
})();
