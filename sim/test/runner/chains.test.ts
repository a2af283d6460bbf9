import { describe, expect, test } from "vitest";
import type { TransferStep, TransferStepNote } from "../../host/trace-sink.ts";
import { chainPlans, membersOf } from "../../runner/chain-plan.ts";
import { describeBlock, traceMeta } from "../../runner/index.ts";
import { namedRoles } from "../../runner/population.ts";
import { drawMeshes, drawServers } from "../../runner/topology.ts";
import { TraceWriter } from "../../trace/writer.ts";
import { outcomeOf } from "../campaign/run.ts";
import { load, twoSubchains } from "./two-subchains.ts";

const SCENARIO = twoSubchains();
const OUTCOME = outcomeOf(SCENARIO);

describe("the population of many chains", () => {
  const roles = namedRoles(SCENARIO);

  test("is numbered root first, then chain by chain, then relayers and light clients", () => {
    expect(roles.map(({ name }) => name)).toEqual([
      ...["delegate-0", "delegate-1", "delegate-2", "delegate-3", "standby-0", "full-node-0"],
      ...["home/operator-0", "home/operator-1", "home/operator-2", "home/operator-3", "home/full-node-0"],
      ...["shop/operator-0", "shop/operator-1", "shop/operator-2", "shop/operator-3"],
      ...["relayer-0", "sensor-0"],
    ]);
  });

  test("gives each chain the nodes that are named after it", () => {
    for (const plan of chainPlans(SCENARIO)) {
      const members = membersOf(plan).map((node) => roles[node]?.chain);
      expect(members).toEqual(new Array(members.length).fill(plan.name));
    }
    const held = chainPlans(SCENARIO).flatMap(membersOf);
    expect(new Set(held).size).toBe(held.length);
    expect(roles.length - held.length).toBe(2);
  });

  test("gossips within its chain only, and asks other chains' full nodes first", () => {
    const plans = chainPlans(SCENARIO);
    const mesh = drawMeshes(SCENARIO, plans, roles.length);
    mesh.forEach((neighbours, node) => {
      for (const other of neighbours) expect(roles[other]?.chain).toBe(roles[node]?.chain);
    });
    for (const plan of plans) {
      const servers = drawServers(SCENARIO, plan, 15);
      expect(servers.length).toBe(Math.min(8, membersOf(plan).length));
      expect(servers.every((server) => membersOf(plan).includes(server))).toBe(true);
      expect(servers.slice(0, plan.followers.count).every((server) => server >= plan.followers.first)).toBe(true);
    }
  });
});

