/* Sends the chosen file to be looked at, and again to be entered; what comes back is a part of this page. */
"use strict";

(() => {
  const form = document.getElementById("file-form");
  const file = document.getElementById("file");
  const plan = document.getElementById("plan");
  const busy = document.getElementById("busy");
  let answers = [];

  function words(more) {
    const query = new URLSearchParams(new FormData(form));
    query.set("name", file.files[0].name);
    answers.forEach((answer) => query.append("answer", answer));
    Object.entries(more).forEach(([name, value]) => query.set(name, value));
    return query;
  }

  function toldAlone(text) {
    const line = document.createElement("p");
    line.className = "notice bad";
    line.setAttribute("role", "alert");
    line.textContent = text;
    plan.replaceChildren(line);
  }

  async function send(more) {
    document.body.setAttribute("aria-busy", "true");
    busy.hidden = false;
    try {
      const answer = await fetch(`${form.action}?${words(more)}`, {
        method: "POST", body: file.files[0], headers: { "Content-Type": "application/octet-stream" } });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      plan.innerHTML = text;
      plan.focus({ preventScroll: true });
      plan.scrollIntoView({ block: "start", behavior: "smooth" });
    } catch {
      toldAlone(form.dataset.failed);
    } finally {
      busy.hidden = true;
      document.body.removeAttribute("aria-busy");
    }
  }

  document.getElementById("kind")?.addEventListener("change", (event) => {
    location.assign(event.target.dataset.to + event.target.value);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({});
  });
  file.addEventListener("change", () => {
    answers = [];
    plan.replaceChildren();
  });
  plan.addEventListener("submit", (event) => {
    event.preventDefault();
    const sent = event.target;
    if (sent.id === "answers") {
      answers = [...answers, ...[...sent.elements].filter((one) => one.dataset.header !== undefined)
        .map((one) => `${one.dataset.header}=${one.value}`)];
      send({});
    } else if (sent.id === "confirm") {
      send({ seen: sent.dataset.seen, author: sent.elements.author.value, reason: sent.elements.reason.value });
    }
  });
})();
