import type { Certificate } from "../../../protocol/consensus/certificate.ts";
import type { ChainState } from "../../../protocol/consensus/chain-state.ts";
import type { Rotation } from "../../../protocol/consensus/rotation.ts";
import { stateRootOf } from "../../../protocol/consensus/state-root.ts";
import type { DelegateId, Hash } from "../../../protocol/core/ids.ts";
import { SECOND_US } from "../../../protocol/core/units.ts";
import type { AuthenticatedMap } from "../../../protocol/crypto/authenticated-map.ts";
import { Block, bodyOf } from "../../../protocol/ledger/block.ts";
import type { Header } from "../../../protocol/ledger/header.ts";
import type { Transaction } from "../../../protocol/ledger/transaction.ts";
import { World as BridgeWorld, ROOT, S2, S3, type WorldOptions } from "../../../protocol/test/bridge/world.ts";
import { keyedBackend } from "../../../protocol/test/keyed-crypto.ts";
import type { CheckerReport, World } from "../../checkers/checker.ts";
import { RunChecks } from "../../checkers/run-checks.ts";
import type { Invariant } from "../../scenario/expectation.ts";

export interface WorldStageOptions extends WorldOptions {
  /** Nodes that are Byzantine. */
  readonly byzantine?: readonly number[];
  /** Seats that another node takes during the run; its number is that of the light client and its place here, from 1. */
  readonly nominees?: readonly { readonly chainId: number; readonly seat: number }[];
  /** Subchains of which nothing is promised. */
  readonly unpromised?: readonly number[];
}

/** How a final block, and what its nodes hold, differ from what the rules give. */
export interface Alteration {
  readonly transactions?: readonly Transaction[];
  readonly header?: Partial<Header>;
  /** The state root follows, so that this alone is wrong. */
  readonly entries?: (entries: AuthenticatedMap, before: AuthenticatedMap) => AuthenticatedMap;
  /** As for the entries. */
  readonly rotation?: (rotation: Rotation) => Rotation;
  /** Whether the checkers see the state after the block. */
  readonly unseen?: boolean;
}

interface Final {
  readonly chainId: number;
  readonly block: Block;
  readonly certificate: Certificate;
  readonly committee: readonly DelegateId[];
}

/** A hand-driven rootchain with two subchains under the checkers of a run: blocks, proofs and transfers are real. */
export class WorldStage {
  readonly bridge: BridgeWorld;
  readonly worlds: readonly World[];
  readonly checks: RunChecks;
  /** Follows the chains, and belongs to none. */
  readonly lightNode: number;
  readonly #states = new Map<number, ChainState>();
  readonly #seats: number;

