import { assert, assertNever } from "../../core/assert.ts";
import { HASH_BYTES } from "../../crypto/hash.ts";
import { assembleScript, type ScriptElement } from "./assemble.ts";
import { HASH160_BYTES, hash160 } from "./hash160.ts";
import { areEqual, decodeNumber, EMPTY_ITEM, encodeNumber } from "./item.ts";
import { LOCK_TIME_RANGE, MAX_ELEMENT_BYTES, MAX_LOCK_TIME_BYTES } from "./limits.ts";
import { Opcode, smallNumberOpcode } from "./opcode.ts";
import { ScriptReader } from "./reader.ts";

/** Bytes of an Ed25519 public key. */
const PUBLIC_KEY_BYTES = 32;
/** Most keys of the standard multisig form: what one operation can push as their number. */
export const MAX_STANDARD_KEYS = 16;

/** A hashed time-locked contract: the receiver takes with the preimage, the sender takes back from the expiry on. */
export interface HashTimeLock {
  readonly kind: "hash-time-lock";
  /** SHA-256 of the preimage. */
  readonly hash: Uint8Array;
  readonly receiverKeyHash: Uint8Array;
  readonly senderKeyHash: Uint8Array;
  /** A lock time, in the unit of the transaction's. */
  readonly expiry: number;
}

/** What a standard locking script asks for. */
export type StandardForm =
  | { readonly kind: "pay-to-key"; readonly keyHash: Uint8Array }
  | { readonly kind: "pay-to-script"; readonly scriptHash: Uint8Array }
  | { readonly kind: "multisig"; readonly required: number; readonly keys: readonly Uint8Array[] }
  | HashTimeLock;

/** Pays to whoever signs with a key (P2PKH). */
export function payToKey(publicKey: Uint8Array): Uint8Array {
  return lockingScript({ kind: "pay-to-key", keyHash: hash160(publicKey) });
}

/**
 * Pays to whoever satisfies a script (P2SH).
 *
 * @param script at most 520 bytes: a longer one could not be pushed
 * Source: BIP 16.
 */
export function payToScript(script: Uint8Array): Uint8Array {
  assert(script.length <= MAX_ELEMENT_BYTES, "a script paid by its hash can be pushed");
  return lockingScript({ kind: "pay-to-script", scriptHash: hash160(script) });
}

/** Pays to whoever signs with `required` of 1 … 16 keys, in their order. */
export function multisig(required: number, keys: readonly Uint8Array[]): Uint8Array {
  return lockingScript({ kind: "multisig", required, keys });
}

/**
 * Pays to the receiver for the preimage of a hash, or back to the sender once the lock time is reached.
 *
 * Source: BIP 199, with SHA256 and CHECKLOCKTIMEVERIFY.
 */
export function hashTimeLock(terms: {
  hash: Uint8Array;
  receiverKey: Uint8Array;
  senderKey: Uint8Array;
  expiry: number;
}): Uint8Array {
  const { hash, expiry } = terms;
  const receiverKeyHash = hash160(terms.receiverKey);
  const senderKeyHash = hash160(terms.senderKey);
  return lockingScript({ kind: "hash-time-lock", hash, receiverKeyHash, senderKeyHash, expiry });
}

/**
 * Writes the locking script of a form.
 *
 * @throws InvariantError for lengths and numbers that the form does not have; the caller's fault
 */
export function lockingScript(form: StandardForm): Uint8Array {
  assert(isWellFormed(form), "a standard form has keys, hashes and numbers of its sizes");
  return assembleScript(elementsOf(form));
}

const { DUP, HASH160, EQUAL, EQUALVERIFY, CHECKSIG, CHECKMULTISIG } = Opcode;
const { IF, ELSE, ENDIF, SHA256, CHECKLOCKTIMEVERIFY, DROP } = Opcode;

function elementsOf(form: StandardForm): ScriptElement[] {
  switch (form.kind) {
    case "pay-to-key":
      return [DUP, HASH160, form.keyHash, EQUALVERIFY, CHECKSIG];
    case "pay-to-script":
      return [HASH160, form.scriptHash, EQUAL];
    case "multisig": {
      const { required, keys } = form;
      return [smallNumberOpcode(required), ...keys, smallNumberOpcode(keys.length), CHECKMULTISIG];
    }
    case "hash-time-lock": {
      const claim = [SHA256, form.hash, EQUALVERIFY, DUP, HASH160, form.receiverKeyHash];
      const refund = [encodeNumber(form.expiry), CHECKLOCKTIMEVERIFY, DROP, DUP, HASH160, form.senderKeyHash];
      return [IF, ...claim, ELSE, ...refund, ENDIF, EQUALVERIFY, CHECKSIG];
    }
    default:
      return assertNever(form);
  }
}