describe("a run of two subchains", () => {
  const { summary } = OUTCOME;
  const figure = (name: string) => summary.figures.find((each) => each.name === name)?.value;

  test("keeps every invariant, on every chain", () => {
    expect(summary.violations).toEqual([]);
    expect(summary.expectations.map(({ verdict }) => verdict)).toEqual(["pass"]);
  });

  test("delivers all transfers of every load, in as many transactions as their way takes", () => {
    const transactions = { pay: 1, inside: 1, across: 3, naive: 4, up: 2, down: 2 };
    for (const { name, started, delivered, transactionsPerTransfer } of summary.loads) {
      expect(started).toBeGreaterThan(5);
      expect([name, delivered]).toEqual([name, started]);
      expect([name, transactionsPerTransfer]).toEqual([name, transactions[name as keyof typeof transactions]]);
    }
    const started = summary.loads.reduce((sum, each) => sum + each.started, 0);
    expect(summary.transfers).toMatchObject({ started, delivered: started, refunded: 0, inFlight: 0 });
  });

  test("tells each chain by its name, with blocks on all of them", () => {
    expect(summary.chains.map(({ id }) => id)).toEqual(["root", "home", "shop"]);
    for (const { height, transactions } of summary.chains) expect(Math.min(height, transactions)).toBeGreaterThan(20);
    expect(new Set(OUTCOME.metrics.map(({ chain }) => chain))).toEqual(new Set(["root", "home", "shop"]));
  });

  test("puts the bytes of a transfer where they lie", () => {
    const [across, naive, pay] = ["across", "naive", "pay"].map((name) =>
      summary.loads.find((each) => each.name === name),
    );
    for (const each of [across, naive]) expect(Object.values(each?.bytes ?? {}).every((bytes) => bytes > 0)).toBe(true);
    expect([pay?.bytes.source, pay?.bytes.destination]).toEqual([0, 0]);
    expect(figure("across.rootBytes")).toBeLessThan(figure("naive.rootBytes") ?? 0);
    expect(naive?.latencySeconds.p50).toBeGreaterThan(across?.latencySeconds.p50 ?? Number.POSITIVE_INFINITY);
  });

  test("accounts for escrow and quota", () => {
    const start = 2 * 1_000_000;
    const [balance, deposited, withdrawn] = ["balance", "deposited", "withdrawn"].map(
      (name) => figure(`escrow.${name}`) ?? 0,
    );
    expect(balance).toBeCloseTo(start + (deposited as number) - (withdrawn as number), 6);
    expect(withdrawn).toBeGreaterThan(0);
    const relocked = ["across", "naive", "up"].map(
      (name) => summary.loads.find((each) => each.name === name)?.delivered ?? 0,
    );
    expect(figure("quota.relocks")).toBe(relocked.reduce((sum, each) => sum + each, 0));
    expect(figure("quota.granted")).toBe(8);
    expect(figure("quota.spent")).toBeGreaterThan(0);
  });

  test("measures what following costs a light client", () => {
    expect(figure("light.sensor.bytes")).toBeGreaterThan(1000);
    expect(figure("light.sensor.signatures")).toBeGreaterThan(3);
    expect(figure("light.sensor.catchUp")).toBeLessThan(10);
  });

  test("lists its figures by name, each once", () => {
    const names = summary.figures.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });
});

/** A writer that also keeps what it is told of transfers. */
class Told extends TraceWriter {
  readonly steps: TransferStepNote[] = [];

  override transfer(step: TransferStepNote): void {
    this.steps.push(step);
    super.transfer(step);
  }
}

describe("the trace of a run of two subchains", () => {
  test("leaves the digest alone, and tells every step of transfers between chains in order", () => {
    const meta = traceMeta(SCENARIO, { level: "full", codeVersion: "test" });
    const trace = new Told({ meta, append: async () => undefined, compress: async (bytes) => bytes, describeBlock });
    expect(outcomeOf(SCENARIO, { trace }).digest).toBe(OUTCOME.digest);
    const stepsOf = new Map<number, TransferStep[]>();
    for (const { number, step } of trace.steps) stepsOf.set(number, [...(stepsOf.get(number) ?? []), step]);
    const ways = new Set([...stepsOf.values()].map((steps) => steps.join(" ")));
    expect(ways).toEqual(
      new Set([
        "started locked relocked delivered",
        "started locked relocked locked delivered",
        "started locked delivered",
      ]),
    );
    const delivered = ["across", "naive", "up", "down"].map((name) =>
      OUTCOME.summary.loads.find((each) => each.name === name),
    );
    expect(stepsOf.size).toBe(delivered.reduce((sum, each) => sum + (each?.delivered ?? 0), 0));
    expect(trace.steps.every(({ from, to }) => from !== to)).toBe(true);
  });
});

describe("transfers whose destination never takes them", () => {
  test("come back once they have expired", () => {
    // Operators of the destination are down from the start, so nothing is ever delivered there.
    const nodes = [{ first: 11, last: 13, count: 3 }];
    const crash = { kind: "crash", name: "dark", atUs: 1_000_000, forUs: 60_000_000, nodes, disk: "kept" } as const;
    const expiryUs = { root: 20_000_000, destination: 20_000_000 };
    const across = load("across", "home", "shop", { expiryUs, stopUs: 10_000_000 });
    const { summary } = outcomeOf(twoSubchains({ faults: [crash], workload: [across], durationUs: 150_000_000 }));
    expect(summary.violations).toEqual([]);
    const { started, delivered, refunded, inFlight } = summary.transfers;
    expect(started).toBeGreaterThan(2);
    expect(refunded).toBeGreaterThan(0);
    expect([delivered + refunded, inFlight]).toEqual([started, 0]);
  });
});
