import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { encodeTransaction, type Transaction } from "../../protocol/ledger/transaction.ts";
import type { CertifiedHeader } from "../../protocol/light/certified-header.ts";
import type { TransactionProof } from "../../protocol/light/state-proof.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { Reorg } from "../../protocol/subchain/transaction.ts";
import type { Misconduct } from "./byzantine-node.ts";

type Relock = Extract<Payload, { kind: "relock" }>;
/** Makes a false claim out of a true one, or null where it cannot. */
type Cheat<T> = (honest: T, earlier: T | null) => T | null;

/**
 * A relayer that passes no claim on as it is: what it sends has to be refused, and honest relayers have to do its work. What it
 * replays, it kept back the first time: where nobody else carried it meanwhile, a true claim gets through late.
 */
export class CheatRelay implements Misconduct {
  bites = 0;
  #lastRelock: Relock | null = null;
  #lastReorg: Reorg | null = null;
  #turn = 0;

  intercept(context: Context, to: readonly PeerId[], message: Message): boolean {
    if (!(message instanceof Transactions)) return false;
    const cheats = message.transactions.map((each) => this.#cheat(each));
    const sent = cheats.filter((each) => each !== null);
    this.bites += sent.length;
    if (sent.length > 0) context.broadcast(to, new Transactions(sent));
    return true;
  }

  #cheat(transaction: Transaction): Transaction | null {
    this.#turn++;
    if (transaction.kind === "reorg") return this.#cheatReorg(transaction);
    if (transaction.kind !== "utxo" || transaction.payload?.kind !== "relock") return null;
    const earlier = this.#lastRelock;
    this.#lastRelock = transaction.payload;
    const cheat = RELOCK_CHEATS[this.#turn % RELOCK_CHEATS.length] as Cheat<Relock>;
    const payload = cheat(transaction.payload, earlier);
    return payload === null ? null : new UtxoTransaction({ ...fieldsOf(transaction), payload });
  }

  #cheatReorg(reorg: Reorg): Reorg | null {
    const earlier = this.#lastReorg;
    this.#lastReorg = reorg;
    const cheat = REORG_CHEATS[this.#turn % REORG_CHEATS.length] as Cheat<Reorg>;
    return cheat(reorg, earlier);
  }
}

function fieldsOf({ chainId, version, inputs, outputs, lockTime }: UtxoTransaction) {
  return { chainId, version, inputs, outputs, lockTime };
}

function truncated(proof: TransactionProof): TransactionProof {
  return { ...proof, branch: proof.branch.slice(0, -1) };
}

function altered(bytes: Uint8Array): Uint8Array {
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
  // What somebody else has consumed by now.
  (_, earlier) => earlier,
  (honest) => ({ ...honest, proof: truncated(honest.proof) }),
  (honest) => ({ ...honest, lock: altered(honest.lock) }),
  (honest) => withHeaders(honest, unfinal),
  (honest) => withHeaders(honest, foreign),
  // The proof of one lock for the bytes of another.
  (honest, earlier) => (earlier === null ? null : { ...honest, lock: earlier.lock }),
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
  (_, earlier) => earlier,
  (honest) => new Reorg({ ...reorgFields(honest), proof: truncated(honest.proof) }),
  (honest) => new Reorg({ ...reorgFields(honest), transaction: altered(honest.transaction) }),
  (honest) => new Reorg({ ...reorgFields(honest), data: Uint8Array.of(...honest.data, 1) }),
  (honest) => reorgWithHeaders(honest, unfinal),
  (honest) => reorgWithHeaders(honest, foreign),
  (honest) => new Reorg({ ...reorgFields(honest), transaction: encodeTransaction(new UtxoTransaction(NOTHING)) }),
];

function reorgFields({ path, transaction, proof, data, payee }: Reorg) {
  return { path, transaction, proof, data, payee };
}

function reorgWithHeaders(
  reorg: Reorg,
  change: (headers: readonly CertifiedHeader[]) => CertifiedHeader[],
): Reorg | null {
  const { headers, height } = reorg.path;
  return headers.length === 0 ? null : new Reorg({ ...reorgFields(reorg), path: { headers: change(headers), height } });
}
