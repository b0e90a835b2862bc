/**
 * Charts arrive drawn, as SVG. This adds what only a script can: the name of a mark on hover and
 * focus, arrow keys from mark to mark, and legends that filter.
 *
 * A chart is [data-chart]; its marks are [data-mark] with their sentence in aria-label.
 */

let tip: HTMLElement | null = null;

function showTip(mark: Element): void {
  tip ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "chart-tip" }));
  tip.textContent = mark.getAttribute("aria-label");
  tip.hidden = false;
  const at = mark.getBoundingClientRect();
  const half = tip.offsetWidth / 2;
  const middle = at.left + at.width / 2;
  const left = Math.min(Math.max(middle, half + 8), document.documentElement.clientWidth - half - 8);
  const above = at.top - tip.offsetHeight - 8;
  tip.style.left = `${left - half}px`;
  tip.style.top = `${above > 0 ? above : at.bottom + 8}px`;
}

function hideTip(): void {
  if (tip) tip.hidden = true;
}

function shown(marks: SVGElement[]): SVGElement[] {
  return marks.filter((mark) => !mark.closest("[hidden]") && !mark.classList.contains("is-filtered"));
}

/** Arrow keys walk the marks from left to right; one tab stop for the whole chart. */
function walkWithArrows(chart: HTMLElement, marks: SVGElement[]): void {
  const ordered = [...marks].sort((a, b) => a.getBoundingClientRect().x - b.getBoundingClientRect().x);
  ordered.forEach((mark, place) => mark.setAttribute("tabindex", place === 0 ? "0" : "-1"));
  chart.addEventListener("keydown", (event) => {
    const among = shown(ordered);
    const here = among.indexOf(document.activeElement as SVGElement);
    const steps: Record<string, number> = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: among.length - 1 };
    const target = among[steps[event.key] ?? -1];
    if (here < 0 || !target) return;
    event.preventDefault();
    ordered.forEach((mark) => mark.setAttribute("tabindex", mark === target ? "0" : "-1"));
    target.focus();
  });
}

function nameOnHover(marks: SVGElement[]): void {
  for (const mark of marks) {
    mark.addEventListener("mouseenter", () => showTip(mark));
    mark.addEventListener("focus", () => showTip(mark));
    mark.addEventListener("mouseleave", hideTip);
    mark.addEventListener("blur", hideTip);
  }
}

/** Buttons [data-filter=kind] hide and show the marks of that kind. */
function filterByLegend(chart: HTMLElement, marks: SVGElement[]): void {
  for (const button of chart.querySelectorAll<HTMLButtonElement>("button[data-filter]")) {
    button.addEventListener("click", () => {
      const show = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(show));
      for (const mark of marks) {
        if (mark.dataset.kind === button.dataset.filter) mark.classList.toggle("is-filtered", !show);
      }
    });
  }
}

function enhance(chart: HTMLElement): void {
  const marks = [...chart.querySelectorAll<SVGElement>("[data-mark]")];
  walkWithArrows(chart, marks);
  nameOnHover(marks);
  filterByLegend(chart, marks);
}

export function enhanceCharts(root: HTMLElement): void {
  root.querySelectorAll<HTMLElement>("[data-chart]").forEach(enhance);
}

document.addEventListener("scroll", hideTip, { passive: true });