  constructor(options: WorldStageOptions = {}) {
    this.bridge = new BridgeWorld(options);
    this.#seats = this.bridge.seats;
    this.lightNode = 3 * this.#seats;
    this.worlds = [ROOT, S2, S3].map((chainId) => this.#worldOf(chainId, options));
    this.checks = new RunChecks(this.worlds, this.#nodes(options));
  }

  /** @returns the node of a delegate or operator */
  nodeOf(chainId: number, seat: number): number {
    return (chainId - 1) * this.#seats + seat;
  }

  #nodes({ nominees = [] }: WorldStageOptions): number {
    return this.lightNode + 1 + nominees.length;
  }

  #worldOf(chainId: number, options: WorldStageOptions): World {
    const { byzantine = [], unpromised = [], nominees = [] } = options;
    const genesis = this.bridge.chain(chainId).state;
    const { parameters, registry } = genesis.rotation;
    const first = Array.from({ length: this.#seats }, (_, seat) => this.nodeOf(chainId, seat));
    const seatOf = new Map<number, number>(first.map((node, seat) => [node, seat]));
    nominees.forEach((each, place) => {
      if (each.chainId === chainId) seatOf.set(this.lightNode + 1 + place, each.seat);
    });
    const members = [...seatOf.keys()];
    for (const node of members) this.#states.set(node, genesis);
    const ownToken = this.bridge.options.ownToken?.includes(chainId) === true;
    return {
      chain: chainId === ROOT ? "root" : `chain-${chainId}`,
      ledger: chainId === ROOT ? "root" : "subchain",
      economics: chainId === ROOT ? this.bridge.economics : null,
      nativeToken: ownToken ? chainId : ROOT,
      members,
      promised: !unpromised.includes(chainId),
      parameters,
      registry,
      genesis,
      backend: keyedBackend,
      nodes: this.#nodes(options),
      delegateOf: (node) => (seatOf.get(node) as DelegateId | undefined) ?? null,
      isByzantine: (node) => byzantine.includes(node),
      stateOf: (node) => (members.includes(node) ? (this.#states.get(node) ?? null) : null),
      liveness: null,
    };
  }

  /** Appends a block to a chain, as its honest nodes make it. @returns the candidates that it holds */
  step(chainId: number, candidates: readonly Transaction[] = [], afterUs = SECOND_US): readonly Transaction[] {
    const { committee } = this.bridge.chain(chainId).state.rotation;
    const taken = this.#produce(chainId, candidates, afterUs);
    const { certified } = this.bridge.chain(chainId).at(this.bridge.chain(chainId).height);
    const block = new Block(certified.header, taken);
    this.#show({ chainId, block, certificate: certified.certificate, committee: committee.members });
    return taken;
  }

  /** Appends a block that its committee signs although it is not what the rules make of the candidates. */
  stepAltered(chainId: number, alteration: Alteration, candidates: readonly Transaction[] = []): void {
    const chain = this.bridge.chain(chainId);
    const before = chain.state;
    const taken = this.#produce(chainId, candidates, SECOND_US);
    const { after, certified } = chain.at(chain.height);
    const entries = alteration.entries?.(after.ledger.entries, before.ledger.entries) ?? after.ledger.entries;
    const rotation = alteration.rotation?.(after.rotation) ?? after.rotation;
    const transactions = alteration.transactions ?? taken;
    const stateRoot = stateRootOf(entries.root, rotation.root);
    const roots = { stateRoot, transactionRoot: bodyOf(transactions).root };
    const block = new Block({ ...certified.header, ...roots, ...alteration.header }, transactions);
    const state = { ...after, blockHash: block.hash, stateRoot, rotation, ledger: { ...after.ledger, entries } };
    const signed = chain.certify(block.header, block.hash);
    chain.state = state;
    chain.sealed[chain.height - 1] = { certified: signed, transactions, after: state };
    const { members } = before.rotation.committee;
    const shown = { chainId, block, certificate: signed.certificate, committee: members };
    this.#show(shown, alteration.unseen === true);
  }

  #produce(chainId: number, candidates: readonly Transaction[], afterUs: number): readonly Transaction[] {
    this.bridge.timeUs += afterUs;
    return this.bridge.chain(chainId).produce(candidates, this.bridge.timeUs);
  }

  #show({ chainId, block, certificate, committee }: Final, unseen = false): void {
    const { members, isByzantine } = this.#worldAt(chainId);
    const honest = members.filter((node) => !isByzantine(node));
    const { state } = this.bridge.chain(chainId);
    if (!unseen) for (const node of honest) this.#states.set(node, state);
    const { height } = block.header;
    const seen = { height, view: 0, blockHash: block.hash, block, certificate, committee, by: "quorum" } as const;
    for (const node of honest) this.checks.onObserve(node, this.bridge.timeUs, { kind: "finalized", ...seen });
  }

  #worldAt(chainId: number): World {
    const found = this.worlds.find(({ parameters }) => parameters.chainId === chainId);
    if (found === undefined) throw new Error(`no chain ${chainId}`);
    return found;
  }

  /** A light client comes to trust a header. */
  follow(chainId: number, height: number, blockHash: Hash): void {
    const seen = { kind: "followed", chainId, height, blockHash, bytes: 1000, signatures: 3 } as const;
    this.checks.onObserve(this.lightNode, this.bridge.timeUs, seen);
  }

  reports(): CheckerReport[] {
    return this.checks.finish(this.bridge.timeUs);
  }

  /** @returns the broken invariants with their chains, and what was found */
  broken(): { readonly names: string[]; readonly details: string } {
    const broken = this.reports().filter(({ violationCount }) => violationCount > 0);
    const names = broken.map(({ invariant, chain }) => (chain === "" ? invariant : `${chain}: ${invariant}`));
    const details = broken.flatMap(({ violations }) => violations.map(({ detail }) => detail));
    return { names, details: details.join("\n") };
  }

  samplesOf(invariant: Invariant): number {
    return this.reports().reduce((sum, each) => sum + (each.invariant === invariant ? each.samples : 0), 0);
  }
}
