import type {} from "vitest";
import { type Bound, toBreak, toHaveDigest, toHold, toKeepWithin } from "./matchers.ts";

export type { Bound } from "./matchers.ts";

/** Matchers over the outcome of a run, for `expect.extend`. */
export const matchers = { toHold, toHaveDigest, toBreak, toKeepWithin };

interface RunMatchers<Result> {
  /** Every expectation of the scenario is met, no invariant broken, and every fault bit. */
  toHold(): Result;
  /** The run is, event by event, the one of this digest. */
  toHaveDigest(digest: string): Result;
  /** An invariant was broken. */
  toBreak(invariant: string): Result;
  /** A figure is within its bounds; a number is the upper one. */
  toKeepWithin(figure: string, bound: Bound | number): Result;
}

declare module "vitest" {
  interface Matchers<T> extends RunMatchers<T> {}
}
