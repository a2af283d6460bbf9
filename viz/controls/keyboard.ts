import { ARRANGEMENTS, type Arrangement } from "../model/deep-link.ts";
import type { Replay } from "../model/replay.ts";

/** Elements that use letters, space and arrows themselves. */
const OWN_KEYS = "select, textarea, input:not([type=checkbox]), [contenteditable]";
const OWN_SPACE = "button, summary, input";

/** @returns the arrangement after the present one; by chain only where there are several */
function nextArrangement({ selection, chains }: Replay): Arrangement {
  const offered = ARRANGEMENTS.filter((name) => name !== "chains" || chains.length > 1);
  return offered[(offered.indexOf(selection.arrangement) + 1) % offered.length] ?? "map";
}

function actions(replay: Replay): Readonly<Record<string, () => void>> {
  const { clock, selection } = replay;
  return {
    " ": () => replay.togglePlay(),
    ArrowLeft: () => void replay.step(-1),
    ArrowRight: () => void replay.step(1),
    "+": () => clock.changeSpeed(1),
    "=": () => clock.changeSpeed(1),
    "-": () => clock.changeSpeed(-1),
    Home: () => replay.seek(0),
    End: () => replay.seek(clock.untilUs),
    m: () => selection.arrange(nextArrangement(replay)),
    Escape: () => {
      selection.selectNode(null);
      selection.selectTransfer(null);
    },
  };
}

/** Lets the whole page be driven by keys. */
export function listenToKeys(replay: Replay, signal: AbortSignal): void {
  const byKey = actions(replay);
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as Element;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target.matches(OWN_KEYS)) return;
    if (event.key === " " && target.matches(OWN_SPACE)) return;
    const action = Object.hasOwn(byKey, event.key) ? byKey[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  document.addEventListener("keydown", onKey, { signal });
}
