/** Menus are <details class="menu">: they open without a script; this closes them kindly. */

function closeAll(except: Node | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

export function closeMenusOutside(): void {
  document.addEventListener("click", (event) => closeAll(event.target as Node));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    closeAll(null);
    open?.querySelector("summary")?.focus();
  });
}
