import "@fontsource-variable/noto-sans-sc/index.css";
import "./styles/main.css";

import htmx from "htmx.org";

import { enhanceCharts } from "./charts";
import { enhanceFileDrops } from "./files";
import { enhanceForms } from "./forms";
import { closeMenusOutside } from "./menus";

// The strict content security policy allows neither inline styles nor evaluated code.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;

closeMenusOutside();
htmx.onLoad((part) => {
  enhanceCharts(part as HTMLElement);
  enhanceFileDrops(part as HTMLElement);
  enhanceForms(part as HTMLElement);
});
