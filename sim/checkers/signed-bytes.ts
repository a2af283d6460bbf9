import { Phase, Vote } from "../../protocol/consensus/vote.ts";
import type { Hash } from "../../protocol/core/ids.ts";
import type { Message } from "../../protocol/core/machine.ts";
import { WireKind } from "../../protocol/core/wire-kind.ts";
import { bytesToHash, hashToBytes } from "../../protocol/crypto/hash.ts";
import type { Block } from "../../protocol/ledger/block.ts";
import { decodeTransaction, encodeTransaction, type Transaction } from "../../protocol/ledger/transaction.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Checker, type CheckerReport, Findings, type World } from "./checker.ts";
import { areSame } from "./cross/bytes.ts";
import type { FinalChain } from "./final-chain.ts";
import type { People } from "./people.ts";

/** Of each kind of statement so many are looked at, and one in `SAMPLE_EVERY` after them. */
const SAMPLED_FIRST = 16;
const SAMPLE_EVERY = 256;
/** Bytes that are altered in each: the first ones, where the chain stands, and some that follow from the count. */
const FIRST_BYTES = 6;
const OTHER_BYTES = 6;
/** A stride that shares no factor with any length of interest. */
const STRIDE = 7919;
const NOTHING = new Uint8Array(0);

interface Seen {
  readonly atUs: number;
  readonly node: number;
}

/**
 * What is signed commits to everything that it says, the chain before all (protocol.md section 0): an altered statement that
 * still bears the same signature must be another one to whoever verifies it.
 */
export class SignedBytesChecker implements Checker {
  readonly name = "signed-bytes";
  readonly #findings: Findings;
  readonly #people: People;
  /** By kind. */
  readonly #seen = new Map<string, number>();

  constructor(world: World, chain: FinalChain, people: People) {
    this.#findings = new Findings("signed-bytes", world.chain);
    this.#people = people;
    chain.onBlock((block, atUs, node) => this.#judgeBody(block, { atUs, node }));
  }

  onEmit(node: number, atUs: number, message: Message | null): void {
    if (message?.kind !== WireKind.vote || !this.#people.isHonest(node)) return;
    if (this.#isSampled("vote")) this.#judgeVote(message as Vote, { atUs, node });
  }

  finish(): CheckerReport {
    return this.#findings.report();
  }

  #isSampled(kind: string): boolean {
    const count = this.#seen.get(kind) ?? 0;
    this.#seen.set(kind, count + 1);
    return count < SAMPLED_FIRST || count % SAMPLE_EVERY === 0;
  }

  /** A vote's signer is known by the key that verifies it, and need not be among what it signs. */
  #judgeVote(vote: Vote, seen: Seen): void {
    this.#findings.samples++;
    for (const change of changesOf(vote)) {
      const altered = new Vote({ ...vote, ...change }, vote.signature);
      if (areSame(altered.preimage(), vote.preimage()))
        this.#report(seen, `a vote's signature holds for another ${Object.keys(change).join()}`);
    }
  }

  #judgeBody({ transactions }: Block, seen: Seen): void {
    for (const transaction of transactions) {
      const signed = signedBytes(transaction);
      if (signed === null || !this.#isSampled(transaction.kind)) continue;
      this.#findings.samples++;
      const bytes = encodeTransaction(transaction);
      for (const [turn, place] of this.#places(bytes.length).entries()) {
        const altered = bytes.slice();
        altered[place] = (altered[place] as number) ^ (1 << (turn % 8));
        const other = decodeTransaction(altered);
        if (other === null || other.kind !== transaction.kind || isSignatureAltered(transaction, other)) continue;
        if (areSame(signedBytes(other) ?? NOTHING, signed))
          this.#report(seen, `a ${transaction.kind}'s signature holds although its byte ${place} was altered`);
      }
    }
  }

  #places(length: number): number[] {
    const first = Array.from({ length: FIRST_BYTES }, (_, place) => place);
    const others = Array.from(
      { length: OTHER_BYTES },
      (_, turn) => ((this.#findings.samples + turn) * STRIDE) % length,
    );
    return [...first, ...others].filter((place) => place < length);
  }

  #report({ atUs, node }: Seen, what: string): void {
    this.#findings.violation(atUs, [node], what);
  }
}

function changesOf({
  chainId,
  height,
  view,
  phase,
  blockHash,
  newViewHash,
}: Vote): Partial<ConstructorParameters<typeof Vote>[0]>[] {
  const numbers = [{ chainId: chainId + 1 }, { height: height + 1 }, { view: view + 1 }];
  const otherPhase = phase === Phase.commit ? Phase.prepare : Phase.commit;
  return [...numbers, { phase: otherPhase }, { blockHash: flipped(blockHash) }, { newViewHash: flipped(newViewHash) }];
}

/** @returns what a transaction's signatures are about, null where nobody signs it */
function signedBytes(transaction: Transaction): Uint8Array | null {
  switch (transaction.kind) {
    case "transfer":
    case "action":
    case "rejoin":
      return transaction.preimage();
    case "utxo":
      return hashToBytes(transaction.outpointId);
    default:
      return null;
  }
}

/** Signatures and unlocking scripts are not about themselves. */
function isSignatureAltered(transaction: Transaction, other: Transaction): boolean {
  if ("signature" in transaction && "signature" in other) return !areSame(transaction.signature, other.signature);
  return transaction.kind === "utxo" && !hasSameScripts(transaction, other as UtxoTransaction);
}

function hasSameScripts({ inputs }: UtxoTransaction, other: UtxoTransaction): boolean {
  return inputs.every(({ unlockingScript }, index) =>
    areSame(unlockingScript, other.inputs[index]?.unlockingScript ?? NOTHING),
  );
}

function flipped(hash: Hash): Hash {
  return bytesToHash(hashToBytes(hash).map((byte) => byte ^ 1));
}
