import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import { registerAtGenesis } from "../../bridge/index.ts";
import { type BridgeParameters, DEFAULT_BRIDGE_PARAMETERS } from "../../bridge/parameters.ts";
import { grant } from "../../bridge/quota.ts";
import { type ChainState, genesisState, withGenesisLedger } from "../../consensus/chain-state.ts";
import type { Identity } from "../../consensus/pbft-node.ts";
import { Registry } from "../../consensus/registry.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { CLIENT, type Machine } from "../../core/machine.ts";
import type { Observation } from "../../core/observation.ts";
import { IOTX, MILLISECOND_US, SECOND_US } from "../../core/units.ts";
import { hashTagged, hashToBytes } from "../../crypto/hash.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { Transactions } from "../../gossip/messages.ts";
import { addressOf } from "../../ledger/address.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { ChainNode } from "../../node/chain-node.ts";
import { RelayOrder } from "../../node/light-messages.ts";
import { Operator } from "../../node/operator.ts";
import { Relayer, type RelayerOptions } from "../../node/relayer.ts";
import { PROVISIONED } from "../../node/silence.ts";
import { encodeOutputEntry } from "../../rootchain/entries.ts";
import { genesisOutpoints, rootGenesisLedger } from "../../rootchain/genesis.ts";
import { outpointKey } from "../../rootchain/outpoint.ts";
import { DEFAULT_ROOT_PARAMETERS } from "../../rootchain/parameters.ts";
import type { OperatorSeat, Payload } from "../../rootchain/payload.ts";
import { RootRules } from "../../rootchain/rules.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import type { Output } from "../../rootchain/transaction.ts";
import { signerOf, spendCoins } from "../../rootchain/wallet.ts";
import { balanceOf } from "../../subchain/balances.ts";
import { subchainGenesis } from "../../subchain/genesis.ts";
import { registrationOf } from "../../subchain/provision.ts";
import type { ChainSpecification } from "../../subchain/specification.ts";
import { AccountAction } from "../../subchain/transaction.ts";
import { MapWorkspace } from "../../subchain/workspace.ts";
import { Driver, type DriverOptions } from "../driver.ts";
import { keyedBackend } from "../keyed-crypto.ts";
import { crypto, holder, keyPair, smallChain } from "../people.ts";

export const ROOT = 1;
export const S2 = 2;
export const S3 = 3;
const SEATS = 4;
const BOND = 50n * IOTX;
export const ENDOWMENT = 1000n * IOTX;
export const COIN = 1000n * IOTX;
const TRUST_US = 600 * SECOND_US;

/** Times short enough for a test. */
export const BRIDGE: BridgeParameters = {
  ...DEFAULT_BRIDGE_PARAMETERS,
  deadAfterUs: 60 * SECOND_US,
  challengeUs: 30 * SECOND_US,
  heartbeatUs: 8 * SECOND_US,
  trustPeriodUs: TRUST_US,
  maxExpiryUs: 300 * SECOND_US,
  quotaPeriodBlocks: 1_000_000,
};

/** @returns the keys of a delegate or operator */
export function identity(chainId: number, id: number): Identity {
  return { id: id as DelegateId, signing: keyPair(10 + chainId, id), vrf: keyPair(20 + chainId, id) };
}

/** The number of a chain's node of a seat: the rootchain's first. */
export function nodeOf(chainId: number, seat: number): number {
  return (chainId - 1) * SEATS + seat;
}

function seatOf(chainId: number, seat: number): OperatorSeat {
  const { signing, vrf } = identity(chainId, seat);
  const endpoint = nodeOf(chainId, seat) as PeerId;
  return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint, bond: BOND };
}

function specificationOf(chainId: number): ChainSpecification {
  return {
    name: `chain-${chainId}`,
    parameters: smallChain(SEATS, { chainId, maxBlockBytes: 1 << 20 }),
    ownToken: false,
    permission: { kind: "public" },
    rewardPool: 0n,
    rewardBlocks: 0,
    trustPeriodUs: TRUST_US,
  };
}

