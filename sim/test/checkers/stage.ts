import { certificateOf } from "../../../protocol/consensus/certificate.ts";
import { buildBlock, type ChainState, genesisState } from "../../../protocol/consensus/chain-state.ts";
import { CertifiedBlock, Proposal } from "../../../protocol/consensus/messages.ts";
import type { ConsensusParameters } from "../../../protocol/consensus/parameters.ts";
import { Registry } from "../../../protocol/consensus/registry.ts";
import { NewView, newViewHash, ViewChange } from "../../../protocol/consensus/view-change.ts";
import { NO_PROOF, Phase, Vote } from "../../../protocol/consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../../protocol/core/ids.ts";
import type { Message } from "../../../protocol/core/machine.ts";
import { IOTX, SECOND_US } from "../../../protocol/core/units.ts";
import { createPlainNodeCrypto } from "../../../protocol/crypto/plain-node-crypto.ts";
import type { KeyPair, SignedObject } from "../../../protocol/crypto/signed-object.ts";
import { accountRules } from "../../../protocol/ledger/account-rules.ts";
import { Accounts } from "../../../protocol/ledger/accounts.ts";
import { addressOf } from "../../../protocol/ledger/address.ts";
import { Block, bodyOf } from "../../../protocol/ledger/block.ts";
import type { Header } from "../../../protocol/ledger/header.ts";
import { SortitionClaim, type Transaction, Transfer } from "../../../protocol/ledger/transaction.ts";
import { watchChain } from "../../checkers/chain-checkers.ts";
import type { Checker, CheckerReport, World } from "../../checkers/checker.ts";
import { createModelledBackend } from "../../host/modelled-crypto.ts";
import type { Invariant } from "../../scenario/expectation.ts";

export interface StageOptions {
  readonly delegates?: number;
  readonly committee?: number;
  readonly byzantine?: readonly number[];
  readonly parameters?: Partial<ConsensusParameters>;
  readonly liveness?: World["liveness"];
  readonly alterGenesis?: (genesis: ChainState) => ChainState;
}

/** A block and the state after it. */
export interface Built {
  readonly block: Block;
  readonly after: ChainState;
}

/** A hand-driven run: says to the checkers what a host would, from keys and blocks that are real. */
export class Stage {
  readonly backend = createModelledBackend(new Uint8Array(32).fill(9));
  readonly crypto = createPlainNodeCrypto(this.backend);
  readonly keys: readonly KeyPair[];
  readonly vrfKeys: readonly KeyPair[];
  readonly users: readonly KeyPair[];
  readonly world: World;
  readonly checkers: readonly Checker[];
  readonly nodes: readonly number[];
  state: ChainState;
  nowUs = 0;
  nodeStates = new Map<number, ChainState>();

  constructor(options: StageOptions = {}) {
    const delegates = options.delegates ?? 7;
    const key = (label: number, index: number) =>
      this.backend.keyPairFromSeed(new Uint8Array(32).fill(index + 1).fill(label, 0, 1));
    this.nodes = Array.from({ length: delegates }, (_, node) => node);
    this.keys = this.nodes.map((node) => key(1, node));
    this.vrfKeys = this.nodes.map((node) => key(2, node));
    this.users = [0, 1, 2].map((user) => key(3, user));
    const registry = new Registry(
      this.nodes.map((node) => ({
        publicKey: (this.keys[node] as KeyPair).publicKey,
        vrfPublicKey: (this.vrfKeys[node] as KeyPair).publicKey,
        endpoint: node as PeerId,
        stake: 100n + BigInt(node % 3),
        bond: 1000n * IOTX,
      })),
    );
    const parameters: ConsensusParameters = {
      chainId: 1,
      delegates,
      committee: options.committee ?? delegates,
      iterationsPerEpoch: 3,
      roundsPerIteration: 3,
      roundUs: SECOND_US,
      sortition: { mode: "ranked" },
      timeoutBaseUs: SECOND_US,
      maxDriftUs: SECOND_US,
      maxBlockBytes: 1 << 20,
      ...options.parameters,
    };
    let accounts = new Accounts();
    for (const user of this.users)
      accounts = accounts.set(addressOf(user.publicKey), { balance: 100n * IOTX, nonce: 0 });
    const honestGenesis = genesisState({
      registry,
      parameters,
      ledger: { entries: accounts.map },
      rules: accountRules,
      timeUs: 0,
    });
    const genesis = options.alterGenesis?.(honestGenesis) ?? honestGenesis;
    this.state = honestGenesis;
    const byzantine = new Set(options.byzantine ?? []);
    this.world = {
      chain: "root",
      ledger: "accounts",
      nativeToken: 1,
      economics: null,
      members: this.nodes,
      promised: true,
      parameters,
      registry,
      genesis,
      backend: this.backend,
      nodes: delegates,
      delegateOf: (node) => node as DelegateId,
      isByzantine: (node) => byzantine.has(node),
      stateOf: (node) => this.nodeStates.get(node) ?? null,
      liveness: options.liveness ?? null,
    };
    this.checkers = watchChain(this.world).checkers;
    for (const node of this.nodes) this.start(node);
  }

