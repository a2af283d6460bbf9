import { BridgeEntry } from "../../bridge/entry-kind.ts";
import { decodeEscrow } from "../../bridge/escrow.ts";
import { BlockTally, type BridgeKind, bridgeClose, bridgeHandlers, registerAtGenesis } from "../../bridge/index.ts";
import { type BridgeParameters, DEFAULT_BRIDGE_PARAMETERS } from "../../bridge/parameters.ts";
import { grant } from "../../bridge/quota.ts";
import { type Bid, decodeBids, decodeGrants } from "../../bridge/quota-entries.ts";
import { certificateOf } from "../../consensus/certificate.ts";
import { buildBlock, type ChainState, genesisState, withGenesisLedger } from "../../consensus/chain-state.ts";
import type { Draft, LedgerDraft, LedgerRules, LedgerState } from "../../consensus/ledger-rules.ts";
import type { ConsensusParameters } from "../../consensus/parameters.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { hashTagged } from "../../crypto/hash.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { addressOf } from "../../ledger/address.ts";
import { Mempool } from "../../ledger/mempool.ts";
import { encodeTransaction, type LedgerTransaction, type Transaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import { proveTransaction, type StateProof, type TransactionProof } from "../../light/state-proof.ts";
import { applyTransaction, type PayloadHandlers } from "../../rootchain/apply.ts";
import {
  decodeOutputEntry,
  decodeTotals,
  encodeOutputEntry,
  encodeTotals,
  NO_TOTALS,
  type OutputRole,
  PLAIN,
  TOTALS_KEY,
} from "../../rootchain/entries.ts";
import { outpointKey } from "../../rootchain/outpoint.ts";
import type { HeaderPath, OperatorSeat } from "../../rootchain/payload.ts";
import { Workspace } from "../../rootchain/workspace.ts";
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
  return Uint8Array.of(1, owner, 0x75, 0x51);
}

/** The rootchain's ledger as far as the bridge is concerned: no staking, fees go to the reward pool. */
class BridgeRules implements LedgerRules {
  readonly commitsExecution = false;
  readonly #parameters: BridgeParameters;
  readonly #handlers: PayloadHandlers;

  constructor(parameters: BridgeParameters) {
    this.#parameters = parameters;
    const none = () => "kind that these tests do without";
    const handlers: Pick<PayloadHandlers, BridgeKind> = bridgeHandlers(parameters);
    this.#handlers = { ...handlers, "register-delegate": none, vote: none, unbond: none, "claim-reward": none };
  }

  begin({ entries }: LedgerState, draft: Draft): LedgerDraft {
    const workspace = new Workspace(entries, draft);
    const tally = new BlockTally(draft.rotation.parameters.maxBlockBytes);
    const [handlers, parameters] = [this.#handlers, this.#parameters];
    return {
      get entries() {
        return workspace.entries;
      },
      execute(transaction: LedgerTransaction) {
        if (transaction.kind !== "utxo") return "transaction of another kind of chain";
        const full = tally.refusal(workspace, transaction);
        if (full !== null) return full;
        const applied = applyTransaction(workspace, transaction, { handlers, flags: 0 });
        if (typeof applied === "string") return applied;
        workspace.reward(applied.fee);
        tally.note(workspace, transaction);
        return null;
      },
      confiscate() {},
      close() {
        bridgeClose(workspace, parameters);
        const bytes = workspace.get(TOTALS_KEY);
        const { issued, burned, pool } = (bytes === undefined ? null : decodeTotals(bytes)) ?? NO_TOTALS;
        const added = workspace.collected + workspace.pooled;
        const totals = { issued, burned: burned + workspace.burned, pool: pool + added };
        workspace.set(TOTALS_KEY, encodeTotals(totals));
      },
    };
  }

  createPool(): Mempool {
    return new Mempool();
  }
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
    this.state = after;
    return block.transactions;
  }

