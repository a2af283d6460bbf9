import { secp256k1 } from "@noble/curves/secp256k1.js";
import { toHex } from "../../../crypto/vectors.ts";
import { parseLaxDer } from "./der.ts";

const ORDER = secp256k1.Point.CURVE().n;
const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;

/** The two numbers of a signature if both are scalars. */
function scalars(signature: Uint8Array): { r: bigint; s: bigint } | null {
  const { r, s } = parseLaxDer(signature) ?? { r: null, s: null };
  return r === null || s === null || r >= ORDER || s >= ORDER ? null : { r, s };
}

/** Whether the second number is in the lower half; one that is no scalar counts as zero. */
export function isLowS(signature: Uint8Array): boolean {
  const { s } = scalars(signature) ?? { s: 0n };
  return s <= ORDER / 2n;
}

/** A key without the sign that a hybrid one states twice; null for none. */
function plainKey(publicKey: Uint8Array): Uint8Array | null {
  const [tag = 0] = publicKey;
  if (tag === 2 || tag === 3) return publicKey.length === COMPRESSED_BYTES ? publicKey : null;
  if (publicKey.length !== UNCOMPRESSED_BYTES) return null;
  if (tag === 4) return publicKey;
  const isHybrid = (tag === 6 || tag === 7) && ((publicKey[UNCOMPRESSED_BYTES - 1] as number) & 1) === (tag & 1);
  return isHybrid ? Uint8Array.of(4, ...publicKey.subarray(1)) : null;
}

const bytesOf = (value: bigint): Uint8Array =>
  Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));

function isOnCurve(key: Uint8Array): boolean {
  try {
    secp256k1.Point.fromBytes(key).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function compute(signature: Uint8Array, publicKey: Uint8Array, hash: Uint8Array): boolean {
  const numbers = scalars(signature);
  const key = plainKey(publicKey);
  if (numbers === null || key === null || !isOnCurve(key)) return false;
  const { r, s } = numbers;
  if (r === 0n || s === 0n) return false;
  const compact = Uint8Array.of(...bytesOf(r), ...bytesOf(s));
  return secp256k1.verify(compact, hash, key, { prehash: false, lowS: false });
}

const known = new Map<string, boolean>();

/** Checks a signature; vectors ask for the same ones under many sets of rules, so answers are kept. */
export function verifyEcdsa(signature: Uint8Array, publicKey: Uint8Array, hash: Uint8Array): boolean {
  const key = `${toHex(signature)}.${toHex(publicKey)}.${toHex(hash)}`;
  const answer = known.get(key) ?? compute(signature, publicKey, hash);
  known.set(key, answer);
  return answer;
}
