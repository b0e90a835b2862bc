/** Upload fields: name the chosen file, accept a dropped one. The field itself works without. */

function size(file: File): string {
  return file.size < 1_000_000 ? `${Math.ceil(file.size / 1000)} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
}

function showChosen(drop: HTMLElement, input: HTMLInputElement): void {
  const place = drop.querySelector<HTMLElement>("[data-chosen]");
  const files = [...(input.files ?? [])];
  if (!place || !files.length) return;
  place.replaceChildren(
    ...files.map((file) => {
      const line = document.createElement("span");
      line.textContent = `${file.name} (${size(file)})`;
      return line;
    }),
  );
  drop.classList.add("is-chosen");
}

function enhance(drop: HTMLElement): void {
  const input = drop.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) return;
  input.addEventListener("change", () => showChosen(drop, input));
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  }
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    showChosen(drop, input);
  });
}

export function enhanceFileDrops(root: HTMLElement): void {
  root.querySelectorAll<HTMLElement>("[data-file-drop]").forEach(enhance);
}
