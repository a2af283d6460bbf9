import { type Bid, decodeBids, decodeGrants } from "../../protocol/bridge/quota-entries.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import { assert } from "../../protocol/core/assert.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import { hashTagged, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { decodeOutputEntry } from "../../protocol/rootchain/entries.ts";
import { outpointKey } from "../../protocol/rootchain/outpoint.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";
import { stakeFaults } from "./root-stakes.ts";
import { type RootValue, RunningValue, rootValueIn, totalOf } from "./root-value.ts";

/** Blocks between two recounts of every entry from nothing; in between the sum is followed by what changes. */
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
  readonly #value: RunningValue;
  /** Amounts of unspent outputs by their keys, followed block by block. */
  readonly #unspent = new Map<Hash, bigint>();
  /** Deposits by the outputs that may give them back: the ledger makes those itself, at the end of a quota period. */
  readonly #returns = new Map<Hash, bigint>();
  #burned = 0n;
  /** Whether evidence was given since the last recount. */
  #mayBurn = false;
  #broken = false;

  constructor(world: World, chain: FinalChain, people: People) {
    this.#findings = new Findings("supply", world.chain);
    this.#world = world;
    this.#people = people;
    for (const [key, entry] of world.genesis.ledger.entries.entries()) {
      const output = decodeOutputEntry(entry);
      if (output !== null) this.#unspent.set(key, output.amount);
      for (const bid of [...(decodeBids(entry) ?? []), ...(decodeGrants(entry) ?? [])]) this.#mayReturn(bid);
    }
    this.#value = new RunningValue(world.genesis.ledger.entries, world.nativeToken);
    this.#genesisTotal = totalOf(rootValueIn(world.genesis.ledger.entries, world.nativeToken));
    chain.onBlock((block, atUs, node) => this.#onBlock(block, { atUs, node, height: block.header.height }));
  }

  finish(endUs: number): CheckerReport {
    const last = this.#last();
    if (last !== null) {
      const seen = { atUs: endUs, node: last.node, height: last.state.height };
      this.#recount(seen);
      this.#judgeStakes(last.state, seen);
    }
    return this.#findings.report();
  }

  /** @returns the state of an honest node that is behind none: what one that lags holds was counted long ago */
  #last(): { readonly node: number; readonly state: ChainState } | null {
    let last: { readonly node: number; readonly state: ChainState } | null = null;
    for (const node of this.#people.honest) {
      const state = this.#world.stateOf(node);
      if (state !== null && (last === null || state.height > last.state.height)) last = { node, state };
    }
    return last;
  }

  #onBlock(block: Block, seen: Seen): void {
    let accuses = false;
    for (const transaction of block.transactions) {
      if (transaction.kind === "evidence") accuses = true;
      if (transaction.kind !== "utxo") continue;
      const kind = transaction.payload?.kind;
      accuses ||= kind === "evidence-reveal" || kind === "fraud-proof";
      this.#spend(transaction, seen);
    }
    this.#mayBurn ||= accuses;
    this.#recount(seen);
  }

  #spend(transaction: UtxoTransaction, seen: Seen): void {
    this.#findings.samples++;
    let spent = 0n;
    for (const { outpoint } of transaction.inputs) {
      const key = outpointKey(outpoint);
      const amount = this.#unspent.get(key) ?? this.#returns.get(key);
      if (amount === undefined) this.#violation(seen, "a transaction spends what is not there, or no longer");
      this.#unspent.delete(key);
      this.#returns.delete(key);
      spent += amount ?? 0n;
    }
    let made = 0n;
    transaction.outputs.forEach(({ amount }, index) => {
      made += amount;
      this.#unspent.set(outpointKey({ transactionId: transaction.outpointId, index }), amount);
    });
    const { payload } = transaction;
    if (payload?.kind === "quota-bid") this.#mayReturn({ id: transaction.outpointId, deposit: payload.deposit });
    // What other payloads give out is in the recount: it depends on more than the transaction.
    const isPlain = payload === null || TAKES_INPUTS_ONLY.has(payload.kind);
    made += absorbedBy(payload);
    if (isPlain && made > spent) this.#violation(seen, `a transaction makes ${made - spent} base units from nothing`);
  }

  #mayReturn({ id, deposit }: Pick<Bid, "id" | "deposit">): void {
    const transactionId = hashTagged("orrery/quota-refund", hashToBytes(id));
    this.#returns.set(outpointKey({ transactionId, index: 0 }), deposit);
  }

  #recount(seen: Seen): void {
    const state = this.#world.stateOf(seen.node);
    if (state === null || state.height !== seen.height) return;
    this.#findings.samples++;
    const value = this.#value.follow(state.ledger.entries);
    if (seen.height % RECOUNT_INTERVAL === 0) this.#recountFromNothing(state, value);
    const excess = totalOf(value) - this.#genesisTotal - value.issued + value.burned;
    if (excess !== 0n && !this.#broken) {
      this.#broken = true;
      this.#violation(seen, `the ledger holds ${excess} base units more than it may`);
    }
    if (seen.height % RECOUNT_INTERVAL === 0) this.#judgeStakes(state, seen);
    this.#judgeBurned(value, seen);
  }

  #recountFromNothing({ ledger }: ChainState, followed: RootValue): void {
    const counted = rootValueIn(ledger.entries, this.#world.nativeToken);
    assert(totalOf(counted) === totalOf(followed), "the sum that is followed is the sum of all entries");
  }

  #judgeStakes(state: ChainState, seen: Seen): void {
    for (const fault of stakeFaults(state)) this.#violation(seen, fault);
  }

  #judgeBurned({ burned }: RootValue, seen: Seen): void {
    if (burned < this.#burned || (burned > this.#burned && !this.#mayBurn)) {
      this.#violation(seen, "what was burned changes without evidence");
    }
    this.#burned = burned;
    this.#mayBurn = false;
  }

  #violation({ atUs, node, height }: Seen, what: string): void {
    this.#findings.violation(atUs, [node], `height ${height}: ${what}`);
  }
}

/** What a payload keeps of its transaction's inputs, base units. */
function absorbedBy(payload: Payload | null): bigint {
  if (payload?.kind === "lock") return payload.transfer.amount;
  return payload?.kind === "quota-bid" ? payload.deposit : 0n;
}

/** Advanced kinds that give out nothing but what their inputs held. */
const TAKES_INPUTS_ONLY: ReadonlySet<Payload["kind"]> = new Set<Payload["kind"]>([
  "lock",
  "quota-bid",
  "register-subchain",
  "nominate",
  "resign",
  "anchor",
  "register-delegate",
  "vote",
  "unbond",
  "evidence-commit",
]);
