import type { ChainState } from "../consensus/chain-state.ts";
import { CheckpointVote } from "../consensus/checkpoint.ts";
import { CertifiedBlock, Proposal } from "../consensus/messages.ts";
import type { ConsensusParameters } from "../consensus/parameters.ts";
import { NewView, ViewChange } from "../consensus/view-change.ts";
import { Phase, Vote } from "../consensus/vote.ts";
import type { PeerId } from "../core/ids.ts";
import type { Machine, Message } from "../core/machine.ts";
import type { Observation } from "../core/observation.ts";
import { ChainNode } from "../node/chain-node.ts";
import { PROVISIONED } from "../node/silence.ts";
import { chainWire } from "../node/wire.ts";
import { Driver, type Tamper } from "./driver.ts";
import { genesisOf, identityOf, registryOf, smallChain } from "./people.ts";

export interface ClusterOptions {
  readonly seed?: number;
  readonly delegates?: number;
  /** Nodes that only follow, after the delegates. */
  readonly followers?: number;
  readonly parameters?: Partial<ConsensusParameters>;
  readonly tampers?: ReadonlyMap<number, Tamper>;
  /** Puts nodes under somebody else's will. */
  readonly corrupt?: ReadonlyMap<number, (machine: ChainNode) => Machine>;
  /** Whom a node knows; everybody where it is not given. */
  readonly mesh?: (node: number) => readonly PeerId[];
  readonly statusIntervalUs?: number;
  /** Newest version of blocks that a node's software knows, each time it starts. */
  readonly newestVersion?: (node: number) => number;
  readonly decode?: boolean;
  readonly record?: ReadonlySet<number>;
}

/** A chain's nodes in a driver, watched for what must never happen. */
export class Cluster {
  readonly driver: Driver;
  readonly genesis: ChainState;
  readonly parameters: ConsensusParameters;
  readonly size: number;
  readonly observations: { readonly node: number; readonly observation: Observation }[] = [];
  /** Everything that broke; stays empty. */
  readonly faults: string[] = [];
  /** Delegates that honest nodes accused. */
  readonly accused = new Set<number>();
  readonly make: (node: number) => ChainNode;
  readonly #byzantine: ReadonlySet<number>;
  readonly #final = new Map<number, string>();
  readonly #said = new Map<string, string>();
  /** For each honest signer and height, the highest view that it committed in. */
  readonly #committed = new Map<string, number>();
  /** For each honest signer and height, the view that it moved to. */
  readonly #left = new Map<string, number>();

  constructor(options: ClusterOptions = {}) {
    const delegates = options.delegates ?? 4;
    const { tampers = new Map() } = options;
    this.size = delegates + (options.followers ?? 0);
    this.parameters = smallChain(delegates, options.parameters);
    const registry = registryOf(delegates);
    this.genesis = genesisOf(this.parameters, registry);
    this.#byzantine = new Set([...tampers.keys(), ...(options.corrupt?.keys() ?? [])]);
    const peers = Array.from({ length: this.size }, (_, node) => node as PeerId);
    const { newestVersion } = options;
    this.make = (node) =>
      new ChainNode({
        ...(newestVersion === undefined ? {} : { newestVersion: newestVersion(node) }),
        genesis: this.genesis,
        identity: node < delegates ? identityOf(node) : null,
        mesh: options.mesh?.(node) ?? peers.filter((peer) => peer !== node),
        statusIntervalUs: options.statusIntervalUs ?? 2_000_000,
      });
    this.driver = new Driver({
      ...options,
      seed: options.seed ?? 1,
      nodes: this.size,
      make: (node) => options.corrupt?.get(node)?.(this.make(node)) ?? this.make(node),
      provisioned: PROVISIONED,
      tampers,
      onObserve: (node, observation) => this.#observed(node, observation),
      onSend: (node, message) => this.#sent(node, message),
    });
  }

