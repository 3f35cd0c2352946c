/* Draws the dynamics of an indicator when its details are opened; without it the table beside is complete. */
"use strict";

(() => {
  const words = JSON.parse(document.getElementById("chart-words").textContent);
  const locale = { en: "en-GB" }[document.getElementById("main").dataset.lang] ?? "ru";
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const charts = [];

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const told = (value, data) => (value === null ? "—" : number.format(value) + (data.percent ? "\u00a0%" : ""));

  /* The least round number that nothing stands above; shares end at a hundred. */
  function rounded(most, data) {
    if (data.percent && most <= 100) return 100;
    const step = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
    return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((one) => one * step).find((one) => one >= most && (one % 1 === 0)) ?? most;
  }

  function options(data) {
    const soft = { color: style("--soft"), fontFamily: getComputedStyle(document.body).fontFamily };
    const series = [
      { name: words.quarter, type: "bar", data: data.quarter, itemStyle: { color: style("--accent"), borderRadius: [3, 3, 0, 0] }, barMaxWidth: 26 },
      { name: words.year, type: "line", data: data.year, color: style("--paused"), symbol: "circle", symbolSize: 6, lineStyle: { width: 2 },
        markLine: data.target === null ? undefined : { silent: true, symbol: "none", data: [{ yAxis: data.target }],
          lineStyle: { color: style("--soft"), type: "dashed" }, label: { formatter: `${words.target} ${number.format(data.target)}`, position: "insideStartTop", ...soft } } },
    ];
    return {
      animation: false, textStyle: soft,
      grid: { left: 8, right: 12, top: 34, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      legend: { top: 0, left: 0, itemGap: 16, itemWidth: 14, itemHeight: 10, textStyle: soft, selectedMode: false },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, transitionDuration: 0, backgroundColor: style("--card"), borderColor: style("--line"),
        textStyle: { color: style("--ink"), fontSize: 13 },
        formatter: (rows) => [rows[0].name, ...rows.map((row) => `${row.seriesName}: ${told(row.value ?? null, data)}`)].join("\n") },
      xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: style("--line") } }, axisTick: { show: false }, axisLabel: { ...soft, hideOverlap: true } },
      yAxis: { type: "value", min: 0, max: (range) => rounded(Math.max(range.max, data.target ?? 0), data), splitNumber: 3, minInterval: data.percent ? undefined : 1,
        axisLabel: { ...soft, formatter: (value) => number.format(value) }, splitLine: { lineStyle: { color: style("--line"), opacity: 0.6 } } },
      series,
    };
  }

  function draw(details) {
    const box = document.getElementById(details.dataset.chart);
    if (!details.open || !box || box.dataset.drawn) return;
    const data = JSON.parse(box.nextElementSibling.textContent);
    box.hidden = false;
    box.dataset.drawn = "yes";
    const chart = window.echarts.init(box);
    chart.setOption(options(data));
    charts.push([chart, data]);
  }

  for (const details of document.querySelectorAll("details[data-chart]")) details.addEventListener("toggle", () => draw(details));
  window.addEventListener("resize", () => charts.forEach(([chart]) => chart.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(([chart, data]) => chart.setOption(options(data))));

  /* A link to an indicator opens it. */
  function opened() {
    const one = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = one?.querySelector?.(":scope > details.more");
    if (details) details.open = true;
  }
  window.addEventListener("hashchange", opened);
  opened();
})();
