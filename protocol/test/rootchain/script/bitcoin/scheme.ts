import { type ScriptFault, ScriptFlag, type SignatureScheme } from "../../../../rootchain/script/index.ts";
import { isStrictDer } from "./der.ts";
import { isLowS, verifyEcdsa } from "./ecdsa.ts";
import { findAndDelete, pushOf, signatureHash } from "./sighash.ts";
import type { BitcoinTransaction } from "./transaction.ts";

const { DERSIG, LOW_S, STRICTENC } = ScriptFlag;
const ANYONE_CAN_PAY = 0x80;
const LOCK_TIME_THRESHOLD = 500_000_000;
const FINAL_SEQUENCE = 0xffff_ffff;
const SEQUENCE_DISABLED = 0x8000_0000;
const SEQUENCE_IS_TIME = 0x40_0000;
const SEQUENCE_VALUE = 0xffff;

/** Bitcoin's ECDSA with the encodings and the hash of before segregated witness, with all their quirks. */
export class BitcoinScheme implements SignatureScheme {
  readonly #transaction: BitcoinTransaction;
  readonly #index: number;
  readonly #sequence: number;

  constructor(transaction: BitcoinTransaction, index: number) {
    this.#transaction = transaction;
    this.#index = index;
    this.#sequence = transaction.inputs[index]?.sequence ?? FINAL_SEQUENCE;
  }

  signatureFault(signature: Uint8Array, flags: number): ScriptFault | null {
    if (signature.length === 0) return null;
    if (flags & (DERSIG | LOW_S | STRICTENC) && !isStrictDer(signature)) return "signature-encoding";
    if (flags & LOW_S && !isLowS(signature.subarray(0, -1))) return "signature-high-s";
    const type = (signature.at(-1) as number) & ~ANYONE_CAN_PAY;
    return flags & STRICTENC && (type < 1 || type > 3) ? "signature-hash-type" : null;
  }

  publicKeyFault(publicKey: Uint8Array, flags: number): ScriptFault | null {
    if (!(flags & STRICTENC)) return null;
    const [tag] = publicKey;
    const bytes = tag === 4 ? 65 : tag === 2 || tag === 3 ? 33 : 0;
    return bytes > 0 && publicKey.length === bytes ? null : "public-key-encoding";
  }

  withoutSignature(scriptCode: Uint8Array, signature: Uint8Array): Uint8Array {
    return findAndDelete(scriptCode, pushOf(signature));
  }

  checkSignature(signature: Uint8Array, publicKey: Uint8Array, script: Uint8Array): boolean {
    const hashType = signature.at(-1);
    if (hashType === undefined) return false;
    const hash = signatureHash(this.#transaction, { script, index: this.#index, hashType });
    return verifyEcdsa(signature.subarray(0, -1), publicKey, hash);
  }

  /** Source: BIP 65. */
  checkLockTime(lockTime: number): boolean {
    const own = this.#transaction.lockTime;
    const isSameKind = own < LOCK_TIME_THRESHOLD === lockTime < LOCK_TIME_THRESHOLD;
    return isSameKind && lockTime <= own && this.#sequence !== FINAL_SEQUENCE;
  }

  /** Source: BIP 112. The version is read without a sign. */
  checkSequence(sequence: number): boolean {
    const own = this.#sequence;
    if (this.#transaction.version < 2 || own & SEQUENCE_DISABLED) return false;
    const isSameKind = (own & SEQUENCE_IS_TIME) === (sequence & SEQUENCE_IS_TIME);
    return isSameKind && (sequence & SEQUENCE_VALUE) <= (own & SEQUENCE_VALUE);
  }
}
