import { equalBytes } from "@noble/curves/utils.js";
import { SeatOrder } from "../../protocol/bridge/nomination.ts";
import { decodeSubchainRecord, type OperatorRecord, subchainKey } from "../../protocol/bridge/subchain-record.ts";
import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { Identity } from "../../protocol/consensus/pbft-node.ts";
import { assert, assertNever } from "../../protocol/core/assert.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { decodeOutputEntry } from "../../protocol/rootchain/entries.ts";
import { genesisStake } from "../../protocol/rootchain/genesis.ts";
import { type Outpoint, outpointKey } from "../../protocol/rootchain/outpoint.ts";
import type { OperatorSeat, Payload } from "../../protocol/rootchain/payload.ts";
import { payToKey } from "../../protocol/rootchain/script/standard.ts";
import { NEVER_AGAIN } from "../../protocol/rootchain/staking.ts";
import { decodeDelegate, delegateKey } from "../../protocol/rootchain/staking-entries.ts";
import { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Coin, delegateRegistration, signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import type {
  NominateOperation,
  Operation,
  ResignOperation,
  Scenario,
  StandOperation,
  WithdrawOperation,
} from "../scenario/scenario.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Undertaking } from "../workload/operations.ts";
import { type ChainPlan, membersOf, ROOT_CHAIN_ID } from "./chain-plan.ts";
import { delegatesOf } from "./genesis.ts";
import { identitiesOf } from "./population.ts";
import { shareUnits } from "./root-parameters.ts";
import { coinOf, type Means, once, spend, type UndertakingOptions } from "./undertaking-means.ts";

/** Transactions that an operation may take one after another, each with a coin for its fee. */
export const FEE_COINS = 2;

const VERSION = 2;

function isKey(one: Uint8Array | undefined, other: Uint8Array): boolean {
  return one !== undefined && equalBytes(one, other);
}

function operatorIn({ ledger }: ChainState, chainId: number, seat: number): OperatorRecord | null {
  const entry = ledger.entries.get(subchainKey(chainId));
  return (entry === undefined ? null : decodeSubchainRecord(entry))?.operators[seat] ?? null;
}

/** @returns an order about a seat as a transaction that stands by its signature alone */
function seatTransaction(payload: Payload): UtxoTransaction {
  return new UtxoTransaction({
    chainId: ROOT_CHAIN_ID,
    version: VERSION,
    inputs: [],
    outputs: [],
    lockTime: 0,
    payload,
  });
}

function seatHolder({ plan, residents }: Means, seat: number): Identity {
  return identitiesOf(plan, residents)[seat] as Identity;
}

function successorAt({ plan, residents }: Means, fullNode: number): { identity: Identity; endpoint: PeerId } {
  const endpoint = (plan.followers.first + fullNode) as PeerId;
  return { identity: residents[endpoint]?.identity as Identity, endpoint };
}

function nomination(means: Means, operation: NominateOperation): Undertaking {
  const { sign, plan } = means;
  const { seat, fullNode } = operation;
  const { identity, endpoint } = successorAt(means, fullNode);
  const { publicKey } = identity.signing;
  const nominee: OperatorSeat = { publicKey, vrfPublicKey: identity.vrf.publicKey, endpoint, bond: 0n };
  const signing = seatHolder(means, seat).signing;
  return {
    operation,
    chainId: plan.id,
    due: once((root: ChainState) => {
      const operator = operatorIn(root, plan.id, seat);
      if (operator === null) return null;
      const about = { chainId: plan.id, seat };
      const order = new SeatOrder({
        rootChain: ROOT_CHAIN_ID,
        ...about,
        nominations: operator.nominees.length,
        nominee,
      });
      sign(order, signing);
      return seatTransaction({ kind: "nominate", ...about, nominee, signature: order.signature });
    }),
    isDone: (root) => {
      const nominees = operatorIn(root, plan.id, seat)?.nominees ?? [];
      return nominees.some((each) => isKey(each.publicKey, publicKey));
    },
    shows: ({ rotation }) => isKey(rotation.registry.get(seat as DelegateId)?.publicKey, publicKey),
  };
}

/** Who sat is out once no committee holds the seat any more. */
function isOut({ rotation }: ChainState, seat: number): boolean {
  return !rotation.committee.members.includes(seat as DelegateId);
}

function operatorResignation(means: Means, operation: ResignOperation): Undertaking {
  const { sign, plan } = means;
  const { seat } = operation;
  const { signing } = seatHolder(means, seat);
  return {
    operation,
    chainId: plan.id,
    due: once((root: ChainState) => {
      const operator = operatorIn(root, plan.id, seat);
      if (operator === null) return null;
      const about = { chainId: plan.id, seat };
      const nominations = operator.nominees.length;
      const order = new SeatOrder({ rootChain: ROOT_CHAIN_ID, ...about, nominations, nominee: null });
      sign(order, signing);
      return seatTransaction({ kind: "resign", ...about, signature: order.signature });
    }),
    isDone: (root) => operatorIn(root, plan.id, seat)?.resigned ?? false,
    shows: (chain) => isOut(chain, seat),
  };
}

/** Keys of whoever owns a seat's bond on the rootchain: of a delegate from the start, or one that stood during the run. */
function delegateKeys(means: Means, seat: number): KeyPair {
  const { residents, plan } = means;
  const identities = membersOf(plan).map((node) => residents[node]?.identity ?? null);
  const found = identities.find((identity) => identity?.id === seat);
  assert(found !== undefined && found !== null, "operations are about seats that somebody holds");
  return found.signing;
}

/** @returns an unspent output with its outpoint, as an input of whoever owns it; null where it is not there */
function heldCoin({ ledger }: ChainState, outpoint: Outpoint | null, keyPair: KeyPair): Coin | null {
  const entry = outpoint === null ? undefined : ledger.entries.get(outpointKey(outpoint));
  const output = entry === undefined ? null : decodeOutputEntry(entry);
  if (output === null || outpoint === null) return null;
  return { outpoint, output: { amount: output.amount, lockingScript: output.lockingScript }, keyPair };
}

function roleAt({ ledger }: ChainState, outpoint: Outpoint) {
  const entry = ledger.entries.get(outpointKey(outpoint));
  return (entry === undefined ? null : decodeOutputEntry(entry))?.role ?? null;
}

function delegateBond({ ledger }: ChainState, seat: number): Outpoint | null {
  const entry = ledger.entries.get(delegateKey(seat as DelegateId));
  return (entry === undefined ? null : decodeDelegate(entry))?.bond ?? null;
}

/** Spends a bond or a vote into an output that matures; what it costs is paid from the purse. */
function unbonding(means: Means, held: Coin | null): UtxoTransaction | null {
  const fee = held === null ? null : coinOf(means, FEE);
  if (held === null || fee === null) return null;
  return spend(means, { coins: [held, fee], outputs: [held.output], payload: { kind: "unbond" } });
}

function delegateResignation(means: Means, operation: ResignOperation): Undertaking {
  const { seat } = operation;
  const keyPair = delegateKeys(means, seat);
  return {
    operation,
    chainId: ROOT_CHAIN_ID,
    due: once((root: ChainState) => unbonding(means, heldCoin(root, delegateBond(root, seat), keyPair))),
    isDone: ({ rotation }) => rotation.standings[seat]?.eligibleEpoch === NEVER_AGAIN,
    shows: (root) => isOut(root, seat),
  };
}

/** What is to be taken back, and by whom. */
interface Stake {
  readonly keyPair: KeyPair;
  /** @returns where it is in a state of the rootchain, null where it is nowhere */
  outpointIn(root: ChainState): Outpoint | null;
  /** Whether it has to be unbonded first. */
  readonly isVote: boolean;
}

function stakeOf(means: Means, { chain, seat, of }: WithdrawOperation): Stake {
  const { plan, plans, residents, scenario } = means;
  if (chain !== "root") {
    const outpointIn = (root: ChainState) => operatorIn(root, plan.id, seat)?.bond ?? null;
    return { keyPair: seatHolder(means, seat).signing, outpointIn, isVote: false };
  }
  const keyPair = delegateKeys(means, seat);
  if (of === "bond") return { keyPair, outpointIn: (root) => delegateBond(root, seat), isVote: false };
  const delegates = delegatesOf(scenario, identitiesOf(plans[0] as ChainPlan, residents));
  const { vote } = genesisStake(ROOT_CHAIN_ID, seat as DelegateId, delegates[seat] as (typeof delegates)[number]);
  return { keyPair, outpointIn: () => vote, isVote: true };
}

function withdrawal(means: Means, operation: WithdrawOperation): Undertaking {
  const { sign, plan } = means;
  const { keyPair, outpointIn, isVote } = stakeOf(means, operation);
  const unbond = once((root: ChainState) => unbonding(means, heldCoin(root, outpointIn(root), keyPair)));
  const take = once(({ root, outpoint }: { root: ChainState; outpoint: Outpoint }) => {
    const held = heldCoin(root, outpoint, keyPair);
    if (held === null) return null;
    const outputs = [{ amount: held.output.amount - FEE, lockingScript: payToKey(keyPair.publicKey) }];
    return spendCoins(sign, { chainId: ROOT_CHAIN_ID, coins: [held], outputs });
  });
  let taken: Outpoint | null = null;
  return {
    operation,
    chainId: plan.id,
    due: (root) => {
      const staked = outpointIn(root);
      if (staked === null) return null;
      // A vote has to become an output that matures first; a bond was made one by its owner's resignation.
      if (roleAt(root, staked)?.kind === "vote") return unbond(root);
      const outpoint = isVote ? firstOutput(unbond(root)) : staked;
      const role = outpoint === null ? null : roleAt(root, outpoint);
      if (outpoint === null || role?.kind !== "maturing" || root.height + 1 < role.height) return null;
      const transaction = take({ root, outpoint });
      taken = firstOutput(transaction);
      return transaction;
    },
    isDone: ({ ledger }) => taken !== null && ledger.entries.get(outpointKey(taken)) !== undefined,
    shows: () => true,
  };
}

function firstOutput(transaction: UtxoTransaction | null): Outpoint | null {
  return transaction && { transactionId: transaction.outpointId, index: 0 };
}

function standing(means: Means, operation: StandOperation): Undertaking {
  const { sign, scenario, purse } = means;
  const { rootchain } = scenario;
  const { seat, fullNode, stake } = operation;
  const { identity, endpoint } = successorAt(means, fullNode);
  const { signing, vrf } = identity;
  const rewardScript = payToKey(signing.publicKey);
  const bond = BigInt(rootchain.delegateBond);
  const register = once(() => {
    const coin = coinOf(means, bond + FEE);
    if (coin === null) return null;
    const commission = shareUnits(rootchain.commission);
    const terms = { vrfPublicKey: vrf.publicKey, endpoint, commission, rewardScript };
    const payload = delegateRegistration(sign, ROOT_CHAIN_ID, signing, terms);
    return spend(means, { coins: [coin], outputs: [{ amount: bond, lockingScript: rewardScript }], payload });
  });
  const vote = once(() => {
    const coin = coinOf(means, BigInt(stake) + FEE);
    if (coin === null) return null;
    const payload = { kind: "vote", delegate: seat as DelegateId } as const;
    return spend(means, { coins: [coin], outputs: [{ amount: BigInt(stake), lockingScript: purse.script }], payload });
  });
  const isRegistered = ({ rotation }: ChainState) =>
    isKey(rotation.registry.get(seat as DelegateId)?.publicKey, signing.publicKey);
  return {
    operation,
    chainId: ROOT_CHAIN_ID,
    due: (root) => {
      if (isRegistered(root)) return vote(undefined);
      // Seats are given out in order: whoever is to have an earlier one goes first.
      return root.rotation.registry.size === seat ? register(undefined) : null;
    },
    isDone: (root) => isRegistered(root) && (root.rotation.standings[seat]?.stake ?? 0n) >= BigInt(stake),
    shows: ({ rotation }) => rotation.delegates.includes(seat as DelegateId),
  };
}

/** @returns coins that the purse of an operation needs, base units each, the largest ones first */
export function coinsFor(operation: Operation, { rootchain }: Scenario): bigint[] {
  const fees = Array.from({ length: FEE_COINS }, () => 2n * FEE);
  if (operation.kind !== "stand") return fees;
  return [BigInt(rootchain.delegateBond) + 2n * FEE, BigInt(operation.stake) + 2n * FEE].toSorted((a, b) =>
    a < b ? -1 : 1,
  );
}

/** @returns what carries an operation out that registers no chain */
export function undertake(
  options: UndertakingOptions,
  operation: Exclude<Operation, { kind: "register" }>,
  purse: Holder,
): Undertaking {
  const { backend, plans } = options;
  const chain = "chain" in operation ? operation.chain : "root";
  const plan = plans.find(({ name }) => name === chain) as ChainPlan;
  const means: Means = { ...options, sign: signerOf(backend), purse, plan };
  switch (operation.kind) {
    case "nominate":
      return nomination(means, operation);
    case "stand":
      return standing(means, operation);
    case "resign":
      return plan.subchain === null ? delegateResignation(means, operation) : operatorResignation(means, operation);
    case "withdraw":
      return withdrawal(means, operation);
    default:
      return assertNever(operation);
  }
}
