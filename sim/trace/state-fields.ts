/**
 * The observed state of a node, declared once for all roles; every value is a non-negative integer. The order is part of
 * the format. Full state at a moment comes from running again up to it.
 */
export const STATE_FIELDS = [
  /** 1 while the node runs, 0 while it is crashed, 2 while it sleeps, 3 once its battery is empty. */
  "up",
  /** Index in MODES. */
  "mode",
  /** Height the node works on. */
  "height",
  "view",
  /** Highest final height and the first 48 bits of that block's hash; 0 before the first. */
  "finalHeight",
  "finalBlock",
  /** Height and view of the prepared certificate held, and the first 48 bits of its block's hash; 0 without. */
  "lockedHeight",
  "lockedView",
  "lockedBlock",
  /** Inputs refused so far. */
  "rejected",
  /** Of devices: what each cause has taken of their battery so far, µJ, and what is left of it in parts of ten thousand. */
  "listen",
  "receive",
  "transmit",
  "compute",
  "sleep",
  "charge",
  /** Of devices: copies from and to them that got lost between them and their gateway. */
  "radioLosses",
  /** Of devices that move: how far east and north in their group's disc, PLACE_OFFSET in its middle and twice that at its edge; 0 before they are seen. */
  "east",
  "north",
] as const;

/** The middle of a disc. */
export const PLACE_OFFSET = 100_000;

export type StateField = (typeof STATE_FIELDS)[number];

/** Values of the field "up", as events have them. */
export const POWER_NAMES = ["down", "up", "asleep", "empty"] as const;

/** Values of the field "mode". */
export const MODES = ["idle", "member", "silent"] as const;

/** Number of fields. */
export const FIELD_COUNT = STATE_FIELDS.length;

/** The column of each field. */
export const FIELD_NUMBERS = Object.fromEntries(STATE_FIELDS.map((field, number) => [field, number])) as Readonly<
  Record<StateField, number>
>;

/** What every node's state is before the first event. */
export const INITIAL_STATE: readonly number[] = STATE_FIELDS.map((field) => (field === "up" ? 1 : 0));

/** Observed state of all nodes, or of one, at a moment. */
export class StateTable {
  readonly timeUs: number;
  readonly #values: Float64Array;
  readonly #firstNode: number;
  /** Nodes in the table. */
  readonly nodes: number;

  /** @param values row after row, FIELD_COUNT each, from node `firstNode` on */
  constructor(timeUs: number, values: Float64Array, firstNode: number) {
    this.timeUs = timeUs;
    this.#values = values;
    this.#firstNode = firstNode;
    this.nodes = values.length / FIELD_COUNT;
  }

  /** @returns the value, or 0 when the table does not hold the node */
  get(node: number, field: StateField): number {
    return this.#values[(node - this.#firstNode) * FIELD_COUNT + FIELD_NUMBERS[field]] ?? 0;
  }
}
