/** The page on the wall fetches itself anew and keeps what it shows while the server is away. */

const WALL = "[data-wall]";
// A server that takes longer is away as far as the hall is concerned.
const PATIENCE_MS = 20_000;
let timer = 0;

async function renew(): Promise<void> {
  const shown = document.querySelector<HTMLElement>(WALL);
  if (!shown) return;
  const fresh = await fetched();
  if (fresh) {
    shown.replaceWith(fresh);
    return;
  }
  shown.querySelector<HTMLElement>("[data-wall-stale]")?.removeAttribute("hidden");
}

/** Return the page as the server gives it now; nothing when it is away or asks to sign in. */
async function fetched(): Promise<Element | null> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await fetch(window.location.href, { cache: "no-store", signal });
    if (!reply.ok) return null;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    return page.querySelector(WALL);
  } catch {
    return null;
  }
}

export function renewWall(part: HTMLElement): void {
  const wall = part.querySelector<HTMLElement>(WALL);
  if (!wall || timer) return;
  timer = window.setInterval(() => void renew(), Number(wall.dataset.wall) * 1000);
  window.addEventListener("online", () => void renew());
}