function rootGenesis(): ChainState {
  const delegates = Array.from({ length: SEATS }, (_, id) => {
    const rewardScript = payToKey(keyPair(7, id).publicKey);
    return { bond: BOND, stake: IOTX, commission: 1000, rewardScript };
  });
  const outputs = Array.from({ length: 4 }, (_, index) => ({
    amount: COIN,
    lockingScript: payToKey(holder(index).publicKey),
  }));
  return genesisState({
    registry: new Registry(delegates.map(({ stake }, id) => ({ ...seatOf(ROOT, id), stake }))),
    parameters: smallChain(SEATS, { chainId: ROOT, maxBlockBytes: 8 << 20 }),
    ledger: rootGenesisLedger({ chainId: ROOT, outputs, delegates }),
    rules: new RootRules({ ...DEFAULT_ROOT_PARAMETERS, rewardBlocks: 1000, bridge: BRIDGE }),
    timeUs: 0,
  });
}

type Registration = ReturnType<typeof registrationOf>;

/** @returns the states before block 1 of a rootchain and two subchains, by chain id, and what registers those that come later */
function genesisStates(later: readonly number[]): {
  readonly genesis: ReadonlyMap<number, ChainState>;
  readonly registrations: ReadonlyMap<number, Registration>;
} {
  const registrations = new Map<number, Registration>();
  const root = rootGenesis();
  const workspace = Object.assign(new MapWorkspace(root.ledger.entries), { chainId: ROOT, height: 0, timeUs: 0 });
  const accounts = Array.from({ length: 4 }, (_, index) => ({ address: accountOf(index), amount: ENDOWMENT }));
  const states = new Map<number, ChainState>();
  const bids = [S2, S3].map((chainId) => {
    const id = hashTagged("test/bid", Uint8Array.of(chainId));
    return { id, chainId, pieces: 32, pricePerPiece: 1000n, deposit: IOTX, refundScript: Uint8Array.of(0x51) };
  });
  for (const chainId of [S2, S3]) {
    const specification = specificationOf(chainId);
    const operators = Array.from({ length: SEATS }, (_, seat) => seatOf(chainId, seat));
    const state = subchainGenesis(specification, { rootAnchor: genesisAnchor(root), accounts, operators });
    states.set(chainId, state);
    registrations.set(chainId, registrationOf(specification, operators, state));
    if (later.includes(chainId)) continue;
    const bonds = hashTagged("test/bonds", Uint8Array.of(chainId));
    operators.forEach(({ bond }, seat) => {
      const output = { amount: bond, lockingScript: Uint8Array.of(0x51), createdHeight: 0, createdUs: 0 };
      const entry = encodeOutputEntry({ ...output, role: { kind: "operator-bond", chainId, seat } });
      workspace.set(outpointKey({ transactionId: bonds, index: seat }), entry);
    });
    const holdings = [{ token: ROOT, amount: 4n * ENDOWMENT }];
    registerAtGenesis(workspace, BRIDGE, registrationOf(specification, operators, state), { bonds, holdings });
  }
  grant(workspace, bids);
  return { genesis: states.set(ROOT, withGenesisLedger(root, { entries: workspace.map })), registrations };
}

/** @returns the account of a person on every subchain */
export function accountOf(person: number): Hash {
  return addressOf(holder(person).publicKey);
}

/** Relayers own accounts of their own. */
export function payeeOf(relayer: number): Hash {
  return addressOf(keyPair(30, relayer).publicKey);
}

export function rewardScriptOf(relayer: number): Uint8Array {
  return payToKey(keyPair(30, relayer).publicKey);
}

