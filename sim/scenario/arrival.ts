/** In which pattern transfers start, or devices wake; the mean rate is that of the load, or of the group, in each. */
export type Arrival =
  /** Half to one and a half mean intervals apart. */
  | { readonly kind: "steady" }
  | { readonly kind: "poisson" }
  /** Accounts in turn, or each device, at its own beat, missed by up to half of this share of the interval. */
  | { readonly kind: "periodic"; readonly jitter: number }
  /** A Poisson process with a rate between 1 − depth and 1 + depth of the mean. */
  | { readonly kind: "diurnal"; readonly depth: number; readonly periodUs: number }
  /** So many in a row, of all accounts or of each device. */
  | { readonly kind: "bursts"; readonly size: number; readonly gapUs: number }
  /** At these times after the start, ascending, devices in turn; nothing after the last. */
  | { readonly kind: "trace"; readonly atUs: readonly number[] };

/** Evenly, or by a bounded Pareto distribution of a shape. */
export type Spread = { readonly kind: "even" } | { readonly kind: "pareto"; readonly shape: number };
