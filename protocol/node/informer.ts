import { commitmentKey, commitmentOf, decodeCommitment, informerReward } from "../bridge/informer.ts";
import type { BridgeParameters } from "../bridge/parameters.ts";
import {
  decodeSubchainRecord,
  type OperatorRecord,
  type SubchainRecord,
  subchainKey,
} from "../bridge/subchain-record.ts";
import { encodeEvidence, votesConflict } from "../consensus/evidence.ts";
import { reject } from "../consensus/pbft-node.ts";
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
import { type FraudProof, writeFraudProof } from "../subchain/fraud-proof.ts";
import { judgeFraud } from "../subchain/judge-fraud.ts";
import { ROOT_CHAIN } from "../subchain/specification.ts";
import { MAX_ACCUSATIONS, MAX_FOLLOWED_HEADERS, MAX_TIPS } from "./limits.ts";
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

/** What proves an offence. */
type Proof =
  | { readonly kind: "evidence"; readonly evidence: Uint8Array }
  | { readonly kind: "fraud"; readonly fraud: FraudProof };

/** Operators' offence, on its way to the rootchain. */
interface Accusation {
  readonly chainId: number;
  readonly culprits: readonly DelegateId[];
  readonly proof: Proof;
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

/** @returns the bytes that are committed to */
function encodeProof(proof: Proof): Uint8Array {
  if (proof.kind === "evidence") return proof.evidence;
  const writer = new Writer();
  writeFraudProof(writer, proof.fraud);
  return writer.finish();
}

/**
 * Notices that operators of a subchain certified two headers for one height, and takes their bonds for its part of them (S8):
 * first a commitment, which costs a fee, then the evidence. A second history told to others is all it takes. Of a false state
 * it has to be told by somebody who holds the block.
 */
export class Informer {
  readonly #options: InformerOptions;
  /** By chain and height: headers that were followed, and so really are certified. */
  readonly #followed = new Map<number, Map<number, CertifiedHeader>>();
  readonly #accusations = new Map<string, Accusation>();
  /** Fraud proofs that wait until the rootchain's record of their chain is known. */
  #tips: FraudProof[] = [];
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

  /** Takes a fraud proof from anybody: judged, before it costs a commitment, by what the rootchain will judge it by. */
  tip(fraud: FraudProof): void {
    this.#tips = [...this.#tips, fraud].slice(-MAX_TIPS);
  }

  #judgeTips(context: Context, root: RootFacts): void {
    const waiting: FraudProof[] = [];
    for (const fraud of this.#tips) {
      const record = recordOf(root.fact(subchainKey(fraud.header.header.chainId)));
      if (record === null) waiting.push(fraud);
      else this.#judge(context, record, fraud);
    }
    this.#tips = waiting;
  }

  #judge(context: Context, record: SubchainRecord, fraud: FraudProof): void {
    const { chainId, height } = fraud.header.header;
    const name = `${chainId}/fraud/${height}`;
    if (this.#accusations.has(name) || this.#accusations.size >= MAX_ACCUSATIONS) return;
    const { culprits, refusal } = judgeFraud(context.crypto, record, fraud);
    if (culprits === null) return reject(context, refusal);
    if (culprits.every((seat) => record.operators[seat]?.slashed !== false)) return;
    this.#accusations.set(name, this.#accusation(context, { chainId, culprits, proof: { kind: "fraud", fraud } }));
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
      const { chainId, signer } = first;
      const evidence = encodeEvidence({ kind: "double-vote", first, second });
      const accusation = { chainId, culprits: [signer], proof: { kind: "evidence", evidence } } as const;
      this.#accusations.set(name, this.#accusation(context, accusation));
    }
  }

  #accusation(context: Context, of: Pick<Accusation, "chainId" | "culprits" | "proof">): Accusation {
    const { chainId, proof } = of;
    const writer = new Writer();
    for (let word = 0; word < SALT_WORDS; word++) writer.u32(context.entropy());
    const salt = hashTagged("orrery/informer-salt", writer.finish());
    const { rewardScript: lockingScript } = this.#options;
    const digest = commitmentOf({ chainId, evidence: encodeProof(proof), salt, lockingScript });
    return { ...of, salt, digest, dueUs: 0 };
  }

  /** @param want told under which keys of the rootchain's ledger there is something to know */
  ask(want: (key: Hash) => void): void {
    for (const { header } of this.#tips) want(subchainKey(header.header.chainId));
    for (const { chainId, digest } of this.#accusations.values()) {
      want(subchainKey(chainId));
      want(commitmentKey(digest));
    }
  }

  /** @returns what is to be handed to the rootchain now */
  step(context: Context, root: RootFacts): UtxoTransaction[] {
    this.#judgeTips(context, root);
    const transactions: UtxoTransaction[] = [];
    for (const [name, accusation] of this.#accusations) {
      const record = recordOf(root.fact(subchainKey(accusation.chainId)));
      if (record === null) continue;
      const guilty = accusation.culprits.flatMap((seat) => record.operators[seat] ?? []);
      const bonded = guilty.filter(({ slashed }) => !slashed);
      if (guilty.length > 0 && bonded.length === 0) this.#accusations.delete(name);
      else if (context.nowUs >= accusation.dueUs) {
        const transaction = this.#next(context, root, { accusation, bonded });
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
    { accusation, bonded }: { accusation: Accusation; bonded: readonly OperatorRecord[] },
  ): UtxoTransaction | null {
    const fact = root.fact(commitmentKey(accusation.digest));
    if (fact === undefined) return null;
    const committed = fact.value === undefined ? null : decodeCommitment(fact.value);
    if (committed === null) return this.#commit(context, accusation);
    const age = root.anchor.height + 1 - committed;
    return age < this.#options.rules.revealDelayBlocks ? null : this.#reveal(accusation, bonded);
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
  #reveal({ chainId, proof, salt }: Accusation, bonded: readonly OperatorRecord[]): UtxoTransaction {
    const { rewardScript: lockingScript, rules } = this.#options;
    const payload: Payload =
      proof.kind === "evidence"
        ? { kind: "evidence-reveal", chainId, evidence: proof.evidence, salt }
        : { kind: "fraud-proof", chainId, fraud: proof.fraud, salt };
    const taken = bonded.reduce((sum, { registered }) => sum + registered.bond, 0n);
    const outputs = [{ amount: informerReward(taken, rules), lockingScript }];
    return new UtxoTransaction({ chainId: ROOT_CHAIN, version: VERSION, inputs: [], outputs, lockTime: 0, payload });
  }
}

function recordOf(fact: Fact | undefined): SubchainRecord | null {
  return fact?.value === undefined ? null : decodeSubchainRecord(fact.value);
}
