import { commitmentKey, commitmentOf, decodeCommitment, informerReward } from "../bridge/informer.ts";
import type { BridgeParameters } from "../bridge/parameters.ts";
import { decodeSubchainRecord, type OperatorRecord, subchainKey } from "../bridge/subchain-record.ts";
import { type Evidence, encodeEvidence, votesConflict } from "../consensus/evidence.ts";
import { Writer } from "../core/codec.ts";
import type { DelegateId, Hash } from "../core/ids.ts";
import type { Context } from "../core/machine.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import type { Anchor } from "../light/anchor.ts";
import type { CertifiedHeader } from "../light/certified-header.ts";
import type { Payload } from "../rootchain/payload.ts";
import { type Outpoint, UtxoTransaction } from "../rootchain/transaction.ts";
import { spendCoins } from "../rootchain/wallet.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import { MAX_ACCUSATIONS, MAX_FOLLOWED_HEADERS } from "./limits.ts";
import type { Fact } from "./relay-view.ts";

/** What an informer pays with, and what it knows of the rootchain's rules. */
export interface InformerOptions {
  readonly keyPair: KeyPair;
  /** Pays to the key. */
  readonly rewardScript: Uint8Array;
  /** Outputs that pay to the key: each commitment spends one. */
  readonly coins: readonly { readonly outpoint: Outpoint; readonly amount: bigint }[];
  /** Base units of the root token, for each commitment. */
  readonly fee: bigint;
  /** A step that shows no effect is taken again after this long, µs. */
  readonly retryUs: number;
  readonly rules: Pick<BridgeParameters, "informerShare" | "revealDelayBlocks">;
}

/** One operator's offence, on its way to the rootchain. */
interface Accusation {
  readonly chainId: number;
  readonly culprit: DelegateId;
  readonly evidence: Uint8Array;
  readonly salt: Hash;
  readonly digest: Hash;
  dueUs: number;
}

/** What the rootchain is known to hold. */
interface RootFacts {
  readonly anchor: Anchor;
  fact(key: Hash): Fact | undefined;
}

const VERSION = 2;
const SALT_WORDS = 8;

/**
 * Notices that operators of a subchain certified two headers for one height, and takes their bonds for its part of them (S8):
 * first a commitment, which costs a fee, then the evidence. A second history told to others is all it takes.
 */
export class Informer {
  readonly #options: InformerOptions;
  /** By chain and height: headers that were followed, and so really are certified. */
  readonly #followed = new Map<number, Map<number, CertifiedHeader>>();
  readonly #accusations = new Map<string, Accusation>();
  #nextCoin = 0;

  constructor(options: InformerOptions) {
    this.#options = options;
  }

  /** Offences that are not punished yet, as far as this informer knows. */
  get open(): number {
    return this.#accusations.size;
  }

