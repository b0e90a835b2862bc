import "@fontsource-variable/noto-sans-sc/index.css";
import "./styles/main.css";

import htmx from "htmx.org";

import { enhanceCharts } from "./charts";
import { enhanceFileDrops } from "./files";
import { enhanceForms } from "./forms";
import { closeMenusOutside } from "./menus";
import { enhancePasskeys } from "./passkeys";
import { enhanceUploads } from "./uploads";
import { renewWall } from "./wall";

// The strict content security policy allows neither inline styles nor evaluated code.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
// No page is kept in the browser's storage: many of them tell of children.
htmx.config.historyCacheSize = 0;
htmx.config.refreshOnHistoryMiss = true;

closeMenusOutside();
htmx.onLoad((part) => {
  enhanceCharts(part as HTMLElement);
  enhanceFileDrops(part as HTMLElement);
  enhanceForms(part as HTMLElement);
  enhancePasskeys(part as HTMLElement);
  enhanceUploads(part as HTMLElement);
  renewWall(part as HTMLElement);
});
