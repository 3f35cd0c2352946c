/* Keeps clocks and "for how long" true between updates, by the gateway's time; the words come with the page. */
"use strict";

window.labedge = (() => {
  const words = document.getElementById("durations").dataset;
  const clock = document.getElementById("clock");
  let ahead = Number(clock.dataset.now) - Date.now();
  const time = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.zone });

  const now = () => Date.now() + ahead;

  /* The same rule as Texts.duration. */
  function duration(ms) {
    const all = Math.floor(Math.max(ms, 0) / 60000);
    const [days, hours, minutes] = [Math.floor(all / 1440), Math.floor(all / 60) % 24, all % 60];
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    if (days) return fill(hours ? words.days : words.wholeDays, { days, hours });
    if (hours) return fill(words.hours, { hours, minutes: String(minutes).padStart(2, "0") });
    return minutes ? fill(words.minutes, { minutes }) : words.moment;
  }

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function tick() {
    for (const one of document.querySelectorAll("[data-since]")) put(one, duration(now() - Number(one.dataset.since)));
    put(clock, time.format(now()));
  }

  function setNow(ms) {
    ahead = ms - Date.now();
    tick();
  }

  tick();
  setInterval(tick, 5000);
  return { tick, setNow, timeText: (ms) => time.format(ms) };
})();