  get honest(): number[] {
    return this.nodes.filter((node) => !this.world.isByzantine(node));
  }

  get members(): readonly DelegateId[] {
    return this.state.rotation.committee.members;
  }

  get height(): number {
    return this.state.height + 1;
  }

  at(timeUs: number): this {
    this.nowUs = timeUs;
    return this;
  }

  start(node: number): void {
    for (const checker of this.checkers) checker.onStart?.(node, this.nowUs);
  }

  crash(node: number): void {
    for (const checker of this.checkers) checker.onCrash?.(node, this.nowUs, false);
  }

  emit(node: number, message: Message, atUs = this.nowUs): void {
    for (const checker of this.checkers) checker.onEmit?.(node, atUs, message, this.nodes);
  }

  observeFinal(node: number, { block, certificate }: CertifiedBlock, members = this.members): void {
    const { height } = block.header;
    const seen = {
      height,
      view: certificate.view,
      blockHash: block.hash,
      block,
      certificate,
      committee: members,
      by: "quorum",
    } as const;
    for (const checker of this.checkers) checker.onObserve?.(node, this.nowUs, { kind: "finalized", ...seen });
  }

  observePrepared(node: number, view: number, blockHash: Hash): void {
    const seen = { kind: "prepared", height: this.height, view, blockHash } as const;
    for (const checker of this.checkers) checker.onObserve?.(node, this.nowUs, seen);
  }

  signed<T extends SignedObject>(object: T, signer: number): T {
    this.crypto.sign(object, this.keys[signer] as KeyPair);
    return object;
  }

  vote(
    signer: number,
    phase: Phase,
    blockHash: Hash,
    at: { view?: number; newViewHash?: Hash; height?: number } = {},
  ): Vote {
    const { view = 0, newViewHash: refersTo = ZERO_HASH, height = this.height } = at;
    const fields = { chainId: 1, height, view, phase, blockHash, newViewHash: refersTo };
    return this.signed(new Vote({ ...fields, signer: signer as DelegateId, membership: NO_PROOF }), signer);
  }

  votes(
    signers: readonly number[],
    phase: Phase,
    blockHash: Hash,
    at: { view?: number; newViewHash?: Hash } = {},
  ): Vote[] {
    return signers.map((signer) => this.vote(signer, phase, blockHash, at));
  }

  /** A view change; `prepares` prove the claim. */
  viewChange(signer: number, view: number, prepares: readonly Vote[] = []): ViewChange {
    const certificate = prepares.length === 0 ? null : certificateOf(prepares);
    const preparedView = certificate?.view ?? -1;
    const preparedHash = certificate?.blockHash ?? ZERO_HASH;
    const fields = { chainId: 1, height: this.height, view, preparedView, preparedHash };
    return this.signed(
      new ViewChange({ ...fields, signer: signer as DelegateId, membership: NO_PROOF }, certificate),
      signer,
    );
  }

