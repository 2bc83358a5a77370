"use strict";
// Keys of the queue: j and k move, Enter opens, t takes up, / searches, ? shows them. The page works without.
(function () {
  var rows = Array.prototype.slice.call(document.querySelectorAll("#queue tbody tr"));
  var keys = document.getElementById("keys"), opener = document.getElementById("keys-open");
  var at = -1;
  function show(place) {
    if (!rows.length) { return; }
    if (at >= 0) { rows[at].removeAttribute("aria-selected"); }
    at = Math.max(0, Math.min(rows.length - 1, place));
    rows[at].setAttribute("aria-selected", "true");
    rows[at].querySelector(".row-link").focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  }
  function help() { if (keys && keys.showModal && !keys.open) { keys.showModal(); } }
  if (opener && keys && keys.showModal) {
    opener.hidden = false;
    opener.addEventListener("click", help);
  }
  var named = window.location.hash && document.getElementById(window.location.hash.slice(1));
  if (named && rows.indexOf(named) >= 0) { show(rows.indexOf(named)); }
  document.addEventListener("keydown", function (event) {
    var target = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (target.closest && target.closest("input, select, textarea, dialog")) { return; }
    if (event.key === "j") { show(at + 1); }
    else if (event.key === "k") { show(at < 0 ? 0 : at - 1); }
    else if (event.key === "Enter" && at >= 0 && (target === document.body || target.id === "main")) {
      rows[at].querySelector(".row-link").click();
    } else if (event.key === "t" && at >= 0) {
      var take = rows[at].querySelector("button.take");
      if (take) { take.click(); }
    } else if (event.key === "/") {
      var box = document.querySelector(".filter-box"), search = document.getElementById("q");
      if (box) { box.open = true; }
      if (search) { search.focus(); search.select(); }
    } else if (event.key === "?") { help(); }
    else { return; }
    event.preventDefault();
  });
})();
