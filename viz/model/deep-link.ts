/** How nodes are arranged. */
export const ARRANGEMENTS = ["chains", "map", "ring"] as const;
export type Arrangement = (typeof ARRANGEMENTS)[number];

/** What a link to a moment of a replay names; null where it leaves the choice open. */
export interface DeepLink {
  readonly timeUs: number | null;
  readonly node: number | null;
  /** Name of the chain whose blocks are shown. */
  readonly chain: string | null;
  readonly height: number | null;
  readonly speed: number | null;
  readonly arrangement: Arrangement | null;
}

function nonNegative(text: string | null): number | null {
  const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function whole(text: string | null): number | null {
  const value = nonNegative(text);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

/** Reads a location's hash; what it does not understand stays open. @param hash with or without its "#" */
export function parseDeepLink(hash: string): DeepLink {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const seconds = nonNegative(fields.get("t"));
  const arrangement = fields.get("view");
  return {
    timeUs: seconds === null ? null : Math.round(seconds * 1_000_000),
    node: whole(fields.get("node")),
    chain: fields.get("chain"),
    height: whole(fields.get("height")),
    speed: nonNegative(fields.get("speed")),
    arrangement: ARRANGEMENTS.find((known) => known === arrangement) ?? null,
  };
}

/** @returns a hash that `parseDeepLink` reads back, with its "#" */
export function formatDeepLink(link: DeepLink): string {
  const fields: [string, number | string | null][] = [
    ["t", link.timeUs === null ? null : link.timeUs / 1_000_000],
    ["node", link.node],
    ["chain", link.chain],
    ["height", link.height],
    ["speed", link.speed],
    ["view", link.arrangement],
  ];
  const given = fields.filter(([, value]) => value !== null);
  return `#${given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&")}`;
}
