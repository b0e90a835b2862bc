/**
 * Forms marked data-upload-each send their files one by one and show how far each is. The server
 * answers each with the line that says what became of it. Without this the form sends all at once.
 */

import htmx from "htmx.org";

interface Line {
  item: HTMLLIElement;
  progress: HTMLProgressElement;
}

function lineFor(list: HTMLUListElement, name: string): Line {
  const item = document.createElement("li");
  const label = document.createElement("span");
  const progress = document.createElement("progress");
  label.textContent = name;
  progress.max = 1;
  progress.setAttribute("aria-label", name);
  item.append(label, progress);
  list.append(item);
  return { item, progress };
}

function tell(line: Line, text: string): void {
  line.item.className = "is-refused";
  line.item.textContent = text;
}

/** Put the line that the server made in place of the one that waited. */
function replace(line: Line, reply: string): boolean {
  const made = new DOMParser().parseFromString(reply, "text/html").querySelector("li");
  if (!made) return false;
  line.item.replaceWith(made);
  return true;
}

function send(form: HTMLFormElement, name: string, file: File, line: Line): Promise<void> {
  const told = new FormData(form);
  told.delete(name);
  told.append(name, file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.progress.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      const isAnswered = request.status === 200 && replace(line, request.responseText);
      if (!isAnswered) tell(line, `${file.name}: ${form.dataset.failed ?? ""}`);
      resolve();
    });
    request.send(told);
  });
}

async function sendAll(form: HTMLFormElement, input: HTMLInputElement): Promise<void> {
  const list = document.createElement("ul");
  list.className = "outcomes";
  form.querySelector("[data-outcomes]")?.replaceChildren(list);
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (button) button.disabled = true;
  const mostBytes = Number(form.dataset.mostBytes);
  for (const file of input.files ?? []) {
    const line = lineFor(list, file.name);
    if (file.size > mostBytes) tell(line, `${file.name}: ${form.dataset.tooLarge ?? ""}`);
    else await send(form, input.name, file, line);
  }
  if (button) button.disabled = false;
  input.value = "";
  form.querySelector("[data-chosen]")?.replaceChildren();
  form.querySelector(".is-chosen")?.classList.remove("is-chosen");
  await htmx.ajax("get", location.href, { target: "#filed", select: "#filed", swap: "outerHTML" });
}

export function enhanceUploads(root: HTMLElement): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-upload-each]")) {
    const input = form.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) continue;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void sendAll(form, input);
    });
  }
}
