/** Half of π, to which JavaScript has no exact function but a constant. */
const HALF_PI = Math.PI / 2;
/** Bisections that narrow a quantile below the last digit of a double. */
const HALVINGS = 80;
/** Terms of the arctangent's series: the argument is at most tan(π/32). */
const SERIES_TERMS = 12;

/** arctan x for x ≥ 0, by halving the angle and a series of sums and quotients, so that every machine gives the same bits. */
function arctangent(x: number): number {
  let [argument, doublings] = [x, 0];
  while (argument > 0.1) {
    argument /= 1 + Math.sqrt(1 + argument * argument);
    doublings++;
  }
  const square = argument * argument;
  let sum = 0;
  for (let term = SERIES_TERMS; term >= 0; term--) sum = 1 / (2 * term + 1) - square * sum;
  for (; doublings > 0; doublings--) argument *= 2;
  return argument * sum;
}

/**
 * Probability that Student's t with so many degrees of freedom lies within ±t.
 *
 * Source: Abramowitz and Stegun, 26.7.3 and 26.7.4, finite sums for whole degrees of freedom.
 */
export function studentWithin(t: number, freedom: number): number {
  const cosineSquare = freedom / (freedom + t * t);
  const sine = t / Math.sqrt(freedom + t * t);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.sqrt(cosineSquare) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let factor = isOdd ? 3 : 2; factor <= freedom - 2; factor += 2) {
    term *= (cosineSquare * (factor - 1)) / factor;
    sum += term;
  }
  return isOdd ? (arctangent(t / Math.sqrt(freedom)) + sine * sum) / HALF_PI : sine * sum;
}

/**
 * The t beyond which, on both sides together, lies 5 % of Student's distribution.
 *
 * @param freedom whole degrees of freedom, 1 or more
 */
export function studentQuantile95(freedom: number): number {
  let [low, high] = [1, 16];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}
