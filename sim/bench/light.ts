import { Reader, Writer } from "../../protocol/core/codec.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { createPlainNodeCrypto } from "../../protocol/crypto/plain-node-crypto.ts";
import {
  type CheckpointLink,
  readCheckpointLinks,
  writeCheckpointLinks,
} from "../../protocol/light/checkpoint-link.ts";
import { LightClient } from "../../protocol/light/client.ts";
import { MAX_CHECKPOINT_LINKS } from "../../protocol/light/limits.ts";
import { everyHeader, PAPER, SyntheticEpochs } from "./light-epochs.ts";
import type { BenchResult } from "./result.ts";
import { processStopwatch } from "./rounds.ts";
import { sodiumBackend } from "./simulate.ts";

const EPOCHS = [1, 10, 100, 1_000, 10_000] as const;
/** Signatures for more epochs one by one would take minutes to make and to check. */
const MEASURED_EPOCHS = 1_000;
/** With one delegate of 97 replaced an epoch, after so many epochs 33 of those that were trusted are left. */
const SKIP_EPOCHS = 64;
/** Of what following every header takes. */
const MAX_SHARE = 0.05;

/** What a client that slept for some epochs has taken in, and how long it calculated. */
export interface CatchUp {
  readonly epochs: number;
  readonly bytes: number;
  readonly signatures: number;
  readonly cpuSeconds: number;
  readonly isMeasured: boolean;
}

/** @returns answers of a server, as bytes */
function answers(epochs: SyntheticEpochs, wanted: readonly number[]): Uint8Array[] {
  const writer = new Writer();
  const result: Uint8Array[] = [];
  for (let from = 0; from < wanted.length; from += MAX_CHECKPOINT_LINKS) {
    const links = wanted.slice(from, from + MAX_CHECKPOINT_LINKS).map((epoch): CheckpointLink => epochs.link(epoch));
    writeCheckpointLinks(writer, links);
    result.push(writer.finish());
  }
  return result;
}

/**
 * Lets a client that trusts genesis catch up, from bytes to trusted state, with every signature really checked.
 *
 * @param wanted epochs whose checkpoints it is given, the last of them ends the sleep
 */
export function catchUp(backend: CryptoBackend, epochs: SyntheticEpochs, wanted: readonly number[]): CatchUp {
  const last = wanted.at(-1) ?? 0;
  const nowUs = (last + 1) * PAPER.epochBlocks * PAPER.roundUs;
  const crypto = createPlainNodeCrypto(backend);
  const options = { epochBlocks: PAPER.epochBlocks, trustPeriodUs: 2 * nowUs, maxDriftUs: 0 };
  const client = new LightClient({ crypto, trusted: epochs.trusted, ...options });
  const given = answers(epochs, wanted);
  const read = processStopwatch();
  for (const bytes of given) {
    const { refusal } = client.acceptCheckpoints(nowUs, readCheckpointLinks(new Reader(bytes)));
    if (refusal !== null) throw new Error(`the benchmark's own checkpoints are refused: ${refusal}`);
  }
  const { cpuSeconds } = read();
  if (client.epoch !== last + 1) throw new Error("the benchmark's client did not arrive");
  return { epochs: last + 1, ...client.costs, cpuSeconds, isMeasured: true };
}

function oneByOne(backend: CryptoBackend, epochs: SyntheticEpochs): CatchUp[] {
  const measured = EPOCHS.filter((count) => count <= MEASURED_EPOCHS).map((count) => {
    return catchUp(backend, epochs, [...Array(count).keys()]);
  });
  const basis = measured.at(-1) as CatchUp;
  const computed = EPOCHS.filter((count) => count > MEASURED_EPOCHS).map((count): CatchUp => {
    const times = count / basis.epochs;
    return {
      epochs: count,
      bytes: times * basis.bytes,
      signatures: times * basis.signatures,
      cpuSeconds: times * basis.cpuSeconds,
      isMeasured: false,
    };
  });
  return [...measured, ...computed];
}

function skipping(backend: CryptoBackend, epochs: SyntheticEpochs): CatchUp[] {
  return EPOCHS.map((count) => {
    const wanted: number[] = [];
    for (let epoch = count - 1; epoch > 0; epoch -= SKIP_EPOCHS) wanted.unshift(epoch);
    return catchUp(backend, epochs, count === 1 ? [0] : wanted);
  });
}

function resultsOf(name: string, way: string, taken: CatchUp, verifySeconds: number): BenchResult[] {
  const headers = everyHeader();
  const full = { bytes: headers.bytes * taken.epochs, seconds: headers.signatures * taken.epochs * verifySeconds };
  const how = taken.isMeasured ? "measured" : `computed from ${MEASURED_EPOCHS} epochs`;
  const detail = `${taken.epochs} epochs ${way}: ${taken.signatures} signatures checked, ${how}`;
  const line = (unit: string, value: number, whole: number): BenchResult => ({
    name,
    value,
    unit,
    higherIsBetter: false,
    ratio: { to: "every header (computed)", value: value / whole },
    target: MAX_SHARE * whole,
    met: value <= MAX_SHARE * whole,
    detail,
  });
  return [line("ms CPU", 1e3 * taken.cpuSeconds, 1e3 * full.seconds), line("bytes", taken.bytes, full.bytes)];
}

/** What it costs a client that slept for k epochs to catch up, checkpoint by checkpoint and by skipping. */
export async function lightCatchUp(name: string): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const epochs = new SyntheticEpochs(backend);
  catchUp(backend, epochs, [...Array(20).keys()]);
  const each = oneByOne(backend, epochs);
  const basis = each.find(({ epochs: count }) => count === MEASURED_EPOCHS) as CatchUp;
  const verifySeconds = basis.cpuSeconds / basis.signatures;
  return [
    ...each.flatMap((taken) => resultsOf(name, "one by one", taken, verifySeconds)),
    ...skipping(backend, epochs).flatMap((taken) => resultsOf(name, "by skipping", taken, verifySeconds)),
  ];
}
