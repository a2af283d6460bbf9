import { consumedKey } from "../../protocol/bridge/cross-transfer.ts";
import { decodeLeg, encodeLeg, type Leg } from "../../protocol/bridge/leg.ts";
import { readLock } from "../../protocol/bridge/relock.ts";
import { type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { hashToBytes } from "../../protocol/crypto/hash.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { encodeTransaction, type Transaction } from "../../protocol/ledger/transaction.ts";
import type { CertifiedHeader } from "../../protocol/light/certified-header.ts";
import type { StateProof, TransactionProof } from "../../protocol/light/state-proof.ts";
import { Proofs } from "../../protocol/node/light-messages.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { deliveryOf } from "../../protocol/subchain/delivery.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { Reorg } from "../../protocol/subchain/transaction.ts";
import type { Misconduct } from "./byzantine-node.ts";

type Relock = Extract<Payload, { kind: "relock" }>;
/** Makes a false claim out of a true one, or null where it cannot. @param spent one that was consumed before */
type Cheat<T> = (honest: T, spent: T | null) => T | null;

/** True claims by the key under which their consumption shows, on the chain where it does. */
class Claims<T> {
  /** The last one that was consumed, by whoever carried it. */
  spent: T | null = null;
  readonly #open = new Map<string, T>();

  note(name: string, claim: T): void {
    if (this.#open.size < MAX_NOTED) this.#open.set(name, claim);
  }

  consumed(name: string): void {
    const claim = this.#open.get(name);
    if (claim === undefined) return;
    this.spent = claim;
    this.#open.delete(name);
  }
}

/** Claims of each kind that are remembered until they are consumed. */
const MAX_NOTED = 1024;

/** A relayer that never passes a claim on as it is: what it sends has to be refused, and honest relayers have to do its work. */
export class CheatRelay implements Misconduct {
  bites = 0;
  readonly #relocks = new Claims<Relock>();
  readonly #reorgs = new Claims<Reorg>();
  #turn = 0;

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Transactions)) return false;
    const cheats = message.transactions.map((each) => this.#cheat(each));
    const sent = cheats.filter((each) => each !== null);
    this.bites += sent.length;
    if (sent.length > 0) context.broadcast(to, new Transactions(sent));
    return true;
  }

  /** Learns what was consumed as its honest part does, to replay it. */
  receive(_context: Context, _from: PeerId, message: Message): boolean {
    if (!(message instanceof Proofs)) return false;
    for (const { key, value } of message.entries) {
      if (value === null) continue;
      this.#relocks.consumed(`${message.chainId}/${key}`);
      this.#reorgs.consumed(`${message.chainId}/${key}`);
    }
    return false;
  }

  #cheat(transaction: Transaction): Transaction | null {
    this.#turn++;
    if (transaction.kind === "reorg") return this.#cheatReorg(transaction);
    if (transaction.kind !== "utxo" || transaction.payload?.kind !== "relock") return null;
    const { payload: honest } = transaction;
    const lockId = readLock(honest.lock)?.lockId;
    if (lockId !== undefined) this.#relocks.note(`${ROOT_CHAIN}/${consumedKey(lockId)}`, honest);
    const cheat = RELOCK_CHEATS[this.#turn % RELOCK_CHEATS.length] as Cheat<Relock>;
    const payload = cheat(honest, this.#relocks.spent);
    return payload === null ? null : new UtxoTransaction({ ...fieldsOf(transaction), payload });
  }

  #cheatReorg(reorg: Reorg): Reorg | null {
    const delivery = deliveryOf(reorg);
    if (delivery !== null) {
      const { lockId, transfer } = delivery;
      this.#reorgs.note(`${transfer.destinationChain}/${consumedKey(lockId)}`, reorg);
    }
    const cheat = REORG_CHEATS[this.#turn % REORG_CHEATS.length] as Cheat<Reorg>;
    return cheat(reorg, this.#reorgs.spent);
  }
}

function fieldsOf({ chainId, version, inputs, outputs, lockTime }: UtxoTransaction) {
  return { chainId, version, inputs, outputs, lockTime };
}

/** Nothing can be cut off from the proof of a block's only transaction: it gets a hash too many. */
function altered(proof: TransactionProof): TransactionProof {
  const { branch } = proof;
  return { ...proof, branch: branch.length === 0 ? [hashToBytes(ZERO_HASH)] : branch.slice(0, -1) };
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const at = copy.length >> 1;
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** Too few signatures to make anything final. */
function unfinal(headers: readonly CertifiedHeader[]): CertifiedHeader[] {
  return headers.map((each) => {
    const votes = each.certificate.votes.slice(0, 1);
    return { ...each, certificate: { ...each.certificate, votes } };
  });
}

/** The same header under another chain's id. */
function foreign(headers: readonly CertifiedHeader[]): CertifiedHeader[] {
  return headers.map((each) => ({ ...each, header: { ...each.header, chainId: each.header.chainId + 1 } }));
}

const RELOCK_CHEATS: readonly Cheat<Relock>[] = [
  // What was consumed already.
  (_, spent) => spent,
  (honest) => ({ ...honest, proof: altered(honest.proof) }),
  (honest) => ({ ...honest, lock: flipped(honest.lock) }),
  (honest) => withHeaders(honest, unfinal),
  (honest) => withHeaders(honest, foreign),
  // The proof of one lock for the bytes of another.
  (honest, spent) => (spent === null ? null : { ...honest, lock: spent.lock }),
  // A transaction of another kind in the lock's place.
  (honest) => ({ ...honest, lock: encodeTransaction(new UtxoTransaction(NOTHING)) }),
];

const NOTHING = { chainId: 1, version: 1, inputs: [], outputs: [], lockTime: 0, payload: null };

function withHeaders(
  relock: Relock,
  change: (headers: readonly CertifiedHeader[]) => CertifiedHeader[],
): Relock | null {
  const { headers, height } = relock.path;
  return headers.length === 0 ? null : { ...relock, path: { headers: change(headers), height } };
}

const REORG_CHEATS: readonly Cheat<Reorg>[] = [
  (_, spent) => spent,
  (honest) => new Reorg({ ...reorgFields(honest), proof: cutShort(honest.proof) }),
  (honest) => new Reorg({ ...reorgFields(honest), leg: flipped(honest.leg) }),
  (honest) => new Reorg({ ...reorgFields(honest), data: Uint8Array.of(...honest.data, 1) }),
  (honest) => reorgWithHeaders(honest, unfinal),
  (honest) => reorgWithHeaders(honest, foreign),
  // More than the rootchain set free, or once more under another identity.
  (honest) => withLeg(honest, (leg) => ({ ...leg, remaining: leg.remaining + 1n })),
  (honest) => new Reorg({ ...reorgFields(honest), lockId: consumedKey(honest.lockId) }),
];

function reorgFields({ lockId, path, leg, proof, data, payee }: Reorg) {
  return { lockId, path, leg, proof, data, payee };
}

function withLeg(honest: Reorg, change: (leg: Leg) => Leg): Reorg | null {
  const leg = decodeLeg(honest.leg);
  return leg === null ? null : new Reorg({ ...reorgFields(honest), leg: encodeLeg(change(leg)) });
}

/** The first step of the way is missing; where there is none, one is made up. */
function cutShort({ rotationRoot, map }: StateProof): StateProof {
  const { steps } = map;
  const others = steps.length === 0 ? [{ bit: 0, sibling: hashToBytes(ZERO_HASH) }] : steps.slice(1);
  return { rotationRoot, map: { ...map, steps: others } };
}

function reorgWithHeaders(
  reorg: Reorg,
  change: (headers: readonly CertifiedHeader[]) => CertifiedHeader[],
): Reorg | null {
  const { headers, height } = reorg.path;
  return headers.length === 0 ? null : new Reorg({ ...reorgFields(reorg), path: { headers: change(headers), height } });
}
