import type { Placed, Position } from "./source.ts";

/** A value that a user wrote, with the place of every part of it. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

export interface LocatedScalar {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** As it was written, without quotes. */
  readonly text: string;
  readonly at: Position;
}

export interface LocatedList {
  readonly kind: "list";
  readonly items: readonly Located[];
  readonly at: Position;
}

export interface LocatedMap {
  readonly kind: "map";
  readonly entries: readonly LocatedEntry[];
  readonly at: Position;
}

export interface LocatedEntry {
  readonly key: Placed<string>;
  readonly value: Located;
}

/** @returns the entry's value, or undefined; a null counts as absent */
export function entryOf(map: Located, key: string): Located | undefined {
  if (map.kind !== "map") return undefined;
  const value = map.entries.find((entry) => entry.key.value === key)?.value;
  return value !== undefined && isNull(value) ? undefined : value;
}

export function isNull(node: Located): boolean {
  return node.kind === "scalar" && node.value === null;
}

/**
 * Lays one value over another: maps merge key by key, a null takes the key out (its default returns), anything else
 * replaces what was there. A map over a list changes the items whose numbers are its keys.
 */
export function overlay(base: Located, above: Located): Located {
  if (above.kind !== "map") return above;
  if (base.kind === "list") return overlayItems(base, above);
  if (base.kind !== "map") return above;
  const entries = new Map(base.entries.map((entry) => [entry.key.value, entry]));
  for (const entry of above.entries) {
    const below = entries.get(entry.key.value);
    entries.set(
      entry.key.value,
      below === undefined ? entry : { key: entry.key, value: overlay(below.value, entry.value) },
    );
  }
  return { kind: "map", entries: [...entries.values()], at: base.at };
}

function overlayItems(base: LocatedList, above: LocatedMap): Located {
  const isItem = (key: string) => /^\d+$/u.test(key) && Number(key) < base.items.length;
  if (!above.entries.every((entry) => isItem(entry.key.value))) return above;
  const items = [...base.items];
  for (const { key, value } of above.entries) {
    const index = Number(key.value);
    const below = items[index];
    items[index] = below === undefined ? value : overlay(below, value);
  }
  return { ...base, items };
}
