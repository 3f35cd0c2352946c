/* Puts what the gateway sends into the board; without it the page is complete but stands still. */
"use strict";

(() => {
  const main = document.getElementById("main");
  const lost = document.getElementById("lost");
  const QUIET_MS = 20000; /* the gateway speaks at least every five seconds */
  const AGAIN_MS = 2000;
  let source = null;
  let heard = Date.now();

  function parsed(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  }

  /* A card is replaced whole; the link in it keeps the focus. */
  function replaceCards(html) {
    for (const fresh of parsed(html).querySelectorAll(".card")) {
      const old = document.getElementById(fresh.id);
      if (!old) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(fresh);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }
  }

  function replaceInside(id, html) {
    document.getElementById(id).replaceChildren(parsed(html));
  }

  function showLost(isLost) {
    document.body.classList.toggle("is-lost", isLost);
    lost.hidden = !isLost;
    if (isLost) lost.textContent = lost.dataset.text.replace("{time}", window.labedge.timeText(heard));
  }

  function on(name, act) {
    source.addEventListener(name, (event) => {
      heard = Date.now();
      showLost(false);
      act(JSON.parse(event.data));
      window.labedge.tick();
    });
  }

  function connect() {
    source?.close();
    source = new EventSource(main.dataset.events);
    on("board", (message) => {
      main.className = message.shape;
      replaceInside("main", message.html);
    });
    on("cards", (message) => replaceCards(message.html));
    on("summary", (message) => replaceInside("summary", message.html));
    on("troubles", (message) => replaceInside("troubles", message.html));
    on("now", (message) => {
      window.labedge.setNow(message.ms);
      if (main.dataset.version && main.dataset.version !== message.version) location.reload();
      main.dataset.version = message.version;
    });
    source.onerror = () => {
      showLost(true);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    };
  }

  /* On a phone the troubles wait behind their headline. */
  if (matchMedia("(max-width: 40rem)").matches) document.getElementById("troubles").open = false;

  setInterval(() => {
    if (Date.now() - heard > QUIET_MS) {
      showLost(true);
      connect();
    }
  }, 5000);
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
})();