  newView(leader: number, view: number, changes: readonly ViewChange[], block: Block): NewView {
    const sorted = [...changes].sort((a, b) => a.signer - b.signer);
    const vote = this.vote(leader, Phase.propose, block.hash, { view, newViewHash: newViewHash(sorted, block.hash) });
    return new NewView(sorted, vote, block);
  }

  transfer(from: number, nonce: number, amount: bigint, to = 1, fee = 1n): Transfer {
    const [sender, receiver] = [this.users[from] as KeyPair, this.users[to] as KeyPair];
    const address = addressOf(receiver.publicKey);
    const fields = { chainId: 1, from: sender.publicKey, nonce, to: address, amount, fee, data: new Uint8Array(3) };
    const transfer = new Transfer(fields);
    this.crypto.sign(transfer, sender);
    return transfer;
  }

  claim(delegate: number): SortitionClaim {
    const { rotation } = this.state;
    const proof = this.backend.vrfProve(this.vrfKeys[delegate] as KeyPair, rotation.claimAlpha);
    return new SortitionClaim({
      chainId: 1,
      iteration: rotation.iteration + 1,
      delegate: delegate as DelegateId,
      proof,
    });
  }

  /** The next block; `delayUs` makes another one of the same content. */
  build(transactions: readonly Transaction[] = [], delayUs = 0, view = 0): Built {
    const timeUs = this.state.timeUs + this.world.parameters.roundUs + delayUs;
    const plan = { originalView: view, timeUs, proposer: this.state.rotation.proposer(view) };
    return buildBlock(this.crypto, this.state, { plan, candidates: transactions });
  }

  /** One height as it goes when nothing is wrong. */
  honestHeight(transactions: readonly Transaction[] = []): Built {
    const built = this.build(transactions);
    const { hash } = built.block;
    this.nowUs = built.block.header.timeUs;
    const leader = this.state.rotation.proposer(0);
    this.emit(leader, new Proposal(this.vote(leader, Phase.propose, hash), built.block));
    for (const member of this.members) this.emit(member, this.vote(member, Phase.prepare, hash));
    for (const member of this.members) this.observePrepared(member, 0, hash);
    const commits = this.votes(this.members, Phase.commit, hash);
    for (const commit of commits) this.emit(commit.signer, commit);
    this.finalize(built, new CertifiedBlock(built.block, certificateOf(commits)));
    return built;
  }

  /** All honest nodes hold a block final, and the stage goes on from there. */
  finalize(built: Built, certified: CertifiedBlock): void {
    for (const node of this.honest) this.nodeStates.set(node, built.after);
    for (const node of this.honest) this.observeFinal(node, certified);
    for (const node of this.honest) this.emit(node, certified);
    this.state = built.after;
  }

  /** A final block that the committee signs although it is what `alter` makes of an honest one. */
  finalizeAltered(
    built: Built,
    alter: Partial<Header>,
    transactions: readonly Transaction[] = built.block.transactions,
  ): void {
    const header = { ...built.block.header, transactionRoot: bodyOf(transactions).root, ...alter };
    const block = new Block(header, transactions);
    const commits = this.votes(this.members, Phase.commit, block.hash);
    this.finalize({ block, after: built.after }, new CertifiedBlock(block, certificateOf(commits)));
  }

  /** @returns what each checker found */
  reports(): Map<Invariant, CheckerReport> {
    return new Map(this.checkers.map((checker) => [checker.name, checker.finish(this.nowUs)]));
  }

  /** @returns the names of the broken invariants */
  broken(): Invariant[] {
    return [...this.reports().values()]
      .filter(({ violationCount }) => violationCount > 0)
      .map(({ invariant }) => invariant);
  }

  /** @returns what one checker found, joined */
  details(invariant: Invariant): string {
    return (this.reports().get(invariant)?.violations ?? []).map(({ detail }) => detail).join("\n");
  }
}
