import { readFileSync } from "node:fs";
import { type Capsule, type Execute, type RunEnding, readCapsule } from "../campaign/index.ts";
import { codeOf } from "../platform/node/error-code.ts";
import { totalMemoryBytes } from "../platform/node/memory.ts";
import { WorkerSeat } from "../platform/node/worker-pool.ts";
import { UserError } from "../scenario/index.ts";
import type { CapsuleJob } from "./capsule-worker.ts";
import { silenceFor } from "./guarded-run.ts";

/** Part of the machine's memory that one run may take. */
const MEMORY_SHARE = 0.5;
const MEBIBYTE = 2 ** 20;
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

/** What may differ from the usual. */
interface CapsuleRunsOptions {
  /** Of the worker; default this build's. */
  readonly module?: URL;
  /** That a run may take; default its part of the machine's. */
  readonly memoryMebibytes?: number | undefined;
}

/** What of a capsule decides how it is run. */
type Runnable = Pick<Capsule, "scenario"> & { readonly expected: Pick<Capsule["expected"], "failure"> };

/** Runs scenarios one after the other in a process of their own, so that nothing they do ends this one. */
export class CapsuleRuns {
  readonly #seat: WorkerSeat<CapsuleJob, RunEnding>;
  readonly #codeVersion: string;

  constructor(codeVersion: string, signal: AbortSignal, options: CapsuleRunsOptions = {}) {
    const { module = new URL("capsule-worker.js", import.meta.url), memoryMebibytes } = options;
    this.#codeVersion = codeVersion;
    const maxRssBytes = memoryMebibytes === undefined ? totalMemoryBytes() * MEMORY_SHARE : memoryMebibytes * MEBIBYTE;
    this.#seat = new WorkerSeat({ module, maxRssBytes, maxSilenceMs: MAX_SILENCE_MS, signal });
  }

  /** Runs a capsule's scenario, as often as its failure takes, and, if there is a folder, leaves trace and results there. */
  async run({ scenario, expected }: Runnable, recorded?: Pick<CapsuleJob, "folder" | "reproduce">): Promise<RunEnding> {
    const { folder = null, reproduce = "" } = recorded ?? {};
    const isTwice = expected.failure.kind === "nondeterminism";
    const job = { scenario, codeVersion: this.#codeVersion, isTwice, folder, reproduce };
    const outcome = await this.#seat.run(job, folder === null ? silenceFor(expected.failure) : undefined);
    return "result" in outcome ? outcome.result : outcome;
  }

  /** @returns what runs candidates for a smaller capsule */
  executeFor({ expected }: Runnable): Execute {
    return (scenario) => this.run({ scenario, expected });
  }

  close(): void {
    this.#seat.close();
  }
}
