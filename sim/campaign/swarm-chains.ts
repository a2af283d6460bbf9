import { assert } from "../../protocol/core/assert.ts";
import { type RandomStream, stream } from "../kernel/index.ts";
import { loadScenario, type Scenario } from "../scenario/index.ts";
import { chance, pickOne, within } from "./swarm-draw.ts";

const FILE = "swarm-chains.json";
/** Such a scenario is small: what the machine has does not matter to it. */
const MEMORY_BYTES = 2 ** 33;

/**
 * Draws a small world of chains from a seed: a rootchain and one or two subchains with transfers on and between them, a forger
 * of transactions among its full nodes, and a little trouble. Such a run must hold.
 *
 * @param seed decides the scenario and is its seed
 */
export function swarmOfChains(seed: string): Scenario {
  const given = JSON.stringify(drawWorld((purpose) => stream(seed, `swarm-chains/${purpose}`), seed));
  const files = { read: (file: string) => (file === FILE ? given : null) };
  return loadScenario({ folder: "", file: FILE, settings: [], files, totalMemoryBytes: MEMORY_BYTES });
}

type Draw = (purpose: string) => RandomStream;

function drawWorld(draw: Draw, seed: string): object {
  const shape = draw("shape");
  const delegates = within(shape, 4, 7);
  const round = `${within(shape, 1, 2)} s`;
  const subchains = Array.from({ length: within(shape, 1, 2) }, (_, place) => {
    // What the rootchain holds no token of cannot be locked there: only the chain that nobody pays from may have its own.
    const token = place > 0 && chance(shape, 1 / 2) ? { token: "own" } : {};
    return { name: NAMES[place], operators: within(shape, 4, 5), round, ...token };
  });
  return {
    name: "swarm-chains",
    question: "Does a small world of chains hold against a forger and a little trouble?",
    tier: "long",
    seed,
    crypto: "modelled",
    duration: "100 s",
    rootchain: { delegates, committee: delegates, iterations: 4, rounds: 4, round, fullNodes: 1 },
    subchains,
    relayers: { count: 2 },
    network: { backbone: drawBackbone(draw("network")) },
    workload: drawWorkload(draw("workload"), subchains.length),
    faults: drawFaults(draw("faults")),
    adversaries: [{ of: "full-nodes root", strategy: "forge-transactions", from: "5 s" }],
    expect: { safety: "always", liveness: { within: "50 s of heal" } },
  };
}

const NAMES = ["east", "west"];

function drawBackbone(draw: RandomStream): object {
  return {
    regions: pickOne(draw, ["lan", "europe-3", "world-6"]),
    bandwidth: "50 Mbit/s",
    loss: `${within(draw, 0, 3)} %`,
    duplication: `${within(draw, 0, 3)} %`,
  };
}

/** Everything that a chain can carry out: payments at home, into, out of, and between chains. */
function drawWorkload(draw: RandomStream, subchains: number): object[] {
  const rate = () => `${within(draw, 15, 40)} / min`;
  const other = subchains > 1 ? "west" : "root";
  const transfers = [
    { name: "root-pays", from: "root", to: "root" },
    { name: "east-pays", from: "east", to: "east" },
    { name: "deposits", from: "root", to: "east" },
    { name: "across", from: "east", to: other },
  ];
  return transfers.map((each) => ({ transfer: { ...each, rate: rate(), accounts: within(draw, 2, 6), data: "16 B" } }));
}

function drawFaults(draw: RandomStream): object[] {
  const at = `${within(draw, 8, 20)} s`;
  const restartAfter = `${within(draw, 5, 15)} s`;
  const kinds = [
    [],
    [{ at, crash: { count: 1, of: "delegates" }, restartAfter }],
    [{ at, crash: { count: 1, of: "operators east" }, restartAfter }],
  ];
  const drawn = pickOne(draw, kinds);
  assert(drawn !== undefined, "one of them");
  return drawn;
}
