import { describe, expect, it } from "vitest";
import type { Context } from "../../../protocol/core/machine.ts";
import type { RawContext } from "../../host/step-context.ts";
import { Outcome } from "../../network/drop-reasons.ts";
import { type Greeting, makeWorld, type World } from "./flood.ts";
import { greeting, peer, scripted } from "./script-machine.ts";

/** Latency between any two nodes; lines are quick: 800 ns for a greeting's 100 bytes. */
const LATENCY_US = 20_000;
const quiet = { jitterUs: [[0]] } as const;

function run(world: World, events = 1000): World {
  world.host.startAll();
  world.kernel.advance(events);
  return world;
}

describe("a step", () => {
  it("leaves at the start of its service plus the work charged so far", () => {
    const arrivals: number[] = [];
    const sender = (context: Context) => {
      context.send(peer(1), greeting(1));
      context.charge("execute", 100);
      context.send(peer(1), greeting(2));
    };
    const makeMachine = scripted({ start: sender }, { message: (context) => arrivals.push(context.nowUs) });
    run(makeWorld({ nodes: 2, network: quiet, makeMachine }));
    const [first = 0, second = 0] = arrivals;
    expect(first).toBeGreaterThan(LATENCY_US);
    expect(second - first).toBeGreaterThanOrEqual(2000);
    expect(second - first).toBeLessThan(2010);
  });

  it("waits for the processor, which serves inputs one after another", () => {
    const begins: number[] = [];
    const busy = (context: Context) => {
      begins.push(context.nowUs);
      context.charge("execute", 1000);
    };
    const send = (context: Context) => context.send(peer(2), greeting(context.entropy()));
    run(
      makeWorld({
        nodes: 3,
        network: quiet,
        makeMachine: scripted({ start: send }, { start: send }, { message: busy }),
      }),
    );
    expect((begins[1] as number) - (begins[0] as number)).toBeGreaterThanOrEqual(20_000);
  });

  it("drops input beyond the processor's backlog, by name", () => {
    const send = (context: Context) => {
      for (let round = 0; round < 10; round++) context.send(peer(1), greeting(round));
    };
    const makeMachine = scripted({ start: send }, { message: (context) => context.charge("execute", 1000) });
    const { host } = run(makeWorld({ nodes: 2, network: quiet, makeMachine, host: { cpuBacklogUs: 50_000 } }));
    expect(host.outbox.drops[Outcome.cpuBacklogFull]).toBe(7);
  });
});

describe("persist", () => {
  it("holds back what is sent after it, in later steps too, and nothing sent before", () => {
    const arrivals = new Map<number, number>();
    const start = (context: Context) => {
      context.send(peer(1), greeting(1));
      context.persist("vote", new Uint8Array(10));
      context.send(peer(1), greeting(2));
      context.setTimer(0, 10);
    };
    const timer = (context: Context) => context.send(peer(1), greeting(3));
    const message = (context: Context, _from: number, got: object) =>
      arrivals.set((got as Greeting).round, context.nowUs);
    run(makeWorld({ nodes: 2, network: quiet, makeMachine: scripted({ start, timer }, { message }) }));
    expect(arrivals.get(1)).toBeLessThan(LATENCY_US + 50);
    expect(arrivals.get(2)).toBeGreaterThanOrEqual(LATENCY_US + 100);
    expect(arrivals.get(3)).toBeGreaterThanOrEqual(LATENCY_US + 100);
  });
});

describe("timers", () => {
  it("fire once after their delay, are replaced by number and can be cancelled", () => {
    const fired: string[] = [];
    const start = (context: Context) => {
      context.setTimer(0, 500);
      context.setTimer(0, 700);
      context.setTimer(1, 600);
      context.setTimer(2, 600);
      context.cancelTimer(2);
    };
    run(
      makeWorld({
        nodes: 1,
        makeMachine: scripted({ start, timer: (context, timer) => fired.push(`${timer}@${context.nowUs}`) }),
      }),
    );
    expect(fired).toEqual(["1@600", "0@700"]);
  });

  it("run on the drifting clock and do not move when the wall clock steps", () => {
    const fired: number[] = [];
    const makeMachine = scripted({
      start: (context) => context.setTimer(0, 1_000_000),
      timer: () => fired.push(world.kernel.nowUs),
    });
    const world = makeWorld({ nodes: 1, makeMachine });
    world.clocks.setDrift(0, 1000, 0);
    world.host.startAll();
    world.clocks.step(0, 900_000);
    world.kernel.advance(10);
    expect(fired).toEqual([999_001]);
  });
});