  get honest(): number[] {
    return this.driver.nodes.flatMap((_, node) => (this.#byzantine.has(node) ? [] : [node]));
  }

  node(node: number): ChainNode {
    const { machine } = this.driver.nodes[node] ?? { machine: null };
    if (!(machine instanceof ChainNode)) throw new Error(`node ${node} is down`);
    return machine;
  }

  /** @returns the heights of the honest nodes that are up */
  get heights(): number[] {
    return this.honest.flatMap((node) =>
      this.driver.nodes[node]?.machine == null ? [] : [this.node(node).state.height],
    );
  }

  rejections(node: number): string[] {
    return this.observations.flatMap(({ node: at, observation }) =>
      at === node && observation.kind === "rejected" ? [observation.reason] : [],
    );
  }

  /** Runs until every honest node is at a height. @returns whether they got there in time */
  reach(height: number, withinUs = 120_000_000): boolean {
    const there = () => this.heights.length === this.honest.length && Math.min(...this.heights) >= height;
    this.driver.run(withinUs, there);
    return there();
  }

  #observed(node: number, observation: Observation): void {
    if (this.#byzantine.has(node)) return;
    this.observations.push({ node, observation });
    if (observation.kind === "evidence") {
      this.accused.add(observation.culprit);
      if (!this.#byzantine.has(observation.culprit)) this.faults.push(`${observation.culprit} is accused but honest`);
    }
    if (observation.kind !== "finalized") return;
    const { height, blockHash } = observation;
    const known = this.#final.get(height) ?? blockHash;
    if (known !== blockHash) this.faults.push(`two final blocks at height ${height}`);
    this.#final.set(height, known);
  }

  /** Follows what honest signers say, over all their lives. */
  #sent(node: number, message: Message): void {
    if (this.#byzantine.has(node)) return;
    if (message instanceof Vote && message.signer === node) this.#voted(message, message);
    else if (message instanceof Proposal || message instanceof NewView) this.#voted(message.vote, message);
    else if (message instanceof ViewChange && message.signer === node) this.#changedView(message);
    else if (message instanceof CheckpointVote) this.#signedCheckpoint(message);
  }

  /** A statement is on the disk before it leaves for the first time. */
  #checkDurable(signer: number, message: Message, matter: string): void {
    const wire = Buffer.from(chainWire.encode(message));
    const records = [...(this.driver.nodes[signer]?.storage.values() ?? [])];
    if (!records.some((record) => wire.equals(record))) this.faults.push(`${matter} is sent before it is durable`);
  }

  #voted(vote: Vote, message: Message): void {
    const { signer, height, view, phase } = vote;
    const matter = `vote ${signer} ${height} ${view} ${phase}`;
    if (!this.#says(matter, `${vote.blockHash} ${vote.newViewHash}`)) return;
    this.#checkDurable(signer, message, matter);
    const member = `${signer} ${height}`;
    if (view < (this.#left.get(member) ?? 0)) this.faults.push(`${matter} comes after a view change`);
    if (phase === Phase.commit) this.#committed.set(member, Math.max(this.#committed.get(member) ?? -1, view));
  }

  #changedView(change: ViewChange): void {
    const { signer, height, view, preparedView } = change;
    const matter = `view change ${signer} ${height} ${view}`;
    if (!this.#says(matter, `${preparedView} ${change.preparedHash}`)) return;
    this.#checkDurable(signer, change, matter);
    const member = `${signer} ${height}`;
    if (preparedView < (this.#committed.get(member) ?? -1)) this.faults.push(`${matter} forgets a commit`);
    this.#left.set(member, Math.max(this.#left.get(member) ?? 0, view));
  }

  #signedCheckpoint(vote: CheckpointVote): void {
    const matter = `checkpoint ${vote.signer} ${vote.epoch}`;
    if (this.#says(matter, vote.checkpointHash)) this.#checkDurable(vote.signer, vote, matter);
  }

  /** @returns whether this was not said before */
  #says(matter: string, statement: string): boolean {
    const before = this.#said.get(matter);
    this.#said.set(matter, statement);
    if (before !== undefined && before !== statement) this.faults.push(`contradiction: ${matter}`);
    return before === undefined;
  }
}

/** @returns whether a message is part of consensus */
export function isConsensus(message: Message): boolean {
  return (
    message instanceof Vote ||
    message instanceof Proposal ||
    message instanceof ViewChange ||
    message instanceof NewView ||
    message instanceof CertifiedBlock
  );
}
