import { Writer } from "../core/codec.ts";
import type { Hash } from "../core/ids.ts";
import { hashTagged } from "../crypto/hash.ts";
import type { NodeCrypto } from "../crypto/node-crypto.ts";
import { SIGNATURE_BYTES } from "../crypto/signed-object.ts";
import { InputSignature, type Output, type ScriptVerdict } from "./input-signature.ts";
import { MAX_KNOWN_SIGNATURES } from "./limits.ts";
import { lockTimeCovers, sequenceCovers } from "./lock-time.ts";
import { type SignatureScheme, verifyScript } from "./script/index.ts";
import { areEqual } from "./script/item.ts";
import type { UtxoTransaction } from "./transaction.ts";

const KEY_BYTES = 32;
const scratch = new Writer();

/** @returns the commitment of signatures to amount and locking script of every output that is spent */
export function spentHashOf(spent: readonly Output[]): Hash {
  scratch.u32(spent.length);
  for (const { amount, lockingScript } of spent) scratch.u128(amount).bytes(lockingScript);
  return hashTagged("orrery/spent-outputs", scratch.finish());
}

/**
 * Our scheme for scripts: Ed25519 with one hash, which commits to the chain and every field of the transaction, to everything
 * that it spends, to the place of the input and to the script that asks. Answers for one input after the other.
 */
class Ed25519Scheme implements SignatureScheme {
  readonly checks: InputSignature[] = [];
  inputIndex = 0;
  readonly #crypto: NodeCrypto;
  readonly #transaction: UtxoTransaction;
  readonly #spentHash: Hash;

  constructor(crypto: NodeCrypto, transaction: UtxoTransaction, spentHash: Hash) {
    this.#crypto = crypto;
    this.#transaction = transaction;
    this.#spentHash = spentHash;
  }

  signatureFault(signature: Uint8Array): "signature-encoding" | null {
    return signature.length === 0 || signature.length === SIGNATURE_BYTES ? null : "signature-encoding";
  }

  publicKeyFault(publicKey: Uint8Array): "public-key-encoding" | null {
    return publicKey.length === KEY_BYTES ? null : "public-key-encoding";
  }

  withoutSignature(scriptCode: Uint8Array): Uint8Array {
    return scriptCode;
  }

  checkSignature(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
    const object = this.#signature(signature, publicKey, scriptCode);
    this.checks.push(object);
    return this.#crypto.verify(object, object.publicKey);
  }

  /** @returns the one object for this signature, key and statement, so that its verdict is remembered with it */
  #signature(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array): InputSignature {
    const transaction = this.#transaction;
    for (const each of transaction.signatures ?? []) {
      if (each.inputIndex !== this.inputIndex || !areEqual(each.signature, signature)) continue;
      if (!areEqual(each.publicKey, publicKey) || !areEqual(each.scriptCode, scriptCode)) continue;
      if (each.spentHash === this.#spentHash && each.outpointId === transaction.outpointId) return each;
    }
    const { outpointId } = transaction;
    // Scripts hand out views of themselves: what is kept is copied.
    const statement = {
      outpointId,
      spentHash: this.#spentHash,
      inputIndex: this.inputIndex,
      scriptCode: scriptCode.slice(),
    };
    const object = new InputSignature(statement, publicKey.slice(), signature.slice());
    transaction.signatures ??= [];
    if (transaction.signatures.length < MAX_KNOWN_SIGNATURES) transaction.signatures.push(object);
    return object;
  }

  checkLockTime(lockTime: number): boolean {
    return lockTimeCovers(this.#transaction, this.inputIndex, lockTime);
  }

  checkSequence(sequence: number): boolean {
    return sequenceCovers(this.#transaction, this.inputIndex, sequence);
  }
}

function areSameOutputs(one: readonly Output[], other: readonly Output[]): boolean {
  if (one.length !== other.length) return false;
  return one.every((output, index) => {
    const like = other[index] as Output;
    if (output === like) return true;
    return output.amount === like.amount && areEqual(output.lockingScript, like.lockingScript);
  });
}

/** @returns whether a verdict tells what `flags` ask: what holds under more rules holds under fewer, by the same checks */
function answers(verdict: ScriptVerdict, spent: readonly Output[], flags: number): boolean {
  const covered = verdict.flags === flags || (verdict.refusal === null && (verdict.flags & flags) === flags);
  return covered && areSameOutputs(verdict.spent, spent);
}

/**
 * Judges all scripts of a transaction: a pure function of the transaction, the outputs that it spends and the flags, so it is
 * computed once and remembered with the transaction; whoever asks is charged for every signature all the same.
 *
 * @param spent the output of each input
 * @param flags bits of `ScriptFlag`
 * @returns why they do not hold, or null
 */
export function scriptRefusal(
  crypto: NodeCrypto,
  transaction: UtxoTransaction,
  spent: readonly Output[],
  flags: number,
): string | null {
  const { verdict } = transaction;
  if (verdict !== null && answers(verdict, spent, flags)) {
    for (const check of verdict.checks) crypto.verify(check, check.publicKey);
    return verdict.refusal;
  }
  const scheme = new Ed25519Scheme(crypto, transaction, spentHashOf(spent));
  const refusal = firstFault(transaction, { spent, flags, scheme });
  transaction.verdict = { spent, flags, refusal, checks: scheme.checks };
  return refusal;
}

function firstFault(
  { inputs }: UtxoTransaction,
  { spent, flags, scheme }: { spent: readonly Output[]; flags: number; scheme: Ed25519Scheme },
): string | null {
  for (let index = 0; index < inputs.length; index++) {
    const unlocking = inputs[index]?.unlockingScript as Uint8Array;
    const locking = spent[index]?.lockingScript as Uint8Array;
    scheme.inputIndex = index;
    const fault = verifyScript({ unlocking, locking, flags, scheme });
    if (fault !== null) return `script of input ${index} fails: ${fault}`;
  }
  return null;
}
