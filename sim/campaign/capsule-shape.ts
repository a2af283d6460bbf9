import type { Located } from "../scenario/located.ts";
import type { Problems } from "../scenario/problems.ts";

/** What a value of a capsule must look like; keys that a shape does not name are kept as they are. */
export type Shape =
  | { readonly is: "text" | "number" | "truth" | "anything" }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "list"; readonly of: Shape }
  | { readonly is: "optional" | "nullable"; readonly of: Shape }
  | { readonly is: "map"; readonly of: Readonly<Record<string, Shape>> };

const text: Shape = { is: "text" };
const number: Shape = { is: "number" };
const truth: Shape = { is: "truth" };
const list = (of: Shape): Shape => ({ is: "list", of });
const map = (of: Readonly<Record<string, Shape>>): Shape => ({ is: "map", of });
const nullable = (of: Shape): Shape => ({ is: "nullable", of });
const optional = (of: Shape): Shape => ({ is: "optional", of });
const choice = (...of: readonly string[]): Shape => ({ is: "choice", of });
const numbers = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, number]));
const texts = (...keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, text]));

const GROUP = list(map({ first: number, last: number, count: { is: "anything" } }));
const CHAIN = numbers(
  ...["fullNodes", "committee", "iterationsPerEpoch", "roundsPerIteration", "roundUs", "timeoutBaseUs"],
  ...["maxDriftUs", "maxBlockBytes", "rewardBlocks"],
);
const HARDWARE = map({
  ...texts("name"),
  ...numbers("signNs", "verifyNs", "vrfProveNs", "vrfVerifyNs", "hashNsPerKibibyte", "executeNs", "diskUs"),
});
const BACKBONE = map({
  regions: map({ names: list(text), latencyUs: list(list(number)), share: list(number) }),
  reordering: map(numbers("probability", "delayUs")),
  ...numbers("jitter", "bandwidthBitsPerSecond", "lossProbability", "duplicationProbability"),
  ...numbers("maxMessageBytes", "queueBytes"),
});
const ROOTCHAIN = map({
  ...CHAIN,
  ...numbers("delegates", "standby", "commission", "unbondingUs", "trustPeriodUs", "quotaPeriodBlocks", "deadAfterUs"),
  ...numbers("challengeUs", "heartbeatUs", "evidenceDelayBlocks", "evidenceWindowBlocks", "informerShare"),
  ...texts("rewardInitial", "delegateBond"),
  claimsRewards: truth,
  sortition: choice("ranked", "threshold"),
  threshold: map(numbers("expectedSize", "quorum")),
  seedRule: choice("two-back", "one-back"),
  stakes: list(text),
});
const SUBCHAIN = map({
  ...CHAIN,
  ...texts("name", "bond", "rewardPool", "endowment"),
  operators: number,
  ownToken: truth,
  permission: choice("public", "private"),
  quota: map({ pieces: number, pricePerPiece: text, deposit: text }),
});
const LOAD = map({
  ...texts("kind", "name", "from", "to", "route"),
  ...numbers("intervalUs", "accounts", "dataBytes", "startUs", "stopUs"),
  expiryUs: map(numbers("root", "destination")),
  relayFees: map(texts("relock", "delivery")),
  amount: map(texts("min", "max")),
  token: optional(text),
  accountsOf: optional(text),
  exit: optional(map({ amount: nullable(text) })),
});
const OPERATION = map({ ...texts("kind", "name"), atUs: number, chain: optional(text), seat: optional(number) });
const FAULT = map({
  ...texts("kind", "name"),
  atUs: number,
  forUs: nullable(number),
  nodes: optional(GROUP),
  groups: optional(list(GROUP)),
  bridge: optional(GROUP),
});
const SCENARIO = map({
  ...texts("name", "question", "seed"),
  tier: choice("smoke", "standard", "long"),
  crypto: choice("real", "modelled"),
  ...numbers("perturbation", "durationUs", "drainUs"),
  rootchain: ROOTCHAIN,
  subchains: list(SUBCHAIN),
  relayers: map(numbers("count", "pollUs")),
  lightClients: list(map({ ...texts("name", "chain"), ...numbers("count", "awakeUs", "asleepUs", "trustPeriodUs") })),
  network: map({ backbone: BACKBONE, gossip: map(numbers("degree")) }),
  hardware: map({
    delegates: HARDWARE,
    fullNodes: HARDWARE,
    operators: HARDWARE,
    relayers: HARDWARE,
    lightClients: HARDWARE,
  }),
  workload: list(LOAD),
  operations: optional(list(OPERATION)),
  faults: list(FAULT),
  adversaries: list(map({ ...texts("name", "strategy"), nodes: GROUP, fromUs: number })),
  expect: list(map(texts("kind", "name"))),
});

/** The shape of a whole capsule. @param kinds of failures */
export function capsuleShape(kinds: readonly string[]): Shape {
  return map({
    format: choice("orrery-capsule"),
    version: number,
    codeVersion: text,
    origin: text,
    expected: map({ digest: text, failure: map({ kind: choice(...kinds), what: text, where: text }) }),
    scenario: SCENARIO,
  });
}

const WORDS = { text: "text", number: "a number", truth: "true or false", list: "a list", map: "a map" } as const;

/** Notes where a value departs from its shape. */
export function holdAgainst(node: Located, shape: Shape, problems: Problems): void {
  switch (shape.is) {
    case "anything":
      return;
    case "optional":
      return holdAgainst(node, shape.of, problems);
    case "nullable":
      if (node.kind !== "scalar" || node.value !== null) holdAgainst(node, shape.of, problems);
      return;
    case "list":
      if (node.kind !== "list") return refuse(node, WORDS.list, problems);
      for (const item of node.items) holdAgainst(item, shape.of, problems);
      return;
    case "map":
      return holdMap(node, shape.of, problems);
    case "choice":
      if (node.kind !== "scalar" || !shape.of.includes(String(node.value)))
        refuse(node, `one of ${shape.of.join(", ")}`, problems);
      return;
    default:
      if (!isScalarOf(node, shape.is)) refuse(node, WORDS[shape.is], problems);
  }
}

function isScalarOf(node: Located, is: "text" | "number" | "truth"): boolean {
  if (node.kind !== "scalar") return false;
  if (is === "number") return Number.isFinite(node.value);
  return typeof node.value === (is === "text" ? "string" : "boolean");
}

function holdMap(node: Located, shapes: Readonly<Record<string, Shape>>, problems: Problems): void {
  if (node.kind !== "map") return refuse(node, WORDS.map, problems);
  const given = new Map(node.entries.map(({ key, value }) => [key.value, value]));
  for (const [key, shape] of Object.entries(shapes)) {
    const value = given.get(key);
    if (value !== undefined) holdAgainst(value, shape, problems);
    else if (shape.is !== "optional")
      problems.add({ at: firstLine(node), message: `the key ${key} is missing`, expected: `${key}: with a value` });
  }
}

function firstLine({ at }: Located): Located["at"] {
  return { ...at, end: Math.min(at.end, at.start + 1) };
}

function refuse(node: Located, expected: string, problems: Problems): void {
  const shown = node.kind === "scalar" ? `"${node.text}"` : `a ${node.kind}`;
  const at = node.kind === "scalar" ? node.at : firstLine(node);
  problems.add({ at, message: `${shown} does not belong here`, expected });
}
