import { expect } from "vitest";
import { Damage, overclaims } from "./damage.ts";
import type { Format } from "./format.ts";

/** Malformed inputs that each decoder is given. */
export const RUNS = 100_000;
/** Malformed inputs of each kind, where one decoder reads many kinds. */
export const RUNS_OF_KIND = 20_000;
/** Inputs between two looks at the clock of the processor. */
const BATCH = 250;
/** Processor time for a batch, in µs: a hundred times what it takes. No single input can take longer either. */
const BATCH_US = 500_000;
/** What reading a few inputs may allocate, in bytes, however much they claim. */
const ALLOCATED_BYTES = 256 * 1024;
/** Encodings of each format, and bytes of each, in which everything is made to claim too much. */
const THRIFTY_SAMPLES = 1;
const THRIFTY_BYTES = 256;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Reads one input. @returns whether it was accepted, as the one encoding of what it says */
function read(again: Format["again"], input: Uint8Array): boolean {
  let result: Uint8Array | null;
  try {
    result = again(input);
  } catch (error) {
    return expect.fail(`${String(error)} at ${hex(input)}`);
  }
  if (result !== null && Buffer.compare(result, input) !== 0) expect.fail(`another encoding passes: ${hex(input)}`);
  return result !== null;
}

/** Expects that whatever is accepted is written as it was read, that nothing throws, and that nothing takes long. @returns how many are accepted */
export function expectSound({ samples, again }: Format, options: { runs: number; seed: number }): number {
  const { runs, seed } = options;
  for (const sample of samples) expect(hex(again(sample.slice()) ?? new Uint8Array(0))).toBe(hex(sample));
  const damage = new Damage(samples, seed);
  let accepted = 0;
  for (let run = 0; run < runs; run += BATCH) {
    const before = process.cpuUsage();
    for (let each = 0; each < BATCH; each++) if (read(again, damage.next())) accepted++;
    const { user } = process.cpuUsage(before);
    if (user > BATCH_US) expect.fail(`inputs ${run} to ${run + BATCH} took ${user} µs`);
  }
  return accepted;
}

/** Expects that no claim of a count or a length makes a decoder allocate for what is not there. */
export function expectThrifty({ samples, again }: Format): void {
  for (const sample of samples.slice(0, THRIFTY_SAMPLES)) {
    for (let at = 0; at < Math.min(sample.length, THRIFTY_BYTES); at++) {
      const before = process.memoryUsage().arrayBuffers;
      for (const input of overclaims(sample, at)) again(input);
      const bytes = process.memoryUsage().arrayBuffers - before;
      if (bytes > ALLOCATED_BYTES) expect.fail(`${bytes} bytes are allocated for a claim at ${at} of ${hex(sample)}`);
    }
  }
}
