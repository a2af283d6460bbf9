import { createNobleBackend } from "../../../protocol/crypto/backend-noble.ts";
import type { Block } from "../../../protocol/ledger/block.ts";
import { payToKey } from "../../../protocol/rootchain/script/standard.ts";
import type { UtxoTransaction } from "../../../protocol/rootchain/transaction.ts";
import type { TraceSink } from "../../host/trace-sink.ts";
import { deriveSeed } from "../../kernel/index.ts";
import type { RunSummary } from "../../runner/summary.ts";
import { backendOf } from "../../runner/world.ts";
import type { Scenario } from "../../scenario/index.ts";
import { outcomeOf } from "../campaign/run.ts";
import { loadText } from "../scenario/from-text.ts";

/** A final block of the rootchain, and who was to sign it. */
export interface RootBlock {
  readonly block: Block;
  readonly committee: readonly number[];
}

/** What a run of a scenario came to. */
export interface Played {
  readonly summary: RunSummary;
  /** Of the rootchain, by height from 1 on. */
  readonly blocks: readonly RootBlock[];
  readonly scenario: Scenario;
  /** @returns a figure of the summary; not a number where it has none */
  figure(name: string): number;
  /** @returns how often an adversary bit */
  bites(name: string): number;
}

/** Two delegates more than the least, one subchain to attack and one beside it. */
const WORLD = `
name: x
question: x?
duration: 2 min
crypto: modelled
rootchain: {delegates: 4, standby: 1, committee: 4, iterations: 4, round: 2 s, fullNodes: 1}
subchains:
  - {name: bad, operators: 4, round: 2 s, fullNodes: 1}
  - {name: shop, operators: 4, round: 2 s}
relayers: {count: 2}
network:
  backbone: {regions: world-6, bandwidth: 100 Mbit/s}
workload:
  - {transfer: {name: deposits, from: root, to: bad, rate: 15/min, accounts: 6, amount: 5..10 IOTX}}
  - {transfer: {name: orders, from: shop, to: root, rate: 15/min, accounts: 6}}
`;

function collecting(delegates: number, blocks: RootBlock[]): TraceSink {
  const nothing = () => undefined;
  return {
    message: nothing,
    late: nothing,
    timer: nothing,
    power: nothing,
    battery: nothing,
    radioLoss: nothing,
    place: nothing,
    fault: nothing,
    transfer: nothing,
    observation(node, _atUs, observation) {
      if (observation.kind !== "finalized" || node >= delegates) return;
      const { block, committee, height } = observation;
      blocks[height - 1] ??= { block: block as Block, committee };
    },
  };
}

/** Runs a scenario: the common world with more to it. @param load one more, after the common ones */
export function play(more: string, settings: readonly string[] = [], load = ""): Played {
  const loads = load === "" ? "" : `  - {transfer: ${load}}\n`;
  return playText(`${WORLD}${loads}expect: {safety: always}\n${more}`, ...settings);
}

/** Runs a scenario. @param text of its file */
export function playText(text: string, ...settings: string[]): Played {
  const scenario = loadText(text, ...settings);
  const blocks: RootBlock[] = [];
  const { delegates, standby } = scenario.rootchain;
  const { summary } = outcomeOf(scenario, { trace: collecting(delegates + standby, blocks) });
  return {
    summary,
    blocks,
    scenario,
    figure: (name) => summary.figures.find((each) => each.name === name)?.value ?? Number.NaN,
    bites: (name) => summary.faults.find((each) => each.name === name)?.bites ?? Number.NaN,
  };
}

/** @returns the final transactions of the rootchain's own kind, in order, each with its height */
export function finalSpends({ blocks }: Played): { transaction: UtxoTransaction; height: number }[] {
  return blocks.flatMap(({ block }) =>
    block.transactions.flatMap((transaction) =>
      transaction.kind === "utxo" ? [{ transaction, height: block.header.height }] : [],
    ),
  );
}

/** @returns the script that pays an accomplice on the rootchain */
export function scriptOf({ scenario }: Played, purpose: string): Uint8Array {
  const backend = backendOf(scenario, createNobleBackend());
  return payToKey(backend.keyPairFromSeed(deriveSeed(scenario.seed, `adversary/${purpose}`)).publicKey);
}

/** @returns the invariants that were broken, each with its chain, in order and once */
export function broken({ summary }: Played): string[] {
  return [
    ...new Set(summary.violations.map(({ chain, invariant }) => (chain === "" ? invariant : `${chain}.${invariant}`))),
  ];
}
