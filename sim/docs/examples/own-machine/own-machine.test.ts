import { loadScenario, type MachineMaker, runScenario } from "@orrery-sim/orrery/testing";
import { matchers } from "@orrery-sim/orrery/vitest";
import { expect, test } from "vitest";
import { OnceEach } from "./once-each.ts";
import { Stubborn } from "./stubborn.ts";

expect.extend(matchers);

const onceEach: MachineMaker = (_seat, standard) => new OnceEach(standard);
const stubborn: MachineMaker = ({ role }, standard) => (role === "delegate" ? new Stubborn(standard) : standard);

test.each(["1", "2"])("machines that hear each message once go on while others are down (seed %s)", async (seed) => {
  const run = await runScenario(loadScenario("crashed-leader.yaml", { seed }), { machines: onceEach });
  expect(run).toHold();
  expect(run).toKeepWithin("finality.p50", 1);
  expect(run).toKeepWithin("height", { atLeast: 20 });
});

test("the standard machines do so too, and a run is the same whenever it is made", async () => {
  const scenario = loadScenario("crashed-leader.yaml");
  const [one, other] = [await runScenario(scenario), await runScenario(scenario)];
  expect(one).toHold();
  expect(other).toHaveDigest(one.digest);
});

test("machines that never hear of a view change are caught", async () => {
  const run = await runScenario(loadScenario("crashed-leader.yaml"), { machines: stubborn });
  expect(run).not.toHold();
  expect(run).toBreak("liveness");
});
