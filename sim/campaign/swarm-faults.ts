import type { RandomStream } from "../kernel/index.ts";
import type { Adversary, Fault, RootchainScenario, Strategy } from "../scenario/scenario.ts";
import { groupOfNodes } from "./operations.ts";
import { chance, pickOne, pickSome, within } from "./swarm-draw.ts";
import { DRAWS, drawForgetting, type Stage } from "./swarm-fault-kinds.ts";

const MAX_FAULTS = 4;
/** Part of the faulty delegates that forget; the others lie. */
const FORGETFUL = 1 / 3;
const STRATEGIES: readonly Strategy[] = [
  ...(["silent", "equivocate", "equivocate-one", "double-vote", "vote-all", "withhold-votes", "stale-future"] as const),
  ...(["lie-view-change", "invalid-block", "censor", "grind-seed", "withhold-priority", "twins", "flood"] as const),
  "mutate-messages",
];

/** How often a liar keeps a neighbour in the dark instead: a draw of its own, so that all others stay as they were. */
const ECLIPSE = 1 / 12;

/** What goes wrong in one scenario. */
export interface Trouble {
  readonly faults: readonly Fault[];
  readonly adversaries: readonly Adversary[];
  readonly healedUs: number;
  /** Delegates that lie or whose disk forgets. */
  readonly guilty: number;
}

/**
 * Draws faults of every kind, a few at a time, and adversaries. Byzantine and forgetful delegates together are at most
 * ⌊(committee − 1) / 3⌋ of all, so that no committee ever has more.
 *
 * @param drawFor opens the stream of one purpose
 */
export function drawTrouble(
  drawFor: (purpose: string) => RandomStream,
  { rootchain, tears }: { rootchain: RootchainScenario; tears: boolean },
): Trouble {
  const { delegates, standby, fullNodes, committee } = rootchain;
  const nodes = Array.from({ length: delegates + standby + fullNodes }, (_, node) => node);
  const stage: Stage = { rootchain, tears, nodes, signers: nodes.slice(0, delegates + standby) };
  const draw = drawFor("budget");
  const budget = Math.floor((committee - 1) / 3);
  const faulty = pickSome(draw, stage.signers.slice(0, delegates), within(draw, 0, budget));
  const forgetful = faulty.splice(0, faulty.filter(() => chance(draw, FORGETFUL)).length);
  const kinds = Object.keys(DRAWS).filter((kind) => kind !== "torn");
  const some = pickSome(draw, kinds, within(draw, forgetful.length === 0 ? 1 : 0, MAX_FAULTS));
  const drawn = tears ? ["torn", ...some] : some;
  const faults = [
    ...forgetful.flatMap((node) => drawForgetting(drawFor(`lost/${node}`), stage, node)),
    ...drawn.map((kind): Fault => {
      const fault = DRAWS[kind as keyof typeof DRAWS](drawFor(`fault/${kind}`), stage);
      return { ...fault, name: kind };
    }),
  ];
  return {
    faults,
    adversaries: drawAdversaries(drawFor, stage, faulty),
    guilty: forgetful.length + faulty.length,
    healedUs: Math.max(...faults.map(({ atUs, forUs }) => atUs + (forUs ?? 0))),
  };
}

/** Now and then those who lie know each other, and lie alike. */
function drawAdversaries(
  drawFor: (purpose: string) => RandomStream,
  stage: Stage,
  faulty: readonly number[],
): Adversary[] {
  const conspire = faulty.length > 1 && chance(drawFor("gang"), 1 / 2);
  const gangs = conspire ? [faulty] : faulty.map((node) => [node]);
  const honest = stage.nodes.filter((node) => !faulty.includes(node));
  return gangs.map((nodes) => {
    const adversary = drawAdversary(drawFor(`adversary/${nodes[0]}`), stage, nodes);
    const eclipse = drawFor(`eclipse/${nodes[0]}`);
    if (!chance(eclipse, ECLIPSE)) return adversary;
    return { ...adversary, name: `eclipse-${nodes[0]}`, strategy: "eclipse", victim: pickOne(eclipse, honest) };
  });
}

function drawAdversary(draw: RandomStream, { rootchain }: Stage, nodes: readonly number[]): Adversary {
  const strategy = pickOne(draw, STRATEGIES);
  const fromUs = chance(draw, 1 / 2) ? 0 : within(draw, 0, 20 * rootchain.roundUs);
  return { name: `${strategy}-${nodes[0]}`, nodes: groupOfNodes(nodes), strategy, fromUs };
}
