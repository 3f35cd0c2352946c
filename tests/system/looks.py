"""What a page has to be for everybody, asked of it in the browser: legible, named, large enough, in order."""

from __future__ import annotations

FAINT = """() => {
  const parts = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((one) => one / 255)
      .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/^rgb/.test(colour)) return null;
      const [r, g, b, a] = parts(colour);
      if (a === 1) return [r, g, b];
      if (a > 0) return null;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const one of document.querySelectorAll("main *, nav *")) {
    const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const style = getComputedStyle(one);
    if (!own || !one.checkVisibility() || !/^rgb/.test(style.color)) continue;
    const back = behind(one);
    if (!back) continue;
    const [a, b] = [luminance(parts(style.color)), luminance(back)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
    if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) found.push(`${one.textContent.trim()}: ${style.color}`);
  }
  return found;
}"""
"""Texts whose colour stands less than 4.5 to 1 (3 to 1 where large) from what is behind them, as WCAG 2.1 counts."""

NAMELESS = """() => {
  const used = "a, button, input:not([type=hidden]), select, textarea, summary, progress, nav, [role=img]";
  const named = (one) => one.getAttribute("aria-label") || one.labels?.length || one.textContent.trim()
    || document.getElementById(one.getAttribute("aria-labelledby") ?? "");
  return [...document.querySelectorAll(`main :is(${used})`)]
    .filter((one) => one.checkVisibility() && !named(one)).map((one) => one.outerHTML.slice(0, 120));
}"""
"""Whatever can be used or looked at, and has no name that a screen reader could say."""

SMALL = """() => [...document.querySelectorAll("main :is(button, .button, select, input, .periods a)")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden")
  .filter((one) => (one.closest("label") ?? one).getBoundingClientRect().height < 36)
  .map((one) => one.outerHTML.slice(0, 80))"""
"""What is to be touched, and is lower than 36 pixels."""

UNTOUCHABLE = """() =>
  [...document.querySelectorAll("nav a, .back a, main :is(button, .button, input, select, summary)")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden")
  .map((one) => [(one.closest("label") ?? one).getBoundingClientRect().height, one.outerHTML.slice(0, 80)])
  .filter(([height]) => height < 43.5)"""
"""What a finger would miss on a phone: lower than 44 pixels, as WCAG 2.1 advises (2.5.5)."""

ORDER = """() => {
  const levels = [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5)")]
    .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]));
  const skipped = levels.filter((one, i) => i && one - levels[i - 1] > 1);
  return [levels.filter((one) => one === 1).length, skipped.length];
}"""
"""How many main headings there are, and how many headings skip a level."""
