import type { Hash } from "../../protocol/core/ids.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { decodeOutputEntry } from "../../protocol/rootchain/entries.ts";
import { outpointKey } from "../../protocol/rootchain/outpoint.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";
import { type RootValue, rootValueIn, totalOf } from "./root-value.ts";

/** Blocks between two recounts of what a node itself holds. */
const RECOUNT_INTERVAL = 32;

interface Seen {
  readonly atUs: number;
  readonly node: number;
  readonly height: number;
}

/**
 * No value is created and no output is spent twice (R1); all entries of the rootchain's ledger add up to what there was at
 * genesis, plus what the reward schedule has issued, less what slashing has burned (R6).
 */
export class RootSupplyChecker implements Checker {
  readonly name = "supply";
  readonly #findings: Findings;
  readonly #world: World;
  readonly #people: People;
  readonly #genesisTotal: bigint;
  /** Amounts of unspent outputs by their keys, followed block by block. */
  readonly #unspent = new Map<Hash, bigint>();
  #burned = 0n;
  #broken = false;

  constructor(world: World, chain: FinalChain, people: People) {
    this.#findings = new Findings("supply", world.chain);
    this.#world = world;
    this.#people = people;
    for (const [key, entry] of world.genesis.ledger.entries.entries()) {
      const output = decodeOutputEntry(entry);
      if (output !== null) this.#unspent.set(key, output.amount);
    }
    this.#genesisTotal = totalOf(rootValueIn(world.genesis.ledger.entries, world.nativeToken));
    chain.onBlock((block, atUs, node) => this.#onBlock(block, { atUs, node, height: block.header.height }));
  }

  finish(endUs: number): CheckerReport {
    const [node] = this.#people.honest;
    if (node !== undefined) this.#recount({ atUs: endUs, node, height: this.#world.stateOf(node)?.height ?? 0 }, true);
    return this.#findings.report();
  }

  #onBlock(block: Block, seen: Seen): void {
    let mayBurn = false;
    for (const transaction of block.transactions) {
      if (transaction.kind === "evidence") mayBurn = true;
      if (transaction.kind !== "utxo") continue;
      const kind = transaction.payload?.kind;
      mayBurn ||= kind === "evidence-reveal" || kind === "fraud-proof";
      this.#spend(transaction, seen);
    }
    if (mayBurn || seen.height % RECOUNT_INTERVAL === 0) this.#recount(seen, mayBurn);
  }

  #spend(transaction: UtxoTransaction, seen: Seen): void {
    this.#findings.samples++;
    let spent = 0n;
    for (const { outpoint } of transaction.inputs) {
      const key = outpointKey(outpoint);
      const amount = this.#unspent.get(key);
      if (amount === undefined) this.#violation(seen, "a transaction spends what is not there, or no longer");
      this.#unspent.delete(key);
      spent += amount ?? 0n;
    }
    let made = 0n;
    transaction.outputs.forEach(({ amount }, index) => {
      made += amount;
      this.#unspent.set(outpointKey({ transactionId: transaction.outpointId, index }), amount);
    });
    // What other payloads give out is in the recount: it depends on more than the transaction.
    const plain = transaction.payload === null || MOVES_NOTHING.has(transaction.payload.kind);
    if (plain && made > spent) this.#violation(seen, `a transaction makes ${made - spent} base units from nothing`);
  }

  #recount(seen: Seen, mayBurn: boolean): void {
    const state = this.#world.stateOf(seen.node);
    if (state === null || state.height !== seen.height) return;
    this.#findings.samples++;
    const value = rootValueIn(state.ledger.entries, this.#world.nativeToken);
    const excess = totalOf(value) - this.#genesisTotal - value.issued + value.burned;
    if (excess !== 0n && !this.#broken) {
      this.#broken = true;
      this.#violation(seen, `the ledger holds ${excess} base units more than it may`);
    }
    this.#judgeBurned(value, { seen, mayBurn });
  }

  #judgeBurned({ burned }: RootValue, { seen, mayBurn }: { seen: Seen; mayBurn: boolean }): void {
    if (burned < this.#burned || (burned > this.#burned && !mayBurn)) {
      this.#violation(seen, "what was burned changes without evidence");
    }
    this.#burned = burned;
  }

  #violation({ atUs, node, height }: Seen, what: string): void {
    this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
  }
}

/** Advanced kinds that neither take value in nor give any out. */
const MOVES_NOTHING: ReadonlySet<string> = new Set([
  "register-subchain",
  "nominate",
  "resign",
  "anchor",
  "register-delegate",
  "vote",
  "unbond",
  "evidence-commit",
]);
