import { type Bid, grantQuota, registerAtGenesis } from "../../bridge/index.ts";
import { type BridgeParameters, DEFAULT_BRIDGE_PARAMETERS } from "../../bridge/parameters.ts";
import { certificateOf } from "../../consensus/certificate.ts";
import { buildBlock, type ChainState, genesisState, withGenesisLedger } from "../../consensus/chain-state.ts";
import type { LedgerState } from "../../consensus/ledger-rules.ts";
import type { ConsensusParameters } from "../../consensus/parameters.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { addressOf } from "../../ledger/address.ts";
import { encodeTransaction, type Transaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import type { HeaderPath } from "../../light/header-path.ts";
import { proveTransaction, type StateProof, type TransactionProof } from "../../light/state-proof.ts";
import { decodeTotals, encodeOutputEntry, NO_TOTALS, TOTALS_KEY } from "../../rootchain/entries.ts";
import { genesisOutpoints, type RootGenesis, rootGenesisLedger } from "../../rootchain/genesis.ts";
import { type Outpoint, outpointKey } from "../../rootchain/outpoint.ts";
import { DEFAULT_ROOT_PARAMETERS, type RootParameters } from "../../rootchain/parameters.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import { RootRules } from "../../rootchain/rules.ts";
import { supplyOf } from "../../rootchain/supply.ts";
import type { Output } from "../../rootchain/transaction.ts";
import { subchainGenesis } from "../../subchain/genesis.ts";
import { registrationOf } from "../../subchain/provision.ts";
import type { ChainSpecification } from "../../subchain/specification.ts";
import { MapWorkspace } from "../../subchain/workspace.ts";
import { crypto, holder, keyPair, registryOf, smallChain } from "../people.ts";

export const ROOT = 1;
export const MINUTE_US = 60 * SECOND_US;
export const OPERATOR_BOND = 20n * IOTX;

/** Times short enough for a test, in the proportions of the default ones. */
export const PARAMETERS: BridgeParameters = {
  ...DEFAULT_BRIDGE_PARAMETERS,
  deadAfterUs: 20 * MINUTE_US,
  challengeUs: 20 * MINUTE_US,
  heartbeatUs: MINUTE_US,
  trustPeriodUs: 300 * MINUTE_US,
  maxExpiryUs: 100 * MINUTE_US,
  quotaPeriodBlocks: 1_000_000,
};

/** @returns a script that anybody can satisfy, but that says whose it is */
export function script(owner: number): Uint8Array {
  return Uint8Array.of(2, owner, 1, 0x75, 0x51);
}

/** A block of a test chain, final, with the state after it. */
export interface Sealed {
  readonly certified: CertifiedHeader;
  readonly transactions: readonly Transaction[];
  readonly after: ChainState;
}

/** A chain that grows when a test says so, without machines. */
export class TestChain {
  state: ChainState;
  /** By height, from 1. */
  readonly sealed: Sealed[] = [];
  readonly genesis: ChainState;
  readonly #keys: readonly KeyPair[];
  readonly #heights = new Map<Hash, number>();

  /** @param keys by delegate or seat */
  constructor(genesis: ChainState, keys: readonly KeyPair[]) {
    this.state = genesis;
    this.genesis = genesis;
    this.#keys = keys;
  }

  get chainId(): number {
    return this.state.rotation.parameters.chainId;
  }

  get height(): number {
    return this.state.height;
  }

  /** Builds, signs and appends the next block. @returns the candidates that it holds */
  produce(candidates: readonly Transaction[], timeUs: number, by?: readonly number[]): readonly Transaction[] {
    const { rotation } = this.state;
    const plan = { originalView: 0, timeUs, proposer: rotation.proposer(0) };
    const { block, after } = buildBlock(crypto, this.state, { plan, candidates });
    const certified = this.certify(block.header, block.hash, by);
    this.sealed.push({ certified, transactions: block.transactions, after });
    for (const { id } of block.transactions) this.#heights.set(id, block.header.height);
    this.state = after;
    return block.transactions;
  }

  /** @param by seats of the committee's members that sign; all of them where left out */
  certify(
    header: CertifiedHeader["header"],
    blockHash: Hash,
    by?: readonly number[],
    phase: Phase = Phase.commit,
  ): CertifiedHeader {
    const { committee, registry } = this.state.rotation;
    const signers = [...committee.members].filter((id) => by === undefined || by.includes(id)).sort((a, b) => a - b);
    const votes = signers.map((signer) => this.vote({ header, blockHash, signer, phase }));
    const members = committee.members.map((id) => ({ id, publicKey: registry.of(id).publicKey }));
    return { header, certificate: certificateOf(votes), members };
  }

  vote(of: { header: CertifiedHeader["header"]; blockHash: Hash; signer: DelegateId; phase?: Phase }): Vote {
    const { header, blockHash, signer, phase = Phase.commit } = of;
    const { chainId, height } = header;
    const fields = { chainId, height, view: 0, phase, blockHash, newViewHash: ZERO_HASH, signer, membership: NO_PROOF };
    const vote = new Vote(fields);
    crypto.sign(vote, this.#keys[signer] as KeyPair);
    return vote;
  }

  at(height: number): Sealed {
    const found = this.sealed[height - 1];
    if (found === undefined) throw new Error(`no block ${height} of chain ${this.chainId}`);
    return found;
  }

  /** @returns the way from one height to a later one: every change of committee, then the last */
  path(from: number, height: number): HeaderPath {
    if (from >= height) return { headers: [], height };
    const headers: CertifiedHeader[] = [];
    let committee =
      from === 0 ? this.genesis.rotation.committee.hash : this.at(from).certified.header.nextCommitteeHash;
    for (let each = from + 1; each <= height; each++) {
      const { certified } = this.at(each);
      if (each === height || certified.header.nextCommitteeHash !== committee) headers.push(certified);
      committee = certified.header.nextCommitteeHash;
    }
    return { headers, height };
  }

  has(id: Hash): boolean {
    return this.#heights.has(id);
  }

  /** @returns where a transaction stands */
  prove(id: Hash): { height: number; encoded: Uint8Array; proof: TransactionProof } {
    const height = this.#heights.get(id);
    if (height === undefined) throw new Error("no block holds the transaction");
    const { transactions } = this.at(height);
    const index = transactions.findIndex((each) => each.id === id);
    const encoded = transactions.map(encodeTransaction);
    return { height, encoded: encoded[index] as Uint8Array, proof: proveTransaction(encoded, index) };
  }

  stateAt(height: number): ChainState {
    return height === 0 ? this.genesis : this.at(height).after;
  }

  /** @returns what stood under a key after the block at a height */
  entryAt(key: Hash, height: number): Uint8Array | undefined {
    return this.stateAt(height).ledger.entries.get(key);
  }

  proveEntry(key: Hash, height: number): StateProof {
    const { ledger, rotation } = this.stateAt(height);
    return { rotationRoot: rotation.root, map: ledger.entries.prove(key) };
  }
}

/** @returns the keys of an operator */
export function operatorKeys(chainId: number, seat: number): KeyPair {
  return keyPair(100 + chainId, seat);
}

export function operatorSeat(chainId: number, seat: number, bond = OPERATOR_BOND): OperatorSeat {
  const vrfPublicKey = keyPair(150 + chainId, seat).publicKey;
  return { publicKey: operatorKeys(chainId, seat).publicKey, vrfPublicKey, endpoint: seat as PeerId, bond };
}

/** What a test wants otherwise than the plain world. */
export interface WorldOptions {
  readonly bridge?: Partial<BridgeParameters>;
  readonly root?: Partial<ConsensusParameters>;
  readonly subchains?: Partial<ConsensusParameters>;
  readonly seats?: number;
  readonly holders?: number;
  /** Ids of the subchains; two where left out. */
  readonly chains?: readonly number[];
  /** Tokens of their own, by chain id. */
  readonly ownToken?: readonly number[];
  readonly coins?: number;
  readonly bids?: readonly Bid[];
  /** Subchains that the rootchain does not know yet. */
  readonly later?: readonly number[];
  /** What rewards their operators are prefunded with, base units. */
  readonly pool?: bigint;
  readonly economics?: Partial<RootParameters>;
}

export const ENDOWMENT = 1000n * IOTX;
export const COIN = 1000n * IOTX;
/** Chain ids of the two subchains. */
export const S2 = 2;
export const S3 = 3;

export function specificationOf(chainId: number, options: WorldOptions = {}): ChainSpecification {
  return {
    name: `chain-${chainId}`,
    parameters: smallChain(options.seats ?? 4, { chainId, ...options.subchains }),
    ownToken: options.ownToken?.includes(chainId) ?? false,
    permission: { kind: "public" },
    ...(options.later?.includes(chainId) === true && options.pool !== undefined
      ? { rewardPool: options.pool, rewardBlocks: 1000 }
      : { rewardPool: 0n, rewardBlocks: 0 }),
    trustPeriodUs: 300 * MINUTE_US,
  };
}

/** @returns an offer that wins everything it needs in a test without quota */
export function richBid(chainId: number, changes: Partial<Bid> = {}): Bid {
  const id = hashTagged("test/bid", Uint8Array.of(chainId));
  return { id, chainId, pieces: 32, pricePerPiece: 1000n, deposit: 1000n * IOTX, refundScript: script(99), ...changes };
}

/** @returns where the bond of an operator is, whose chain is there from the start */
export function bondOutpoint(chainId: number, seat: number): Outpoint {
  return { transactionId: hashTagged("test/bonds", Uint8Array.of(chainId)), index: seat };
}

function coinsOf(count: number): Output[] {
  return Array.from({ length: count }, () => ({ amount: COIN, lockingScript: script(0) }));
}

/** @returns one of the coins that the rootchain starts with */
export function coin(index: number): Outpoint {
  // A coin's name depends on its place alone: all are worth the same.
  return genesisOutpoints({ chainId: ROOT, outputs: coinsOf(index + 1) })[index] as Outpoint;
}

function rootGenesis(seats: number, coins: number): RootGenesis {
  const registry = registryOf(seats);
  const delegates = Array.from({ length: seats }, (_, id) => {
    const { bond, stake } = registry.of(id as DelegateId);
    return { bond, stake, commission: 0, rewardScript: script(200 + id) };
  });
  return { chainId: ROOT, outputs: coinsOf(coins), delegates };
}

/** A rootchain and its subchains, which agree about genesis. */
export class World {
  readonly root: TestChain;
  readonly chains = new Map<number, TestChain>();
  /** What registers each subchain. */
  readonly registrations = new Map<number, ReturnType<typeof registrationOf>>();
  readonly parameters: BridgeParameters;
  readonly economics: RootParameters;
  readonly seats: number;
  readonly options: WorldOptions;
  timeUs = MINUTE_US;

  constructor(options: WorldOptions = {}) {
    this.options = options;
    const { seats = 4, holders = 4, coins = 8 } = options;
    this.seats = seats;
    this.parameters = { ...PARAMETERS, ...options.bridge };
    const consensus = smallChain(seats, { chainId: ROOT, maxBlockBytes: 8 << 20, ...options.root });
    const free = { ...DEFAULT_ROOT_PARAMETERS, initialReward: 0n };
    this.economics = { ...free, bridge: this.parameters, ...options.economics };
    const rules = new RootRules(this.economics);
    const ledger = rootGenesisLedger(rootGenesis(seats, coins));
    const entries = new MapWorkspace(ledger.entries);
    const genesis = genesisState({ registry: registryOf(seats), parameters: consensus, ledger, rules, timeUs: 0 });
    const rootAnchor = genesisAnchor(genesis);
    const accounts = Array.from({ length: holders }, (_, index) => {
      return { address: addressOf(holder(index).publicKey), amount: ENDOWMENT };
    });
    const { chains = [S2, S3] } = options;
    for (const chainId of chains) {
      const specification = specificationOf(chainId, options);
      const operators = Array.from({ length: seats }, (_, seat) => operatorSeat(chainId, seat));
      const isLater = options.later?.includes(chainId) ?? false;
      const state = subchainGenesis(specification, { rootAnchor, accounts: isLater ? [] : accounts, operators });
      const keys = operators.map((_, seat) => operatorKeys(chainId, seat));
      this.chains.set(chainId, new TestChain(state, keys));
      const registration = registrationOf(specification, operators, state);
      this.registrations.set(chainId, registration);
      if (isLater) continue;
      operators.forEach(({ bond: amount }, seat) => {
        const role = { kind: "operator-bond" as const, chainId, seat };
        const output = { amount, lockingScript: script(0), createdHeight: 0, createdUs: 0, role };
        entries.set(outpointKey(bondOutpoint(chainId, seat)), encodeOutputEntry(output));
      });
      const bonds = bondOutpoint(chainId, 0).transactionId;
      const amount = specification.ownToken ? 0n : ENDOWMENT * BigInt(holders);
      const workspace = Object.assign(entries, { chainId: ROOT, height: 0, timeUs: 0 });
      registerAtGenesis(workspace, this.parameters, registration, { bonds, holdings: [{ token: ROOT, amount }] });
    }
    grantQuota(entries, options.bids ?? chains.map((chainId) => richBid(chainId)));
    const delegates = Array.from({ length: seats }, (_, id) => keyPair(1, id));
    this.root = new TestChain(withGenesisLedger(genesis, { entries: entries.map }), delegates);
  }

  chain(chainId: number): TestChain {
    const chain = chainId === ROOT ? this.root : this.chains.get(chainId);
    if (chain === undefined) throw new Error(`no chain ${chainId}`);
    return chain;
  }
}

/** @returns all of the root token that the rootchain accounts for, what was burned included: it never changes here */
export function rootValue(ledger: LedgerState): bigint {
  const bytes = ledger.entries.get(TOTALS_KEY);
  const { burned, issued } = (bytes === undefined ? null : decodeTotals(bytes)) ?? NO_TOTALS;
  return supplyOf(ledger, ROOT) + burned - issued;
}
