/** Small courtesies of forms and pages. */

/** Put the reader at the first fault of a table or form, if the page says it has one. */
function focusFirstFault(root: HTMLElement): void {
  root.querySelector<HTMLElement>("[data-first-fault]")?.focus();
}

/** Buttons marked data-print print the page. */
function enablePrinting(root: HTMLElement): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.addEventListener("click", () => window.print());
  }
}

/** Fields marked data-submit-on-change send their form at once. */
function submitOnChange(root: HTMLElement): void {
  for (const field of root.querySelectorAll<HTMLSelectElement>("select[data-submit-on-change]")) {
    field.addEventListener("change", () => field.form?.requestSubmit());
  }
}

/** A slider marked data-slides moves the figure of the field it names, and follows it. */
function pairSliders(root: HTMLElement): void {
  for (const slider of root.querySelectorAll<HTMLInputElement>("input[data-slides]")) {
    const field = document.getElementById(slider.dataset.slides ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    slider.addEventListener("input", () => (field.value = slider.value));
    field.addEventListener("input", () => (slider.value = field.value));
  }
}

export function enhanceForms(root: HTMLElement): void {
  focusFirstFault(root);
  enablePrinting(root);
  submitOnChange(root);
  pairSliders(root);
}