export interface NodeWorldOptions extends Partial<Pick<DriverOptions, "decode" | "tampers" | "record">> {
  readonly seed?: number;
  readonly relayers?: number;
  /** Machines after the relayers. */
  readonly more?: (world: NodeWorld, place: number) => Machine;
  readonly moreCount?: number;
  readonly relayer?: Partial<RelayerOptions>;
  /** Subchains that are yet to be registered. */
  readonly later?: readonly number[];
}

/** A rootchain of four delegates, two subchains of four operators, and relayers, in a driver. */
export class NodeWorld {
  readonly driver: Driver;
  readonly genesis: ReadonlyMap<number, ChainState>;
  readonly registrations: ReadonlyMap<number, Registration>;
  readonly observations: { readonly node: number; readonly observation: Observation }[] = [];
  readonly #options: NodeWorldOptions;
  readonly #nonces = new Map<string, number>();
  #coins = 0;

  constructor(options: NodeWorldOptions = {}) {
    this.#options = options;
    const { genesis, registrations } = genesisStates(options.later ?? []);
    this.genesis = genesis;
    this.registrations = registrations;
    const { seed = 1, relayers = 2, moreCount = 0 } = options;
    this.driver = new Driver({
      ...options,
      seed,
      nodes: 3 * SEATS + relayers + moreCount,
      make: (node) => this.make(node),
      provisioned: PROVISIONED,
      onObserve: (node, observation) => this.observations.push({ node, observation }),
    });
  }

  peersOf(chainId: number): PeerId[] {
    return Array.from({ length: SEATS }, (_, seat) => nodeOf(chainId, seat) as PeerId);
  }

  make(node: number): Machine {
    const { relayers = 2, more } = this.#options;
    const [chainId, seat] = [1 + Math.floor(node / SEATS), node % SEATS];
    if (chainId > S3) {
      const place = node - 3 * SEATS;
      if (place < relayers) return this.#relayer(place);
      if (more === undefined) throw new Error("no machine for this node");
      return more(this, place - relayers);
    }
    const mesh = this.peersOf(chainId).filter((peer) => peer !== node);
    const genesis = this.genesis.get(chainId) as ChainState;
    const chain = { genesis, identity: identity(chainId, seat), mesh, statusIntervalUs: SECOND_US };
    if (chainId === ROOT) return new ChainNode(chain);
    const root = { rootPeers: this.peersOf(ROOT), updateIntervalUs: 4 * SECOND_US };
    const isLater = this.#options.later?.includes(chainId) ?? false;
    return new Operator({ chain, root, ...(isLater ? { registrationPollUs: 500 * MILLISECOND_US } : {}) });
  }