  /** @param by seats of the committee's members that sign; all of them where left out */
  certify(
    header: CertifiedHeader["header"],
    blockHash: Hash,
    by?: readonly number[],
    phase = Phase.commit,
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

  /** @returns where a transaction stands */
  prove(id: Hash): { height: number; encoded: Uint8Array; proof: TransactionProof } {
    for (let height = this.height; height > 0; height--) {
      const { transactions } = this.at(height);
      const index = transactions.findIndex((each) => each.id === id);
      if (index < 0) continue;
      const encoded = transactions.map(encodeTransaction);
      return { height, encoded: encoded[index] as Uint8Array, proof: proveTransaction(encoded, index) };
    }
    throw new Error("no block holds the transaction");
  }

  stateAt(height: number): ChainState {
    return height === 0 ? this.genesis : this.at(height).after;
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
  /** Tokens of their own, by chain id. */
  readonly ownToken?: readonly number[];
  readonly coins?: number;
  readonly bids?: readonly Bid[];
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
    rewardPool: 0n,
    rewardBlocks: 0,
    trustPeriodUs: 300 * MINUTE_US,
  };
}

/** @returns an offer that wins everything it needs in a test without quota */
export function richBid(chainId: number, changes: Partial<Bid> = {}): Bid {
  const id = hashTagged("test/bid", Uint8Array.of(chainId));
  return { id, chainId, pieces: 32, pricePerPiece: 1000n, deposit: 1000n * IOTX, refundScript: script(99), ...changes };
}

function putOutput(map: MapWorkspace, transactionId: Hash, index: number, amount: bigint, role: OutputRole): void {
  const entry = { amount, lockingScript: script(0), createdHeight: 0, createdUs: 0, role };
  map.set(outpointKey({ transactionId, index }), encodeOutputEntry(entry));
}

/** Transaction id of the coins that the rootchain starts with. */
export const COINS = hashTagged("test/coins");

/** A rootchain and two subchains that agree about genesis. */
export class World {
  readonly root: TestChain;
  readonly chains = new Map<number, TestChain>();
  readonly parameters: BridgeParameters;
  readonly seats: number;
  readonly options: WorldOptions;
  timeUs = MINUTE_US;

  constructor(options: WorldOptions = {}) {
    this.options = options;
    const { seats = 4, holders = 4, coins = 8 } = options;
    this.seats = seats;
    this.parameters = { ...PARAMETERS, ...options.bridge };
    const entries = new MapWorkspace(AuthenticatedMap.empty());
    for (let index = 0; index < coins; index++) putOutput(entries, COINS, index, COIN, PLAIN);
    const consensus = smallChain(seats, { chainId: ROOT, maxBlockBytes: 8 << 20, ...options.root });
    const rules = new BridgeRules(this.parameters);
    const ledger = { entries: entries.map };
    const genesis = genesisState({ registry: registryOf(seats), parameters: consensus, ledger, rules, timeUs: 0 });
    const rootAnchor = genesisAnchor(genesis);
    const accounts = Array.from({ length: holders }, (_, index) => {
      return { address: addressOf(holder(index).publicKey), amount: ENDOWMENT };
    });
    for (const chainId of [S2, S3]) {
      const specification = specificationOf(chainId, options);
      const operators = Array.from({ length: seats }, (_, seat) => operatorSeat(chainId, seat));
      const state = subchainGenesis(specification, { rootAnchor, accounts, operators });
      const keys = operators.map((_, seat) => operatorKeys(chainId, seat));
      this.chains.set(chainId, new TestChain(state, keys));
      const bonds = hashTagged("test/bonds", Uint8Array.of(chainId));
      operators.forEach(({ bond }, seat) => {
        putOutput(entries, bonds, seat, bond, { kind: "operator-bond", chainId, seat });
      });
      const amount = specification.ownToken ? 0n : ENDOWMENT * BigInt(holders);
      const workspace = Object.assign(entries, { chainId: ROOT, height: 0, timeUs: 0 });
      const registration = registrationOf(specification, operators, state);
      registerAtGenesis(workspace, this.parameters, registration, { bonds, holdings: [{ token: ROOT, amount }] });
    }
    grant(entries, options.bids ?? [richBid(S2), richBid(S3)]);
    const delegates = Array.from({ length: seats }, (_, id) => keyPair(1, id));
    this.root = new TestChain(withGenesisLedger(genesis, { entries: entries.map }), delegates);
  }

  chain(chainId: number): TestChain {
    const chain = chainId === ROOT ? this.root : this.chains.get(chainId);
    if (chain === undefined) throw new Error(`no chain ${chainId}`);
    return chain;
  }
}

/** @returns all of the root token that the rootchain's entries account for, what was burned included */
export function rootValue(entries: AuthenticatedMap): bigint {
  let sum = 0n;
  for (const [key, bytes] of entries.entries()) {
    if (key === TOTALS_KEY) {
      const { burned, pool, issued } = decodeTotals(bytes) ?? NO_TOTALS;
      sum += burned + pool - issued;
    }
    const output = decodeOutputEntry(bytes);
    if (output !== null) sum += output.amount;
    const escrow = bytes[0] === BridgeEntry.escrow ? decodeEscrow(bytes) : null;
    if (escrow?.token === ROOT) sum += escrow.amount;
    const bids = bytes[0] === BridgeEntry.quotaBids ? (decodeBids(bytes) ?? []) : [];
    for (const { deposit } of bids) sum += deposit;
    const grants = bytes[0] === BridgeEntry.quotaGrants ? (decodeGrants(bytes) ?? []) : [];
    for (const { remaining } of grants) sum += remaining;
  }
  return sum;
}
