import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { processorTimeMs, SilenceWatch } from "../../platform/node/silence-watch.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function node(code: string): number {
  const child = spawn(process.execPath, ["-e", code], { stdio: "ignore" });
  children.push(child);
  return child.pid as number;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const told = existsSync("/proc/self/stat");

describe.skipIf(!told)("a watch over a process, where the system tells processor time", () => {
  test("ends one that computes in silence, once", async () => {
    const hangs: number[] = [];
    const pid = node("for (;;);");
    await new Promise<void>((resolve) => {
      new SilenceWatch(pid, 200, () => {
        hangs.push(processorTimeMs(pid) as number);
        resolve();
      });
    });
    await wait(300);
    expect(hangs).toHaveLength(1);
    expect(hangs[0]).toBeGreaterThan(200);
  });

  test("spares one that gets no time to compute, and one that is heard", async () => {
    const hangs: string[] = [];
    const stopped = node("for (;;);");
    process.kill(stopped, "SIGSTOP");
    const idle = new SilenceWatch(stopped, 200, () => hangs.push("stopped"));
    const busy = new SilenceWatch(node("for (;;);"), 1000, () => hangs.push("heard"));
    for (let each = 0; each < 20; each++) {
      await wait(100);
      busy.heard();
    }
    idle.close();
    busy.close();
    expect(hangs).toEqual([]);
  });

  test("a process that is gone has taken no time that anybody could tell", () => {
    expect(processorTimeMs(2 ** 30)).toBe(null);
    expect(processorTimeMs(process.pid)).toBeGreaterThan(0);
  });
});