  #relayer(place: number): Relayer {
    const chain = (chainId: number) => ({
      anchor: genesisAnchor(this.genesis.get(chainId) as ChainState),
      peers: this.peersOf(chainId),
    });
    return new Relayer({
      root: chain(ROOT),
      subchains: [chain(S2), chain(S3)],
      terms: { rewardScript: rewardScriptOf(place), rootFee: 0n, refundFee: 0n },
      payee: payeeOf(place),
      pollIntervalUs: 300 * MILLISECOND_US,
      patienceUs: 500 * MILLISECOND_US,
      retryUs: 3 * SECOND_US,
      heartbeatUs: 10 * SECOND_US,
      death: BRIDGE,
      ...this.#options.relayer,
    });
  }

  /** The final state that a chain's node of a seat holds. */
  state(chainId: number, seat = 0): ChainState {
    const machine = this.driver.nodes[nodeOf(chainId, seat)]?.machine;
    if (machine instanceof ChainNode || machine instanceof Operator) return machine.state;
    throw new Error("the node is down");
  }

  /** What a person holds of the root token on a subchain. */
  balance(chainId: number, address: Hash): bigint {
    const { entries } = this.state(chainId).ledger;
    return balanceOf(specificationOf(chainId), entries, { address, token: ROOT });
  }

  relayerNode(place: number): number {
    return 3 * SEATS + place;
  }

  /** Hands a transaction to a chain's nodes, as their own users would. */
  submit(chainId: number, transaction: Transaction): void {
    for (const node of this.peersOf(chainId)) this.driver.deliver(node, CLIENT, new Transactions([transaction]));
  }

  /** Hands a relayer the data that travels beside a transfer. */
  order(place: number, data: Uint8Array): void {
    this.driver.deliver(this.relayerNode(place), CLIENT, new RelayOrder(data));
  }

  /** @returns the terms of a transfer between chains from now on */
  terms(source: number, destination: number, changes: Partial<CrossTransfer> = {}): CrossTransfer {
    const { nowUs } = this.driver;
    const touchesRoot = source === ROOT;
    return {
      token: ROOT,
      sourceChain: source,
      destinationChain: destination,
      amount: 10n * IOTX,
      receiver: destination === ROOT ? payToKey(holder(1).publicKey) : hashToBytes(accountOf(1)),
      dataHash: ZERO_HASH,
      rootExpiryUs: nowUs + 60 * SECOND_US,
      destinationExpiryUs: nowUs + 120 * SECOND_US,
      relockFee: touchesRoot ? 0n : IOTX / 100n,
      deliveryFee: destination === ROOT ? 0n : IOTX / 50n,
      fallback: payToKey(holder(2).publicKey),
      ...changes,
    };
  }

  /** Locks on a subchain in a person's name. */
  lock(person: number, transfer: CrossTransfer): AccountAction {
    const { sourceChain: chainId } = transfer;
    const name = `${chainId}/${person}`;
    const nonce = this.#nonces.get(name) ?? 0;
    this.#nonces.set(name, nonce + 1);
    const keys = holder(person);
    const fields = { chainId, from: keys.publicKey, nonce, fee: 1000n, action: { kind: "lock", transfer } as const };
    const action = new AccountAction(fields);
    crypto.sign(action, keys);
    this.submit(chainId, action);
    return action;
  }

  /** Registers a subchain that is not there yet. @param changes what the registration says otherwise than the operators expect */
  register(chainId: number, changes: Partial<Registration> = {}) {
    const registration = this.registrations.get(chainId);
    if (registration === undefined) throw new Error(`no chain ${chainId}`);
    const bonds = registration.operators.map(({ bond: amount, publicKey }) => {
      return { amount, lockingScript: payToKey(publicKey) };
    });
    return this.#spendCoin({ ...registration, ...changes }, bonds, 0n);
  }

  /** Locks on the rootchain, spending the next coin of the genesis. */
  lockOnRoot(transfer: CrossTransfer) {
    return this.#spendCoin({ kind: "lock", transfer }, [], transfer.amount);
  }

  #spendCoin(payload: Payload, payments: readonly Output[], absorbed: bigint) {
    const index = this.#coins++;
    const keys: KeyPair = holder(index);
    const lockingScript = payToKey(keys.publicKey);
    const outputs = Array.from({ length: 4 }, (_, each) => ({
      amount: COIN,
      lockingScript: payToKey(holder(each).publicKey),
    }));
    const outpoint = genesisOutpoints({ chainId: ROOT, outputs })[index];
    if (outpoint === undefined) throw new Error("no coin is left");
    const paid = payments.reduce((sum, { amount }) => sum + amount, absorbed);
    const change = { amount: COIN - paid - 100_000n, lockingScript };
    const transaction = spendCoins(signerOf(keyedBackend), {
      chainId: ROOT,
      coins: [{ outpoint, output: { amount: COIN, lockingScript }, keyPair: keys }],
      outputs: [...payments, change],
      payload,
    });
    this.submit(ROOT, transaction);
    return transaction;
  }

  /** Everything refused, by reason. */
  get rejections(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { observation } of this.observations) {
      if (observation.kind === "rejected") counts.set(observation.reason, (counts.get(observation.reason) ?? 0) + 1);
    }
    return counts;
  }
}
