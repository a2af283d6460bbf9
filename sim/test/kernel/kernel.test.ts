import { describe, expect, it } from "vitest";
import { RunDigest } from "../../kernel/digest.ts";
import { type EventHandler, Kernel, type KernelOptions } from "../../kernel/kernel.ts";
import { Perturbation } from "../../kernel/perturbation.ts";

function makeKernel(options: Partial<KernelOptions> = {}): { kernel: Kernel; digest: RunDigest; log: string[] } {
  const digest = new RunDigest();
  const kernel = new Kernel({ sources: 16, digest, ...options });
  const log: string[] = [];
  const handler: EventHandler = { handle: (kind, a) => log.push(`${kernel.nowUs}:${kind}:${a}`) };
  for (const kind of [0, 1, 2]) kernel.register(kind, handler);
  return { kernel, digest, log };
}

/** Schedules a small burst, in the order given. */
function scheduleAll(kernel: Kernel, order: readonly number[]): void {
  for (const source of order) kernel.schedule(5, source % 3, source, source, 0, 0);
}

describe("kernel", () => {
  it("executes by time, kind and source, not by when an event was scheduled", () => {
    const [forwards, backwards] = [makeKernel(), makeKernel()];
    const order = Array.from({ length: 16 }, (_, index) => index);
    scheduleAll(forwards.kernel, order);
    scheduleAll(backwards.kernel, order.toReversed());
    forwards.kernel.advance(100);
    backwards.kernel.advance(100);
    expect(backwards.log).toEqual(forwards.log);
    expect(backwards.digest.finish()).toBe(forwards.digest.finish());
    expect(forwards.log.slice(0, 3)).toEqual(["5:0:0", "5:0:3", "5:0:6"]);
  });

  it("lets a perturbation change the order of equal times within a kind only", () => {
    const plain = makeKernel();
    const perturbed = makeKernel({ perturbation: new Perturbation(7) });
    const order = Array.from({ length: 16 }, (_, index) => index);
    for (const { kernel } of [plain, perturbed]) {
      scheduleAll(kernel, order);
      kernel.advance(100);
    }
    expect(perturbed.log).not.toEqual(plain.log);
    expect(perturbed.log.toSorted()).toEqual(plain.log.toSorted());
    const kinds = perturbed.log.map((line) => line.split(":")[1]);
    expect(kinds).toEqual(kinds.toSorted());
  });

  it("gives each source another rank under any perturbation", () => {
    const perturbation = new Perturbation(3);
    const ranks = new Set(Array.from({ length: 1 << 12 }, (_, source) => perturbation.rank(source)));
    expect(ranks.size).toBe(1 << 12);
    expect(Math.max(...ranks)).toBeLessThan(1 << 20);
  });

  it("stops at its time, at its bound of events, at the end of a slice and when told", () => {
    const until = makeKernel({ untilUs: 4 });
    scheduleAll(until.kernel, [1]);
    expect(until.kernel.advance(10)).toBe("until");
    const bound = makeKernel({ maxEvents: 2 });
    scheduleAll(bound.kernel, [1, 2, 3]);
    expect([bound.kernel.advance(1), bound.kernel.advance(9), bound.log.length]).toEqual(["slice", "event bound", 2]);
    const told = makeKernel();
    scheduleAll(told.kernel, [1, 2]);
    told.kernel.stop();
    expect(told.kernel.advance(9)).toBe("stopped");
    expect(makeKernel().kernel.advance(1)).toBe("drained");
  });

  it("refuses an event in the past", () => {
    const { kernel } = makeKernel();
    kernel.schedule(5, 0, 0, 0, 0, 0);
    kernel.advance(1);
    expect(() => kernel.schedule(4, 0, 0, 0, 0, 0)).toThrow("now or later");
  });

  it("does not execute a cancelled event", () => {
    const { kernel, log } = makeKernel();
    const token = kernel.scheduleCancellable(5, 0, 0, 1, 0);
    kernel.schedule(6, 0, 0, 2, 0, 0);
    expect(kernel.cancel(token, kernel.generationOf(token))).toBe(true);
    kernel.advance(10);
    expect(log).toEqual(["6:0:2"]);
  });
});
