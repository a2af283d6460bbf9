import type { RunSummary, Violation } from "../runner/summary.ts";

/** Ways in which a run can fail. */
export const FAILURE_KINDS = ["violation", "expectation", "crash", "hang", "memory", "nondeterminism"] as const;
type FailureKind = (typeof FAILURE_KINDS)[number];

/** What broke and where, without times, seeds or numbers of nodes: equal for two runs that show the same bug. */
export interface FailureSignature {
  readonly kind: FailureKind;
  /** Invariant, expectation, or an error with its message. */
  readonly what: string;
  /** Chain and role, as in "root/delegate", or the first function of this project on the stack; "" where there is neither. */
  readonly where: string;
}

/** How a run may end: what it found, the stack of what it threw, why its process was lost, or how two runs differed. */
export type RunEnding =
  | RunSummary
  | { readonly bug: string }
  | { readonly lost: string }
  | { readonly nondeterminism: string };

/** @returns what failed, or null where every expectation held or was open, or somebody interrupted the run */
export function failureOf(ending: RunEnding): FailureSignature | null {
  if ("bug" in ending) return crashOf(ending.bug);
  if ("lost" in ending) return lossOf(ending.lost);
  if ("nondeterminism" in ending) return { kind: "nondeterminism", what: "two runs differ", where: "" };
  const failed = ending.expectations.find(({ verdict }) => verdict === "fail");
  if (failed === undefined) return null;
  const violation = firstViolation(ending, failed.name, failed.detail);
  if (violation === undefined) return { kind: "expectation", what: failed.name, where: "" };
  return { kind: "violation", what: violation.invariant, where: placeOf(violation) };
}

/** @returns the earliest violation that a failed expectation speaks of */
export function firstViolation(
  { violations }: Pick<RunSummary, "violations">,
  expectation: string,
  detail: string,
): Violation | undefined {
  const about = violations.filter(({ invariant, chain }) => {
    if (expectation === "liveness") return invariant === "liveness";
    const label = chain === "" || chain === "root" ? invariant : `${chain}.${invariant}`;
    return expectation === "safety" && invariant !== "liveness" && `${detail},`.includes(` ${label} (`);
  });
  return about.toSorted((a, b) => a.atSeconds - b.atSeconds)[0];
}

function placeOf({ chain, nodes }: Violation): string {
  const role = nodes[0]?.replace(/-\d+$/u, "") ?? "";
  return [chain, role].filter((part) => part !== "").join("/");
}

/** Assertions and switches that must not fall through throw for others. */
const THROWS_FOR_OTHERS = "protocol/core/assert";

function crashOf(stack: string): FailureSignature {
  const [first = ""] = stack.split("\n", 1);
  const frames = [...stack.matchAll(/^\s+at (?:(?:async )?(?<name>[^()\n]*) \()?(?<path>[^()\n]*?):\d+:\d+\)?$/gmu)];
  const own = frames
    .map(({ groups }) => ({ name: groups?.name ?? "", path: ownPath(groups?.path ?? "") }))
    .find(({ path }) => path !== "" && path !== THROWS_FOR_OTHERS);
  const where = own === undefined ? "" : `${own.name.replace(/^new /u, "")} ${own.path}`.trim();
  return { kind: isOutOfMemory(first) ? "memory" : "crash", what: withoutNumbers(first), where };
}

/** @returns the module below the project's root, alike for sources and build, or "" for somebody else's */
function ownPath(path: string): string {
  return /(?:^|\/)(?<own>(?:protocol|sim)\/(?!.*node_modules).*)\.[jt]s$/u.exec(path)?.groups?.own ?? "";
}

function isOutOfMemory(text: string): boolean {
  return /allocation failed|invalid (array|typed array) length|out of memory|SIGABRT|code 134|MiB of memory/iu.test(
    text,
  );
}

/** Heights, ids and hashes differ from run to run. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{8,}\b|\d+/giu, "#").slice(0, 200);
}

function lossOf(reason: string): FailureSignature | null {
  if (reason === "interrupted") return null;
  if (/no sign of life|stands still/u.test(reason)) return { kind: "hang", what: "no end", where: "" };
  if (isOutOfMemory(reason)) return { kind: "memory", what: "out of memory", where: "" };
  return { kind: "crash", what: withoutNumbers(reason), where: "" };
}

/** @returns whether two failures are of one bug, as far as signatures tell */
export function sameFailure(a: FailureSignature | null, b: FailureSignature | null): boolean {
  return a === null || b === null ? a === b : failureKey(a) === failureKey(b);
}

/** @returns one line of text that is equal for equal failures */
export function failureKey({ kind, what, where }: FailureSignature): string {
  return [kind, what, where].filter((part) => part !== "").join(": ");
}
