import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import type { DelegateId, PeerId } from "../../core/ids.ts";
import { decodeTransaction, encodeTransaction } from "../../ledger/transaction.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { proveTransaction } from "../../light/state-proof.ts";
import * as entries from "../../rootchain/entries.ts";
import type { OperatorSeat, Payload } from "../../rootchain/payload.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import * as staking from "../../rootchain/staking-entries.ts";
import type { FraudProof } from "../../subchain/fraud-proof.ts";
import { anyHash, EPOCH_BLOCKS, LightChain } from "../light/light-chain.ts";
import { holder, identityOf, transfer } from "../people.ts";
import { COIN, paying, spending, World } from "../rootchain/world.ts";
import { specificationOf } from "../subchain/world.ts";
import { type Format, whole } from "./format.ts";

// Few delegates: more of them only make everything longer.
const chain = new LightChain(2);
chain.add([transfer(0, 0), transfer(1, 0)]);
chain.grow(EPOCH_BLOCKS);
const encoded = chain.blocks[0]?.transactions.map(encodeTransaction) ?? [];
const proof = proveTransaction(encoded, 1);
const path = { headers: [chain.at(3)], height: 3 };
const script = payToKey(holder(1).publicKey);
const map = chain.state.ledger.entries.prove(anyHash(4));
const state = { rotationRoot: chain.state.rotation.root, map };
const signature = new Uint8Array(64).fill(3);
const seat: OperatorSeat = {
  publicKey: identityOf(1).signing.publicKey,
  vrfPublicKey: identityOf(1).vrf.publicKey,
  endpoint: 5 as PeerId,
  bond: COIN,
};
const crossTransfer: CrossTransfer = {
  token: 1,
  sourceChain: 1,
  destinationChain: 2,
  amount: COIN,
  receiver: new Uint8Array(32).fill(4),
  dataHash: anyHash(2),
  rootExpiryUs: 7,
  destinationExpiryUs: 9,
  relockFee: 1n,
  deliveryFee: 2n,
  fallback: script,
};
const fraud: FraudProof = {
  header: chain.at(2),
  step: { kind: "transaction", transaction: encoded[0] as Uint8Array, proof, afterProof: proof },
  executionTree: anyHash(5),
  before: anyHash(6),
  beforeProof: proof,
  after: anyHash(7),
  witnesses: [
    { key: anyHash(8), value: null, proof: map },
    { key: anyHash(9), value: script, proof: map },
  ],
};
const delegate = 3 as DelegateId;

const onward = { destinationChain: 3, deliveryFee: 5n };

const PAYLOADS: { readonly [Kind in Payload["kind"]]: Extract<Payload, { kind: Kind }> } = {
  "register-subchain": {
    kind: "register-subchain",
    specification: specificationOf(),
    operators: [seat, seat],
    genesis: genesisAnchor(chain.genesis),
  },
  nominate: { kind: "nominate", chainId: 2, seat: 1, nominee: seat, signature },
  resign: { kind: "resign", chainId: 2, seat: 1, signature },
  lock: { kind: "lock", transfer: crossTransfer },
  relock: { kind: "relock", path, lock: encoded[0] as Uint8Array, proof },
  refund: { kind: "refund", lockId: anyHash(1), path, proof: state },
  anchor: { kind: "anchor", chainId: 2, path },
  exit: { kind: "exit", chainId: 2, publicKey: seat.publicKey, proof: state, account: script, onward, signature },
  "quota-bid": {
    kind: "quota-bid",
    chainId: 2,
    pieces: 4,
    pricePerPiece: 9n,
    deposit: COIN,
    refundScript: script,
  },
  "register-delegate": {
    kind: "register-delegate",
    publicKey: seat.publicKey,
    vrfPublicKey: seat.vrfPublicKey,
    endpoint: seat.endpoint,
    commission: 500,
    rewardScript: script,
    signature,
  },
  vote: { kind: "vote", delegate },
  unbond: { kind: "unbond" },
  "claim-reward": { kind: "claim-reward", of: "vote", delegate, vote: anyHash(3), throughEpoch: 12 },
  "evidence-commit": { kind: "evidence-commit", digest: anyHash(3) },
  "evidence-reveal": { kind: "evidence-reveal", chainId: 2, evidence: script, salt: anyHash(3) },
  "fraud-proof": { kind: "fraud-proof", chainId: 2, fraud, salt: anyHash(3) },
};

const closing = { kind: "closing", previous: chain.at(1).header, rotationRoot: anyHash(2) } as const;
/** Kinds that have two shapes. */
const OTHERS: readonly Payload[] = [
  { ...PAYLOADS["fraud-proof"], fraud: { ...fraud, step: closing } },
  { ...PAYLOADS["claim-reward"], of: "delegate" },
  { ...PAYLOADS.anchor, path: { headers: [], height: 4 } },
];

const { coins } = new World();
const outputs = [paying(0, COIN), paying(1, 1n)];

function carrying(...payloads: readonly (Payload | null)[]): Format {
  const values = payloads.map((payload) => spending(coins.slice(0, 2), outputs, { payload, lockTime: 7 }));
  return whole(encodeTransaction, decodeTransaction, ...values);
}

/** Transactions of the rootchain, by what they carry. */
export const rootTransactions: Record<string, Format> = {
  payments: carrying(null),
  ...Object.fromEntries(
    Object.values(PAYLOADS).map((payload) => [
      `transactions that carry ${payload.kind}`,
      carrying(payload, ...OTHERS.filter(({ kind }) => kind === payload.kind)),
    ]),
  ),
};

const output = { amount: COIN, lockingScript: script, createdHeight: 8, createdUs: 9 };
const roles: readonly entries.OutputRole[] = [
  { kind: "plain" },
  { kind: "vote", delegate },
  { kind: "operator-bond", chainId: 2, seat: 1 },
  { kind: "maturing", height: 9, delegate },
  { kind: "maturing", height: 9, delegate: null },
];
const vote = { delegate, amount: COIN, rewardScript: script, nextEpoch: 4, endEpoch: staking.NO_END };
const record = { commission: 5, rewardScript: script, bond: { transactionId: anyHash(3), index: 0 }, nextEpoch: 3 };
const pot = { earned: 9n, paid: 8n, stake: COIN, commission: 9 };
const snapshot = { delegates: [{ stake: COIN, commission: 7 }] };

/** Entries of the rootchain's own ledger. */
export const rootEntries: Record<string, Format> = {
  outputs: whole(entries.encodeOutputEntry, entries.decodeOutputEntry, ...roles.map((role) => ({ ...output, role }))),
  totals: whole(entries.encodeTotals, entries.decodeTotals, { issued: 1n, burned: 2n, pool: 3n }),
  "delegates' records": whole(staking.encodeDelegate, staking.decodeDelegate, record),
  "votes' records": whole(staking.encodeVote, staking.decodeVote, vote),
  accruals: whole(staking.encodeAccrual, staking.decodeAccrual, { share: 7n, members: [delegate] }),
  pots: whole(staking.encodePot, staking.decodePot, pot),
  "stake snapshots": whole(staking.encodeSnapshot, staking.decodeSnapshot, snapshot),
};
