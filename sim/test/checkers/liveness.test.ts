import { describe, expect, test } from "vitest";
import type { CheckerReport, FaultWindow } from "../../checkers/checker.ts";
import { Stage } from "./stage.ts";

const SECOND = 1_000_000;
const WITHIN = 3 * SECOND;

/** Blocks become final each second from `fromUs` to `toUs`, one second after the parent's. */
function run(stage: Stage, from: number, to: number): void {
  for (let second = from; second <= to; second++) stage.honestHeight();
}

function liveness(stage: Stage): CheckerReport {
  return stage.reports().get("liveness") as CheckerReport;
}

function staged(faults: readonly FaultWindow[] = [], byzantine: readonly number[] = []): Stage {
  return new Stage({ byzantine, liveness: { withinUs: WITHIN, faults } });
}

test("a chain that moves at once is live at every honest node", () => {
  const stage = staged([], [6]);
  run(stage, 1, 5);
  expect(liveness(stage)).toMatchObject({ samples: 6, violationCount: 0 });
});

test("a chain that never moves is not live", () => {
  const stage = staged();
  stage.at(10 * SECOND);
  const { violations, samples } = liveness(stage);
  expect(samples).toBe(7);
  expect(violations).toHaveLength(1);
  expect(violations[0]).toMatchObject({ atUs: WITHIN, nodes: [0, 1, 2, 3, 4, 5, 6] });
});

test("one node that stays behind after a heal is caught, though it takes in old blocks", () => {
  const stage = staged([{ fromUs: 4 * SECOND, toUs: 6 * SECOND }]);
  run(stage, 1, 5);
  const old = stage.state;
  stage.at(6 * SECOND + 1);
  const observe = (node: number, height: number) => {
    const seen = {
      kind: "finalized",
      height,
      view: 0,
      blockHash: old.blockHash,
      block: { header: { height } },
    } as never;
    for (const checker of stage.checkers) if (checker.name === "liveness") checker.onObserve?.(node, stage.nowUs, seen);
  };
  for (const node of stage.nodes) observe(node, node === 4 ? 5 : 6);
  stage.at(20 * SECOND);
  expect(liveness(stage).violations.map(({ nodes }) => nodes)).toEqual([[4]]);
});

test("a node that is down, or goes down, within the bound owes nothing; one that restarts at the heal does", () => {
  const stage = staged([{ fromUs: SECOND, toUs: 5 * SECOND }]);
  stage.at(2 * SECOND);
  for (const node of [0, 1]) stage.crash(node);
  stage.at(5 * SECOND).start(1);
  stage.at(6 * SECOND).crash(2);
  stage.at(20 * SECOND);
  expect(liveness(stage).violations.map(({ nodes }) => nodes)).toEqual([[1, 3, 4, 5, 6]]);
});

test("a bound that another fault or the run's end cuts short is not judged", () => {
  const cut = staged([
    { fromUs: SECOND, toUs: 4 * SECOND },
    { fromUs: 6 * SECOND, toUs: 30 * SECOND },
  ]);
  cut.at(29 * SECOND);
  expect(liveness(cut)).toMatchObject({ samples: 0, violationCount: 0 });
  const ended = staged().at(2 * SECOND);
  expect(liveness(ended)).toMatchObject({ samples: 0, violationCount: 0 });
});

test("without an expectation nothing is judged", () => {
  expect(liveness(new Stage().at(60 * SECOND)).note).toContain("nothing is expected");
});

describe("a healed core", () => {
  const nodes = [0, 1, 2, 3, 4];

  function withCore(live: readonly string[] = []): Stage {
    const core = { healed: { atUs: 4 * SECOND, nodes, liveSources: () => live }, excuse: "" };
    return new Stage({ liveness: { withinUs: WITHIN, faults: [{ fromUs: SECOND, toUs: 60 * SECOND }], core } });
  }

  /** Some nodes hold one more block. */
  function hold(stage: Stage, holders: readonly number[], height: number): void {
    const seen = {
      kind: "finalized",
      height,
      view: 0,
      blockHash: stage.state.blockHash,
      block: { header: { height } },
    };
    for (const checker of stage.checkers) {
      if (checker.name !== "liveness") continue;
      for (const node of holders) checker.onObserve?.(node, stage.nowUs, seen as never);
    }
  }

  test("that moves in time owes nothing more, and those outside owe nothing at all", () => {
    const stage = withCore().at(5 * SECOND);
    hold(stage, nodes, 1);
    stage.at(60 * SECOND);
    expect(liveness(stage)).toMatchObject({
      samples: 5,
      violationCount: 0,
      note: "healed core of 5 of 7 nodes at 4 s",
    });
  });

  test("one node of which is late is told, whatever those outside hold", () => {
    const stage = withCore().at(5 * SECOND);
    hold(stage, [0, 1, 3, 4, 5, 6], 1);
    stage.at(8 * SECOND);
    hold(stage, [2], 1);
    const { violations } = liveness(stage.at(60 * SECOND));
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ atUs: 4 * SECOND + WITHIN, nodes: [2] });
    expect(violations[0]?.detail).toContain("at 1 nodes of the healed core");
  });

  test("in which a fault source is live is no healed core", () => {
    const stage = withCore(["node 3: slow"]).at(5 * SECOND);
    hold(stage, nodes, 1);
    const { violations } = liveness(stage.at(60 * SECOND));
    expect(violations.map(({ detail }) => detail)).toEqual(["faults are live inside the healed core: node 3: slow"]);
  });

  test("that there is not is excused, in words", () => {
    const excuse = "no core of root has a quorum";
    const core = { healed: null, excuse };
    const stage = new Stage({ liveness: { withinUs: WITHIN, faults: [{ fromUs: 0, toUs: 60 * SECOND }], core } });
    expect(liveness(stage.at(60 * SECOND))).toMatchObject({ samples: 0, violationCount: 0, note: excuse });
  });
});
