// Two small things for pages that show something live. Both pages also work
// without this script.
//
//   data-until="ms" data-now="ms"   counts down to a moment of the server's clock;
//                                   data-then="/path" is where to go on then
//   #live data-address="/path"      is fetched anew every five seconds
(function () {
  "use strict";

  var renewEvery = 5000;

  function two(n) {
    return (n < 10 ? "0" : "") + n;
  }

  function span(ms) {
    var s = Math.max(0, Math.ceil(ms / 1000));
    return two(Math.floor(s / 3600)) + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
  }

  // The computer's clock may be wrong: only the time since the page or its
  // renewed part arrived is measured here.
  function arrived(root) {
    root.querySelectorAll("[data-until]").forEach(function (el) {
      el.end = performance.now() + Number(el.dataset.until) - Number(el.dataset.now);
    });
  }

  var gone = false;
  function tick() {
    document.querySelectorAll("[data-until]").forEach(function (el) {
      var left = el.end - performance.now();
      el.textContent = span(left);
      if (left <= 0 && el.dataset.then && !gone) {
        gone = true;
        location.assign(el.dataset.then);
      }
    });
  }

  function renew(live, stale) {
    // Not while a button in it is pressed down: the click would be lost.
    if (live.querySelector(":active")) return;
    fetch(live.dataset.address, { credentials: "same-origin", cache: "no-store", redirect: "error" })
      .then(function (response) {
        if (!response.ok) throw new Error(response.status);
        return response.text();
      })
      .then(function (html) {
        var focused = live.contains(document.activeElement) && document.activeElement.id;
        live.innerHTML = html;
        arrived(live);
        tick();
        if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
        stale.hidden = true;
      })
      .catch(function () {
        stale.hidden = false;
      });
  }

  arrived(document);
  tick();
  setInterval(tick, 1000);

  var live = document.getElementById("live");
  if (live) setInterval(renew, renewEvery, live, document.getElementById("stale"));
})();