describe("a crash", () => {
  it("takes writes that are not durable, and what had not left, but neither what had", () => {
    const found: (string[] | null)[] = [];
    const start = (context: Context, storage: ReadonlyMap<string, Uint8Array>) => {
      found.push([...storage.keys()]);
      if (found.length > 1) return;
      context.send(peer(1), greeting(1));
      context.persist("early", new Uint8Array(1));
      context.setTimer(0, 1000);
      context.setTimer(1, 5000);
    };
    const timer = (context: Context, number: number) => {
      if (number !== 0) return;
      context.persist("late", new Uint8Array(1));
      context.send(peer(1), greeting(2));
    };
    const got: number[] = [];
    const message = (_context: Context, _from: number, message: object) => got.push((message as Greeting).round);
    const world = makeWorld({ nodes: 2, network: quiet, makeMachine: scripted({ start, timer }, { message }) });
    world.host.startAll();
    world.kernel.advance(1);
    expect(world.kernel.nowUs).toBe(1000);
    expect(world.host.crash(0, "kept")).toEqual({ lost: 1, torn: 0 });
    world.host.start(0);
    world.kernel.advance(100);
    expect(found).toEqual([[], ["early"]]);
    expect(got).toEqual([1]);
    expect(world.host.outbox.drops[Outcome.senderCrashed]).toBe(1);
    expect(world.kernel.pending).toBe(0);
  });

  it("makes the node miss what reaches it, and frees every message in the end", () => {
    const send = (context: Context) => context.broadcast([peer(1), peer(2)], greeting(1));
    const world = makeWorld({ nodes: 3, makeMachine: scripted({ start: send }) });
    world.host.startAll();
    world.host.crash(1, "kept");
    world.kernel.advance(10);
    expect(world.host.nodes.missed[1]).toBe(1);
    expect(world.host.outbox.drops[Outcome.receiverDown]).toBe(1);
    expect(world.host.outbox.emissions.size).toBe(0);
  });
});

describe("messages", () => {
  it("are encoded once, whoever sends them on, and freed with their last copy", () => {
    let encodings = 0;
    const encode = () => {
      encodings++;
      return new Uint8Array(50);
    };
    const shared = greeting(1);
    const start = (context: Context) => context.broadcast([peer(0), peer(1), peer(2)], shared);
    const { host } = run(
      makeWorld({
        nodes: 3,
        network: { duplicateProbability: 1 },
        makeMachine: scripted({ start }, { start }),
        host: { codec: { encode, decode: () => null } },
      }),
    );
    expect([encodings, host.outbox.emitted, host.outbox.copies]).toEqual([1, 2, 10]);
    expect(host.outbox.emissions.size).toBe(0);
  });

  it("that are only bytes are carried, and counted as rejected where they arrive", () => {
    const got: number[] = [];
    const start = (context: Context) => {
      (context as RawContext).sendBytes(peer(1), Uint8Array.of(9, 9, 9));
      (context as RawContext).sendBytes(peer(1), new Uint8Array([1, 0, 0, 0, 7, 0, 0, 0, 0]));
    };
    const message = (_context: Context, _from: number, message: object) => got.push((message as Greeting).round);
    const { host } = run(makeWorld({ nodes: 2, makeMachine: scripted({ start }, { message }) }));
    expect(got).toEqual([7]);
    expect(host.outbox.drops[Outcome.undecodable]).toBe(1);
  });

  it("changed after they were sent are a bug that the paranoid mode finds", () => {
    const changing = { kind: 1, wire: null, round: 1, from: 0, sizeBytes: 20 };
    const start = (context: Context) => {
      context.send(peer(1), changing);
      changing.round = 2;
      context.send(peer(1), changing);
    };
    expect(() => run(makeWorld({ nodes: 2, makeMachine: scripted({ start }), host: { paranoid: true } }))).toThrow(
      "changed",
    );
  });

  it("of a node's own user come from the client, at their time", () => {
    const got: string[] = [];
    const world = makeWorld({
      nodes: 1,
      makeMachine: scripted({ message: (context, from) => got.push(`${from}@${context.nowUs}`) }),
    });
    world.host.startAll();
    world.host.submit(0, greeting(1), 77);
    world.kernel.advance(5);
    expect(got).toEqual(["-1@77"]);
  });
});

describe("once", () => {
  const results = (paranoid: boolean, recheck?: { every: number; same: () => boolean }) => {
    let computed = 0;
    const [state, input] = [{}, {}];
    const start = (context: Context) => context.once(state, input, () => ++computed);
    const host = { paranoid, ...(recheck === undefined ? {} : { recheck }) };
    run(makeWorld({ nodes: 5, makeMachine: scripted({ start }, { start }, { start }, { start }, { start }), host }));
    return computed;
  };

  it("computes once for all nodes, and every time when paranoid", () => {
    expect([results(false), results(true)]).toEqual([1, 5]);
  });

  it("computes every N-th hit again and stops when the results differ", () => {
    expect(results(false, { every: 2, same: () => true })).toBe(3);
    expect(() => results(false, { every: 2, same: () => false })).toThrow("computing it again");
  });
});