  /** Takes note of a header that was followed. */
  follow(certified: CertifiedHeader): void {
    const { chainId, height } = certified.header;
    const known = this.#followed.get(chainId) ?? new Map<number, CertifiedHeader>();
    this.#followed.set(chainId, known.set(height, certified));
    if (known.size <= MAX_FOLLOWED_HEADERS) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      break;
    }
  }

  /** Compares headers that anybody sent with what was followed. */
  compare(context: Context, chain: readonly CertifiedHeader[]): void {
    for (const certified of chain) {
      const { chainId, height } = certified.header;
      const known = this.#followed.get(chainId)?.get(height);
      if (known === undefined || known.certificate.blockHash === certified.certificate.blockHash) continue;
      this.#accuse(context, known, certified);
    }
  }

  #accuse(context: Context, known: CertifiedHeader, other: CertifiedHeader): void {
    const keys = new Map(known.members.map(({ id, publicKey }) => [id, publicKey]));
    const seconds = new Map(other.certificate.votes.map((vote) => [vote.signer, vote]));
    for (const first of known.certificate.votes) {
      const [second, key] = [seconds.get(first.signer), keys.get(first.signer)];
      if (second === undefined || key === undefined || !votesConflict(first, second)) continue;
      const name = `${first.chainId}/${first.signer}`;
      if (this.#accusations.has(name) || this.#accusations.size >= MAX_ACCUSATIONS) continue;
      // The first was verified when its header was followed.
      if (!context.crypto.verify(second, key)) continue;
      this.#accusations.set(name, this.#accusation(context, { kind: "double-vote", first, second }));
    }
  }

  #accusation(context: Context, evidence: Extract<Evidence, { kind: "double-vote" }>): Accusation {
    const { chainId, signer: culprit } = evidence.first;
    const encoded = encodeEvidence(evidence);
    const writer = new Writer();
    for (let word = 0; word < SALT_WORDS; word++) writer.u32(context.entropy());
    const salt = hashTagged("orrery/informer-salt", writer.finish());
    const { rewardScript: lockingScript } = this.#options;
    const digest = commitmentOf({ chainId, evidence: encoded, salt, lockingScript });
    return { chainId, culprit, evidence: encoded, salt, digest, dueUs: 0 };
  }

  /** @param want told under which keys of the rootchain's ledger there is something to know */
  ask(want: (key: Hash) => void): void {
    for (const { chainId, digest } of this.#accusations.values()) {
      want(subchainKey(chainId));
      want(commitmentKey(digest));
    }
  }

  /** @returns what is to be handed to the rootchain now */
  step(context: Context, root: RootFacts): UtxoTransaction[] {
    const transactions: UtxoTransaction[] = [];
    for (const [name, accusation] of this.#accusations) {
      const record = decodeRecord(root.fact(subchainKey(accusation.chainId)));
      const operator = record?.[accusation.culprit];
      if (operator === undefined) continue;
      if (operator.slashed) this.#accusations.delete(name);
      else if (context.nowUs >= accusation.dueUs) {
        const transaction = this.#next(context, root, { accusation, operator });
        if (transaction === null) continue;
        accusation.dueUs = context.nowUs + this.#options.retryUs;
        transactions.push(transaction);
      }
    }
    return transactions;
  }

  #next(
    context: Context,
    root: RootFacts,
    { accusation, operator }: { accusation: Accusation; operator: OperatorRecord },
  ): UtxoTransaction | null {
    const fact = root.fact(commitmentKey(accusation.digest));
    if (fact === undefined) return null;
    const committed = fact.value === undefined ? null : decodeCommitment(fact.value);
    if (committed === null) return this.#commit(context, accusation);
    const age = root.anchor.height + 1 - committed;
    return age < this.#options.rules.revealDelayBlocks ? null : this.#reveal(accusation, operator);
  }

  #commit(context: Context, { digest }: Accusation): UtxoTransaction | null {
    const { coins, fee, keyPair, rewardScript: lockingScript } = this.#options;
    const coin = coins[this.#nextCoin % Math.max(1, coins.length)];
    if (coin === undefined || coin.amount <= fee) return null;
    this.#nextCoin++;
    const { outpoint, amount } = coin;
    return spendCoins((object, keys) => context.crypto.sign(object, keys), {
      chainId: ROOT_CHAIN,
      coins: [{ outpoint, output: { amount, lockingScript }, keyPair }],
      outputs: [{ amount: amount - fee, lockingScript }],
      payload: { kind: "evidence-commit", digest },
    });
  }

  /** Nobody needs to pay for it: what it gives out is exactly the reward. */
  #reveal({ chainId, evidence, salt }: Accusation, { registered }: OperatorRecord): UtxoTransaction {
    const { rewardScript: lockingScript, rules } = this.#options;
    const payload: Payload = { kind: "evidence-reveal", chainId, evidence, salt };
    const outputs = [{ amount: informerReward(registered.bond, rules), lockingScript }];
    return new UtxoTransaction({ chainId: ROOT_CHAIN, version: VERSION, inputs: [], outputs, lockTime: 0, payload });
  }
}

function decodeRecord(fact: Fact | undefined): readonly OperatorRecord[] | null {
  return fact?.value === undefined ? null : (decodeSubchainRecord(fact.value)?.operators ?? null);
}
