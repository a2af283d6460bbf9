import { assert } from "../../protocol/core/assert.ts";

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const EXPONENT_BIAS = 1023;
const FRACTION_BITS = 0x000f_ffff;
/** e to less than this is nothing, and to more than its negative is beyond doubles. */
const LOWEST_EXPONENT = -708;

const LEAST_NORMAL = 2.2250738585072014e-308;

const words = new DataView(new ArrayBuffer(8));

/** @returns 2 to a whole power within the normal doubles */
function powerOfTwo(exponent: number): number {
  words.setUint32(0, (exponent + EXPONENT_BIAS) << 20);
  words.setUint32(4, 0);
  return words.getFloat64(0);
}

/**
 * The natural logarithm by sums and quotients only, whose bits IEEE 754 fixes on every machine: the language leaves `Math.log` open.
 * Its error is below 1e-15 of the result, or 1e-16 near 1.
 *
 * @param x a normal double above 0
 */
export function naturalLogarithm(x: number): number {
  assert(x >= LEAST_NORMAL && x < Infinity, "logarithms are taken of positive numbers");
  words.setFloat64(0, x);
  const high = words.getUint32(0);
  let exponent = (high >>> 20) - EXPONENT_BIAS;
  words.setUint32(0, (high & FRACTION_BITS) | (EXPONENT_BIAS << 20));
  let fraction = words.getFloat64(0);
  if (fraction > Math.SQRT2) {
    fraction /= 2;
    exponent++;
  }
  // ln f = 2 artanh s, s = (f − 1) / (f + 1), |s| < 0.172.
  const s = (fraction - 1) / (fraction + 1);
  const square = s * s;
  let series = 0;
  for (let odd = 23; odd >= 3; odd -= 2) series = (series + 1 / odd) * square;
  return exponent * LN2_HIGH + (2 * s * (1 + series) + exponent * LN2_LOW);
}

/** e to the power of x, by sums and products only. Its error is below 1e-14 of the result. @param x below 708 */
export function exponential(x: number): number {
  if (x < LOWEST_EXPONENT) return 0;
  assert(x < -LOWEST_EXPONENT, "exponentials stay within doubles");
  const exponent = Math.round(x / Math.LN2);
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  let series = 1;
  for (let order = 16; order >= 1; order--) series = 1 + (series * rest) / order;
  return series * powerOfTwo(exponent);
}

/** @param x above 0 */
export function decimalLogarithm(x: number): number {
  return naturalLogarithm(x) / Math.LN10;
}

/** @returns a ratio of powers as decibels */
export function toDecibels(ratio: number): number {
  return 10 * decimalLogarithm(ratio);
}

/** @returns decibels as a ratio of powers */
export function fromDecibels(decibels: number): number {
  return exponential((decibels * Math.LN10) / 10);
}

/**
 * The quantile of the standard normal distribution, right to about seven digits.
 *
 * Source: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988), routine PPND7.
 *
 * @param probability above 0, below 1
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const over = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (q * over) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const tail = Math.sqrt(-naturalLogarithm(q < 0 ? probability : 1 - probability));
  const z = tail <= 5 ? middleTail(tail - 1.6) : farTail(tail - 5);
  return q < 0 ? -z : z;
}

function middleTail(r: number): number {
  const over = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  return over / ((0.12021132975 * r + 0.7370016425) * r + 1);
}

function farTail(r: number): number {
  const over = ((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115;
  return over / ((0.012258202635 * r + 0.24197894225) * r + 1);
}

/** @returns 32 random bits as a number above 0 and below 1 */
export function openUnit(random: number): number {
  return (random + 0.5) / 2 ** 32;
}

/** @returns 32 random bits as a draw of the exponential distribution with mean 1 */
export function exponentialDraw(random: number): number {
  return -naturalLogarithm(openUnit(random));
}
