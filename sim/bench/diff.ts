import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { assert } from "../../protocol/core/assert.ts";
import { compress, decompress } from "../platform/node/compression.ts";
import { RunFolder } from "../platform/node/run-folder.ts";
import { FileRanges } from "../platform/node/trace-file.ts";
import { firstDivergence } from "../trace/difference.ts";
import { openTrace, type Trace } from "../trace/reader.ts";
import { MAX_IN_FLIGHT, TraceWriter } from "../trace/writer.ts";
import type { Bench } from "./result.ts";

const EVENTS = 10_000_000;
const NODES = 64;
const MAX_SECONDS = 2;
const ROUNDS = 5;
const STEP_US = 37;
const MEMBERS = Array.from({ length: NODES }, (_, index) => `delegate-${index}`);
/** The one message that is otherwise in the second trace. */
const PARTS_AT = 9_000_000;
const DELIVERED = 0;
const LOST = 1;

/** Opening and comparing two traces of ten million messages that differ in the fate of one. */
export const diffTraces: Bench = async (name) => {
  const folder = await mkdtemp(path.join(tmpdir(), "orrery-bench-"));
  try {
    const files = [await write(path.join(folder, "a"), -1), await write(path.join(folder, "b"), PARTS_AT)] as const;
    const rounds: { seconds: number; atUs: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await compare(...files));
    const value = rounds.map(({ seconds }) => seconds).toSorted((a, b) => a - b)[ROUNDS >> 1] as number;
    const detail = `two traces of ${EVENTS} messages, opened and compared; they part at message ${PARTS_AT}`;
    const found = rounds.every(({ atUs }) => atUs === PARTS_AT * STEP_US);
    assert(found, "the two traces part where one message is otherwise");
    const bound = { target: MAX_SECONDS, met: value <= MAX_SECONDS };
    return [{ name, value, unit: "s", higherIsBetter: false, ratio: null, ...bound, detail }];
  } finally {
    await rm(folder, { recursive: true });
  }
};

async function write(folder: string, partsAt: number): Promise<string> {
  const run = await RunFolder.create(folder);
  const nodes = MEMBERS.map((member) => {
    return { name: member, role: "delegate", chain: "root", region: "lan", position: null };
  });
  const meta = {
    ...{ scenario: "synthetic", seed: "1", codeVersion: "0", level: "full" as const, nodes },
    ...{ messageClasses: ["invalid", "vote"], outcomes: ["delivered", "lost"], faults: [] },
  };
  const describeBlock = () => assert(false, "there are no blocks") as never;
  const writer = new TraceWriter({ meta, append: await run.append("trace.orrery"), compress, describeBlock });
  for (let event = 0; event < EVENTS; event++) {
    const [sentUs, source] = [event * STEP_US, event % NODES];
    const target = (source + 1 + (event % (NODES - 1))) % NODES;
    const arrivalUs = sentUs + 5000 + ((event * 7919) & 0xffff);
    writer.message(sentUs, arrivalUs, source, target, 1, 187, event === partsAt ? LOST : DELIVERED, event, event - 1);
    if (event % 10_000 === 0 && writer.backlog() > MAX_IN_FLIGHT) await writer.settled();
  }
  await writer.finish({ ending: "complete", digest: String(+(partsAt > 0)).repeat(64), untilUs: EVENTS * STEP_US });
  await run.seal("{}\n");
  return run.path("trace.orrery");
}

async function compare(first: string, second: string): Promise<{ seconds: number; atUs: number }> {
  const startMs = performance.now();
  const sources = [await FileRanges.open(first), await FileRanges.open(second)] as const;
  const [one, other] = [await openTrace(sources[0], decompress), await openTrace(sources[1], decompress)];
  const parted = await firstDivergence(one as Trace, other as Trace);
  for (const source of sources) await source.close();
  return { seconds: (performance.now() - startMs) / 1000, atUs: parted?.atUs ?? -1 };
}
