import type { BackendName } from "../../sim/platform/browser/run-ports.ts";
import { clockText } from "../model/wording.ts";
import { byId } from "../views/page.ts";
import type { RunReport, RunRequest } from "./run-protocol.ts";

const progress = byId("progress");
const digest = byId("digest");
let worker: Worker | null = null;

function show(message: RunReport): void {
  if (message.kind === "progress") {
    const { simulatedUs, events, blocks } = message;
    progress.textContent = `${clockText(simulatedUs)} simulated, ${events} events, ${blocks} blocks`;
  } else if (message.kind === "finished") {
    progress.textContent = `Finished: ${message.verdict}, ${message.events} events`;
    digest.textContent = message.digest;
  } else {
    progress.textContent = `Not run: ${message.reason}`;
  }
}

/** Ends the run under way, if there is one, and starts another. */
function start(request: RunRequest): void {
  worker?.terminate();
  digest.textContent = "";
  worker = new Worker(new URL("./run-worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", (event: MessageEvent<RunReport>) => show(event.data));
  worker.addEventListener("error", () => show({ kind: "failed", reason: "the worker could not be started" }));
  worker.postMessage(request);
}

async function runFile(file: File): Promise<void> {
  try {
    const scenario = JSON.parse(await file.text()) as RunRequest["scenario"];
    start({ scenario, backend: byId<HTMLSelectElement>("backend").value as BackendName });
  } catch {
    show({ kind: "failed", reason: `${file.name} is no JSON` });
  }
}

const picker = byId<HTMLInputElement>("scenario-file");
picker.addEventListener("change", () => {
  const [file] = picker.files ?? [];
  if (file !== undefined) void runFile(file);
  picker.value = "";
});
