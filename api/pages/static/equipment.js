/* Draws the chart of an equipment's page and moves its window; without it the tables are complete. */
"use strict";

(() => {
  const main = document.getElementById("main");
  const box = document.getElementById("chart");
  const told = document.getElementById("chart-state");
  const { channels, words } = JSON.parse(document.getElementById("charts").textContent);
  const STATES = ["unknown", "offline", "idle", "setup", "paused", "busy", "maintenance", "fault"];
  const id = encodeURIComponent(main.dataset.equipment);
  const [SHORTEST_MS, LONGEST_MS, SETTLE_MS] = [1000, 1000 * 86400000, 250];
  const MAX_POINTS = 4000;
  const [TOP, STRIP, GRID, GAP, LEFT, RIGHT] = [26, 46, 104, 40, 58, 28]; /* right: half of the last time */
  const shown = channels.slice(0, 12);
  const locale = { en: "en-GB" }[main.dataset.lang] ?? main.dataset.lang; /* 24 hours, as on the rest of the page */
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 5 });
  const tick = new Intl.NumberFormat(locale, { maximumSignificantDigits: 9 });
  const moment = new Intl.DateTimeFormat(locale, {
    timeZone: main.dataset.zone, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const chart = window.echarts.init(box);
  let view = null;
  let drawing = null;
  let settle = 0;

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function axisLabel(ms) {
    const span = view.end - view.start;
    const parts = { timeZone: main.dataset.zone };
    if (span < 3600000) Object.assign(parts, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    else if (span < 2 * 86400000) Object.assign(parts, { hour: "2-digit", minute: "2-digit" });
    else if (span < 120 * 86400000) Object.assign(parts, { day: "numeric", month: "short" });
    else Object.assign(parts, { month: "short", year: "2-digit" });
    return new Intl.DateTimeFormat(locale, parts).format(ms);
  }

  function rectangle(params, api) {
    const [left, right] = [api.coord([api.value(0), 0])[0], api.coord([api.value(1), 0])[0]];
    const area = params.coordSys;
    const high = Math.max(area.height * api.value(3), 1);
    const shape = window.echarts.graphic.clipRectByRect(
      { x: left, y: area.y + area.height - high, width: Math.max(right - left, 0.6), height: high }, area);
    return shape && { type: "rect", shape, style: { fill: style(`--${STATES[api.value(2)]}`) } };
  }

  function tooltip(rows) {
    const at = Number(rows[0].axisValue);
    const lines = [moment.format(at)];
    const state = drawing.timeline.find((row) => row[0] <= at && at < row[1]);
    if (state) lines.push(words[STATES[state[2]]]);
    for (const row of rows.filter((one) => one.seriesId.startsWith("mean") && one.value[1] !== null)) {
      const index = Number(row.seriesId.slice(4));
      const one = shown[index];
      const target = drawing.targets[index]?.mean.findLast((point) => point[0] <= at && point[1] !== null);
      const wanted = target?.[1] ? ` (${words.target}: ${number.format(target[1])})` : "";
      lines.push(`${one.label}: ${number.format(row.value[1])} ${one.unit}${wanted}`);
    }
    return lines.join("\n");
  }

  function axis(index, last) {
    return {
      id: `x${index}`, gridIndex: index, type: "time", min: drawing.from, max: drawing.to,
      axisLine: { lineStyle: { color: style("--line") } }, axisTick: { show: false },
      axisLabel: { show: last, hideOverlap: true, color: style("--soft"), formatter: axisLabel },
      splitLine: { show: true, lineStyle: { color: style("--line"), opacity: 0.6 } },
    };
  }

  function lines(one, index) {
    const common = { type: "line", xAxisIndex: index + 1, yAxisIndex: index + 1, symbol: "circle", symbolSize: 4,
      showSymbol: false, animation: false, color: style("--accent") };
    const data = drawing.channels[index];
    return [
      { ...common, id: `least${index}`, stack: `b${index}`, stackStrategy: "all", data: data.least, lineStyle: { opacity: 0 }, silent: true },
      { ...common, id: `band${index}`, stack: `b${index}`, stackStrategy: "all", data: data.band, lineStyle: { opacity: 0 },
        areaStyle: { color: style("--accent"), opacity: 0.28 }, silent: true },
      ...(drawing.targets[index] ? [{ ...common, id: `target${index}`, data: drawing.targets[index].mean, step: "end", silent: true,
        color: style("--soft"), lineStyle: { width: 1.2, type: "dashed" } }] : []),
      { ...common, id: `mean${index}`, data: data.mean, showSymbol: data.few, lineStyle: { width: 1.6 } },
    ];
  }

  function options() {
    const soft = { color: style("--soft"), fontFamily: getComputedStyle(document.body).fontFamily };
    const grids = [{ top: TOP, height: STRIP }, ...shown.map((_, i) => ({ top: TOP + STRIP + GAP + i * (GRID + GAP), height: GRID }))];
    const titles = [words.timeline, ...shown.map((one, i) => {
      const unit = one.unit ? `, ${one.unit}` : "";
      return `${one.label}${unit}${drawing.channels[i].mean.length ? "" : ` — ${words.no_readings}`}`;
    })];
    return {
      animation: false,
      textStyle: soft,
      grid: grids.map((grid) => ({ ...grid, left: LEFT, right: RIGHT, outerBoundsMode: "none" })),
      title: titles.map((text, i) => ({ text, left: 0, top: grids[i].top - 24, padding: 0, textStyle: { ...soft, fontSize: 13, fontWeight: 600, color: style("--ink") } })),
      xAxis: grids.map((_, i) => axis(i, i === grids.length - 1)),
      yAxis: grids.map((_, i) => ({ gridIndex: i, type: "value", scale: true, show: i > 0, max: i ? null : 1, min: i ? null : 0, splitNumber: 3,
        axisLabel: { color: style("--soft"), formatter: (value) => tick.format(value) }, splitLine: { lineStyle: { color: style("--line"), opacity: 0.6 } } })),
      axisPointer: { link: [{ xAxisIndex: "all" }], label: { show: false }, lineStyle: { color: style("--soft") } },
      tooltip: { trigger: "axis", renderMode: "richText", formatter: tooltip, confine: true, transitionDuration: 0,
        backgroundColor: style("--card"), borderColor: style("--line"), textStyle: { color: style("--ink"), fontSize: 13 } },
      dataZoom: [{ type: "inside", xAxisIndex: grids.map((_, i) => i), filterMode: "none", startValue: view.start, endValue: view.end,
        minValueSpan: SHORTEST_MS, zoomOnMouseWheel: true, moveOnMouseMove: true, throttle: 30 }],
      series: [{ id: "states", type: "custom", xAxisIndex: 0, yAxisIndex: 0, renderItem: rectangle, encode: { x: [0, 1], y: 3 }, data: drawing.timeline },
        ...shown.flatMap(lines)],
    };
  }

  const readings = (channel, query) => asked("readings", { equipment: main.dataset.equipment, channel, ...query });

  async function asked(path, query) {
    const answer = await fetch(`/api/v1/${path}?${new URLSearchParams(query)}`);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /* One window more on either side, so that dragging and zooming out show something at once. */
  async function draw() {
    const wanted = view;
    const length = view.end - view.start;
    const from = Math.max(view.start - length, 0);
    const to = view.end + length;
    const points = Math.min(MAX_POINTS, 3 * Math.max(box.clientWidth - LEFT - RIGHT, 200));
    const query = { start: new Date(from).toISOString(), end: new Date(to).toISOString() };
    const msPerPixel = (to - from) / points;
    try {
      const [states, answers, targets] = await Promise.all([
        asked(`equipment/${id}/intervals`, query),
        Promise.all(shown.map((one) => readings(one.channel, { points, ...query }))),
        Promise.all(shown.map((one) => (one.target ? readings(one.target, { points, ...query }) : null))),
      ]);
      if (wanted !== view) return;
      const line = (answer) => answer && window.labedgeSeries.channel(answer, msPerPixel);
      drawing = { from, to, timeline: window.labedgeSeries.timeline(states.intervals, STATES, msPerPixel),
        channels: answers.map(line), targets: targets.map(line) };
      chart.setOption(options(), { notMerge: true });
      told.textContent = "";
    } catch (error) {
      if (wanted === view) told.textContent = words.chart_failed;
    }
  }

  /* The page's other half: tables and the ways to other windows. */
  async function load(query, { keepAddress = false } = {}) {
    await window.htmx.ajax("GET", `/equipment/${id}/history?${query}`, { target: "#tables", swap: "innerHTML" });
    if (!keepAddress) history.replaceState(null, "", `?${query}`);
    readWindow();
    await draw();
  }

  function readWindow() {
    const { start, end } = document.getElementById("windows").dataset;
    view = { start: Date.parse(start), end: Date.parse(end) };
  }

  function show(start, end) {
    const length = Math.min(Math.max(end - start, SHORTEST_MS), LONGEST_MS);
    const middle = (start + end) / 2;
    const from = Math.max(middle - length / 2, 0);
    const query = new URLSearchParams({ start: new Date(from).toISOString(), end: new Date(from + length).toISOString() });
    clearTimeout(settle);
    settle = setTimeout(() => load(query.toString()), SETTLE_MS);
  }

  chart.on("datazoom", () => {
    const zoom = chart.getOption().dataZoom[0];
    if (zoom.startValue !== view.start || zoom.endValue !== view.end) show(zoom.startValue, zoom.endValue);
  });

  const KEYS = { ArrowLeft: [-0.25, -0.25], ArrowRight: [0.25, 0.25], "+": [0.25, -0.25], "=": [0.25, -0.25], "-": [-0.5, 0.5] };
  box.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const length = view.end - view.start;
    view = { start: view.start + move[0] * length, end: view.end + move[1] * length };
    chart.dispatchAction({ type: "dataZoom", startValue: view.start, endValue: view.end });
    show(view.start, view.end);
  });

  main.addEventListener("click", (event) => {
    const link = event.target.closest("#windows a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load(new URL(link.href).search.slice(1));
  });

  /* A window that ends now moves on; how the equipment is now follows the board's stream. */
  function follow() {
    const { follows } = document.getElementById("windows").dataset;
    if (follows && !document.hidden && !box.matches(":hover")) load(`window=${follows}`, { keepAddress: true });
  }

  let headAt = 0;
  function refreshHead() {
    if (headAt) return;
    headAt = setTimeout(() => {
      headAt = 0;
      window.htmx.ajax("GET", `/equipment/${id}/head`, { target: "#profile", swap: "innerHTML" }).then(window.labedge.tick);
    }, 500);
  }

  const source = new EventSource(`/board/events?lang=${main.dataset.lang}`);
  source.addEventListener("cards", (event) => {
    if (event.data.includes(`id=\\"card-${main.dataset.equipment}\\"`)) refreshHead();
  });
  source.addEventListener("now", (event) => window.labedge.setNow(JSON.parse(event.data).ms));
  window.addEventListener("pagehide", () => source.close());
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing && chart.setOption(options(), { notMerge: true }));
  setInterval(follow, 10000);
  readWindow();
  draw();
})();
