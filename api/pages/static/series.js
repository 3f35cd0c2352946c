/* Turns answers of the API into what a chart draws; touches no page. */
"use strict";

window.labedgeSeries = (() => {
  const HEIGHT = { busy: 1, fault: 1, maintenance: 0.82, setup: 0.68, paused: 0.5, idle: 0.26, offline: 0.1, unknown: 0 };

  /* Intervals as rows [start, end, state index, height]; those too narrow to see are joined under the longest. */
  function timeline(intervals, states, msPerPixel) {
    const rows = [];
    for (const one of intervals) {
      const [start, end] = [Date.parse(one.start), Date.parse(one.end)];
      const last = rows.at(-1);
      if (last && end - start < msPerPixel / 2 && last.end - last.start < msPerPixel) {
        if (end - start > last.longest) [last.state, last.longest] = [one.state, end - start];
        last.end = end;
      } else {
        rows.push({ start, end, state: one.state, longest: end - start });
      }
    }
    return rows.map((row) => [row.start, row.end, states.indexOf(row.state), HEIGHT[row.state]]);
  }

  function median(numbers) {
    return numbers.length ? numbers.sort((a, b) => a - b)[numbers.length >> 1] : 0;
  }

  /* Least, band and mean per pixel; a hole much wider than the channel's own rhythm breaks the line. */
  function channel(answer, msPerPixel) {
    const t = answer.t.map((text) => Date.parse(text));
    const gaps = t.slice(1).map((one, i) => one - t[i]);
    const hole = Math.max(3 * median(gaps.slice()), 4 * msPerPixel);
    const [least, band, mean] = [[], [], []];
    t.forEach((at, i) => {
      if (i && gaps[i - 1] > hole) for (const line of [least, band, mean]) line.push([t[i - 1] + 1, null]);
      least.push([at, answer.min[i]]);
      band.push([at, answer.max[i] - answer.min[i]]);
      mean.push([at, answer.v[i]]);
    });
    return { least, band, mean, few: t.length < 60 };
  }

  return { timeline, channel };
})();
