import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { ConsensusParameters } from "../../protocol/consensus/parameters.ts";
import type { Registry } from "../../protocol/consensus/registry.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import type { RootParameters } from "../../protocol/rootchain/parameters.ts";
import type { Watcher } from "../host/watcher.ts";
import type { Invariant } from "../scenario/expectation.ts";

/** When something was broken on purpose, µs. */
export interface FaultWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The nodes that a run frees of all faults at some time; none where nobody asked for them, or with an excuse. */
export interface CheckedCore {
  readonly healed: {
    readonly atUs: number;
    readonly nodes: readonly number[];
    /** @returns what is still the matter inside, in words */
    liveSources(): readonly string[];
  } | null;
  readonly excuse: string;
}

/** What checkers know of one chain of a run besides what they see in it. Nothing in here can be changed through it. */
export interface World {
  /** Its name in the run. */
  readonly chain: string;
  /** What its ledger holds: plain accounts, the rootchain's outputs, or a subchain's accounts. */
  readonly ledger: "accounts" | "root" | "subchain";
  /** Rules of the rootchain's ledger; null for other ledgers. */
  readonly economics: RootParameters | null;
  /** Chain id of the home of the token that its accounts and fees are in. */
  readonly nativeToken: number;
  /** Nodes that hold this whole chain, in order. */
  readonly members: readonly number[];
  /** Whether it is registered during the run, and not there from the start; false where left out. */
  readonly isLater?: boolean;
  /** Whether its Byzantine members are few enough for anything to be promised of it. */
  readonly promised: boolean;
  readonly parameters: ConsensusParameters;
  readonly registry: Registry;
  readonly genesis: ChainState;
  /** Really verifies; never a remembered verdict of the nodes under watch. */
  readonly backend: CryptoBackend;
  /** Of the whole run, numbered 0 … nodes − 1. */
  readonly nodes: number;
  /** @returns the delegate of this chain that a node signs as, now or from some time on, or null: several may share a seat */
  delegateOf(node: number): DelegateId | null;
  /** @returns whether a node has followed an adversary's strategy by now, or will from a time that is fixed */
  isByzantine(node: number): boolean;
  /** @returns the chain state that a node holds, or null where it cannot be seen */
  stateOf(node: number): ChainState | null;
  /** The promise of progress and the faults that suspend it; null where none was made. */
  readonly liveness: {
    readonly withinUs: number;
    readonly faults: readonly FaultWindow[];
    readonly core?: CheckedCore;
  } | null;
}

/** One broken invariant. */
export interface BrokenInvariant {
  readonly invariant: Invariant;
  readonly atUs: number;
  readonly nodes: readonly number[];
  readonly detail: string;
}

/** What a checker found in a whole run. */
export interface CheckerReport {
  readonly invariant: Invariant;
  /** Name of the chain that it was watched on; empty where it spans all of them. */
  readonly chain: string;
  /** Things judged; none makes the invariant inconclusive. */
  readonly samples: number;
  /** The first MAX_VIOLATIONS of `violationCount`. */
  readonly violations: readonly BrokenInvariant[];
  readonly violationCount: number;
  /** Delegates that are proven guilty. */
  readonly culprits: readonly DelegateId[];
  /** Why nothing was judged, or what the figures need to be understood; empty where they speak for themselves. */
  readonly note: string;
}

/** Watches one invariant through a run and never drives it. */
export interface Checker extends Watcher {
  readonly name: Invariant;
  /** @param endUs when the run ended */
  finish(endUs: number): CheckerReport;
}

/** Violations that one checker describes; it counts the rest. */
export const MAX_VIOLATIONS = 16;

/** What a checker has found so far. */
export class Findings {
  samples = 0;
  note = "";
  readonly #invariant: Invariant;
  readonly #chain: string;
  readonly #violations: BrokenInvariant[] = [];
  #violationCount = 0;

  /** @param chain empty for an invariant that spans all chains */
  constructor(invariant: Invariant, chain: string) {
    this.#invariant = invariant;
    this.#chain = chain;
  }

  violation(atUs: number, nodes: readonly number[], detail: string): void {
    this.#violationCount++;
    if (this.#violations.length < MAX_VIOLATIONS) {
      this.#violations.push({ invariant: this.#invariant, atUs, nodes, detail });
    }
  }

  report(culprits: readonly DelegateId[] = []): CheckerReport {
    return {
      invariant: this.#invariant,
      chain: this.#chain,
      samples: this.samples,
      violations: this.#violations,
      violationCount: this.#violationCount,
      culprits,
      note: this.note,
    };
  }
}

/** Said by every checker of something that threshold mode does not promise. */
export const NOT_PROMISED = "not judged: threshold mode promises neither agreement nor public committees";
