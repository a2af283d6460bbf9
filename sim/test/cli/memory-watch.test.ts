import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { residentBytes } from "../../platform/node/memory-watch.ts";
import { WorkerSeat } from "../../platform/node/worker-pool.ts";

const MEBIBYTE = 2 ** 20;
const told = existsSync("/proc/self/status");

/** A worker that keeps so many mebibytes outside the heap, in silence, and never ends. */
function greedy(mebibytes: number): URL {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "orrery-greedy-")), "worker.mjs");
  const loop = `for (;;) if (kept.length < ${mebibytes}) kept.push(Buffer.alloc(${MEBIBYTE}, 1));`;
  writeFileSync(file, `const kept = []; process.on("message", () => { ${loop} });`);
  return pathToFileURL(file);
}

async function endOf(mebibytes: number, maxSilenceMs: number): Promise<unknown> {
  const signal = new AbortController().signal;
  const seat = new WorkerSeat({ module: greedy(mebibytes), maxRssBytes: 160 * MEBIBYTE, maxSilenceMs, signal });
  const outcome = await seat.run({});
  seat.close();
  return outcome;
}

describe.skipIf(!told)("a worker that says nothing, where the system tells memory,", () => {
  test("and takes too much of it is told as that, before its silence counts", async () => {
    expect(await endOf(300, 60_000)).toEqual({ lost: expect.stringMatching(/^took [1-3]\d\d MiB of memory$/u) });
  });

  test("and chokes just below its limit is told as out of memory, and not as an endless loop", async () => {
    expect(await endOf(90, 2000)).toEqual({ lost: expect.stringMatching(/^took 1[1-5]\d MiB of memory$/u) });
  });

  test("and takes little of it is in an endless loop", async () => {
    expect(await endOf(10, 1000)).toEqual({ lost: "no sign of life for 1 s of its own time" });
  });

  test("a process that is gone takes no memory that anybody could tell", () => {
    expect(residentBytes(2 ** 30)).toBe(null);
    expect(residentBytes(process.pid)).toBeGreaterThan(10 * MEBIBYTE);
  });
});
