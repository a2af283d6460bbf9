import { listenToFiles } from "./controls/files.ts";
import { buildLegend } from "./controls/legend.ts";
import { offerRuns } from "./controls/run-choice.ts";
import { fetchRun, fetchRuns, type OpenedRun, openFile } from "./controls/sources.ts";
import { Replay } from "./model/replay.ts";
import { showFacts } from "./views/facts.ts";
import { hideNotice, showNotice } from "./views/notice.ts";
import { byId } from "./views/page.ts";
import { Player } from "./views/player.ts";
import { showViolations } from "./views/violations.ts";

let player: Player | null = null;

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function show(opening: Promise<OpenedRun>, what: string): Promise<void> {
  hideNotice();
  try {
    const { trace, facts } = await opening;
    const replay = await Replay.open(trace, (error) =>
      showNotice("A part of the trace could not be read.", [reasonOf(error)]),
    );
    player?.stop();
    byId("instrument").hidden = false;
    showFacts(replay, facts);
    showViolations(replay, facts);
    buildLegend(replay);
    player = new Player(replay);
    byId("status").textContent = `${trace.meta.scenario} is open`;
  } catch (error) {
    showNotice(`${what} cannot be shown.`, [
      reasonOf(error),
      "Open another trace with the button above, or drop it here.",
    ]);
  }
}

const chosen = new URLSearchParams(location.search).get("run");
const runs = await fetchRuns();
const path = chosen ?? runs[0]?.path ?? null;
offerRuns(runs, path);
listenToFiles((file) => void show(openFile(file), file.name));
await show(fetchRun(path), "The served run");
