import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "@noble/curves/utils.js";
import { assert } from "../core/assert.ts";

const { Fp } = ed25519.Point;
const { d: D } = ed25519.Point.CURVE();
const POINT_BYTES = 32;
const SIGN_BIT = 0x80;

const J = 486662n; // of the Montgomery form v² = u³ + J·u² + u
const C1 = evenRoot(Fp.neg(J + 2n)); // x = C1·u/v. Source: RFC 9380, appendix G.2.2, with erratum 4730.
const I = evenRoot(Fp.neg(1n));
const QUARTER = Fp.inv(4n);
const ORDER_FOUR_POINT = numberToBytesLE(0n, POINT_BYTES); // (I, 0)

/** Adds two encoded points, null when the left is not on the curve. */
type AddPoints = (left: Uint8Array, right: Uint8Array) => Uint8Array | null;

/**
 * Whether the Elligator 2 map takes a field element to a point with an odd x.
 *
 * A library map that leaves the sign of x open needs only this bit to equal the RFC's, which fixes the sign of the Montgomery
 * coordinate v instead. The square root is left to the library: adding (I, 0) to (x, y) gives (I·y, I·x), and so shows x.
 *
 * Source: RFC 9380, sections 6.7.1 and 6.8.2.
 */
export function isOddElligatorX(element: bigint, add: AddPoints): boolean {
  // u is numerator/denominator. The first candidate stands if it is on the curve, with an odd v; else the second, with an even v.
  const denominator = Fp.create(1n + 2n * element * element);
  const [first, second] = [Fp.neg(J), Fp.create(J - J * denominator)];
  const [firstSum, secondSum] = [Fp.add(first, denominator), Fp.add(second, denominator)];
  const inverse = Fp.inv(Fp.mul(denominator, Fp.mul(firstSum, secondSum))); // of all three at once: inversions are dear
  const isOddAtFirst = isOddV({ numerator: first, denominator, inverse: Fp.mul(inverse, secondSum) }, add);
  if (isOddAtFirst !== null) return !isOddAtFirst;
  const isOddAtSecond = isOddV({ numerator: second, denominator, inverse: Fp.mul(inverse, firstSum) }, add);
  assert(isOddAtSecond !== null, "one of the two Elligator candidates is on the curve");
  return isOddAtSecond;
}

/** A candidate u = numerator/denominator, and the inverse of denominator · (numerator + denominator). */
interface Candidate {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly inverse: bigint;
}

/** @returns whether v is odd at the point of that u with an even x; null when there is no such point */
function isOddV({ numerator, denominator, inverse }: Candidate, add: AddPoints): boolean | null {
  const y = Fp.create((numerator - denominator) * Fp.mul(denominator, inverse)); // (u − 1)/(u + 1)
  const moved = add(numberToBytesLE(y, POINT_BYTES), ORDER_FOUR_POINT);
  if (moved === null) return null;
  moved[31] = (moved[31] as number) & ~SIGN_BIT;
  const x = Fp.neg(Fp.mul(I, bytesToNumberLE(moved)));
  // v = C1·u/x, where 1/x = x·(D·y² + 1)/(y² − 1) by the curve equation and 1/(1 − y) = (u + 1)/2: no second inversion.
  const uPlusOne = Fp.mul(Fp.sqr(numerator + denominator), inverse);
  const v = Fp.neg(Fp.mul(Fp.mul(C1, x), Fp.mul(Fp.create(D * Fp.sqr(y) + 1n), Fp.mul(Fp.sqr(uPlusOne), QUARTER))));
  return (v & 1n) === 1n;
}

function evenRoot(square: bigint): bigint {
  const root = Fp.sqrt(square);
  return (root & 1n) === 0n ? root : Fp.neg(root);
}
