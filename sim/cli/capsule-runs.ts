import { readFileSync } from "node:fs";
import { type Capsule, type Execute, type RunEnding, readCapsule } from "../campaign/index.ts";
import { codeOf } from "../platform/node/error-code.ts";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { WorkerSeat } from "../platform/node/worker-pool.ts";
import { UserError } from "../scenario/index.ts";
import type { CapsuleJob } from "./capsule-worker.ts";

/** Part of the machine's memory that one run may take. */
const MEMORY_SHARE = 0.5;
/** Runs beat every half second of their own time. */
const MAX_SILENCE_MS = 10_000;

/** @throws UserError when there is no sound capsule in the file */
export function loadCapsule(file: string): Capsule {
  try {
    return readCapsule(readFileSync(file, "utf8"), file);
  } catch (error) {
    if (error instanceof UserError || codeOf(error) === undefined) throw error;
    throw new UserError(`${file}: cannot be read (${codeOf(error)})`);
  }
}

/** @returns what a reader is told of a capsule that other code made */
export function otherVersion(made: string, now: string): string {
  return `note: made by code version ${made}, and this is ${now}: it may behave otherwise`;
}

/** Runs scenarios one after the other in a process of their own, so that nothing they do ends this one. */
export class CapsuleRuns {
  readonly #seat: WorkerSeat<CapsuleJob, RunEnding>;
  readonly #codeVersion: string;

  /** @param module of the worker; default this build's */
  constructor(codeVersion: string, signal: AbortSignal, module = new URL("capsule-worker.js", import.meta.url)) {
    this.#codeVersion = codeVersion;
    const maxRssBytes = totalMemoryBytes() * MEMORY_SHARE;
    this.#seat = new WorkerSeat({ module, maxRssBytes, maxSilenceMs: MAX_SILENCE_MS, signal });
  }

  /** Runs a scenario and, if there is a folder, leaves its trace and results there. */
  async run(scenario: CapsuleJob["scenario"], recorded?: Pick<CapsuleJob, "folder" | "reproduce">): Promise<RunEnding> {
    const { folder = null, reproduce = "" } = recorded ?? {};
    const outcome = await this.#seat.run({ scenario, codeVersion: this.#codeVersion, folder, reproduce });
    return "result" in outcome ? outcome.result : outcome;
  }

  readonly execute: Execute = (scenario) => this.run(scenario);

  close(): void {
    this.#seat.close();
  }
}