function isWellFormed(form: StandardForm): boolean {
  switch (form.kind) {
    case "pay-to-key":
      return form.keyHash.length === HASH160_BYTES;
    case "pay-to-script":
      return form.scriptHash.length === HASH160_BYTES;
    case "multisig": {
      const { required, keys } = form;
      if (!keys.every((key) => key.length === PUBLIC_KEY_BYTES)) return false;
      return isWithin(required, 1, keys.length) && keys.length <= MAX_STANDARD_KEYS;
    }
    case "hash-time-lock": {
      const { hash, receiverKeyHash, senderKeyHash, expiry } = form;
      const hasHashes = receiverKeyHash.length === HASH160_BYTES && senderKeyHash.length === HASH160_BYTES;
      return hasHashes && hash.length === HASH_BYTES && isWithin(expiry, 0, LOCK_TIME_RANGE - 1);
    }
    default:
      return assertNever(form);
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && least <= value && value <= most;
}

/**
 * Recognises a standard locking script.
 *
 * @returns null for any other; a form always writes back to the very same bytes
 */
export function classifyScript(script: Uint8Array): StandardForm | null {
  const elements = parse(script);
  if (elements === null) return null;
  const form = formOf(elements);
  if (form === null || !isWellFormed(form)) return null;
  return areEqual(assembleScript(elementsOf(form)), script) ? form : null;
}

const PAY_TO_SCRIPT_ELEMENTS = 3;
const PAY_TO_KEY_ELEMENTS = 5;
const HASH_TIME_LOCK_ELEMENTS = 17;
/** Elements of the longest standard form: a script with more is not read on. */
const MAX_ELEMENTS = MAX_STANDARD_KEYS + 3;

/** @returns a script's operations, those that carry bytes as the bytes, which are fresh */
function parse(script: Uint8Array): ScriptElement[] | null {
  const reader = new ScriptReader(script);
  const elements: ScriptElement[] = [];
  while (!reader.atEnd) {
    if (!reader.next() || elements.length === MAX_ELEMENTS) return null;
    elements.push(reader.opcode <= Opcode.PUSHDATA4 ? reader.data().slice() : reader.opcode);
  }
  return elements;
}

/** Reads the variable parts from where each form has them; whether the rest fits is told by writing the form again. */
function formOf(elements: readonly ScriptElement[]): StandardForm | null {
  switch (elements.length) {
    case PAY_TO_SCRIPT_ELEMENTS:
      return { kind: "pay-to-script", scriptHash: bytesAt(elements, 1) };
    case PAY_TO_KEY_ELEMENTS:
      if (elements.at(-1) === CHECKSIG) return { kind: "pay-to-key", keyHash: bytesAt(elements, 2) };
      return multisigOf(elements);
    case HASH_TIME_LOCK_ELEMENTS:
      return elements.at(-1) === CHECKSIG ? hashTimeLockOf(elements) : multisigOf(elements);
    default:
      return multisigOf(elements);
  }
}

function multisigOf(elements: readonly ScriptElement[]): StandardForm {
  const keys = elements.slice(1, -2).map((_, index) => bytesAt(elements, index + 1));
  return { kind: "multisig", required: numberAt(elements, 0), keys };
}

function hashTimeLockOf(elements: readonly ScriptElement[]): StandardForm {
  const hash = bytesAt(elements, 2);
  const receiverKeyHash = bytesAt(elements, 6);
  const senderKeyHash = bytesAt(elements, 13);
  return { kind: "hash-time-lock", hash, receiverKeyHash, senderKeyHash, expiry: numberAt(elements, 8) };
}

/** @returns the bytes pushed at `index`, none where there are none */
function bytesAt(elements: readonly ScriptElement[], index: number): Uint8Array {
  const element = elements[index];
  return element instanceof Uint8Array ? element : EMPTY_ITEM;
}

/** @returns the number pushed at `index`, not an integer where there is none */
function numberAt(elements: readonly ScriptElement[], index: number): number {
  const element = elements[index];
  if (element instanceof Uint8Array) return decodeNumber(element, MAX_LOCK_TIME_BYTES, true) ?? Number.NaN;
  return element === undefined ? Number.NaN : element - Opcode.RESERVED;
}
