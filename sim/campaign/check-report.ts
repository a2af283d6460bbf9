import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { type CheckRun, isFailure } from "./check-run.ts";
import { textTable } from "./text-table.ts";

/** Passing seeds of one scenario beyond these share a row. */
const MAX_PASSING_ROWS = 10;
const DIGEST_DIGITS = 16;

/** @returns the runs as a table, failures with the command that repeats them below it */
export function checkTable(runs: readonly CheckRun[]): string {
  return textTable([["scenario", "seed", "verdict", "digest", "detail"], ...scenarios(runs).flatMap(scenarioRows)]);
}

function scenarios(runs: readonly CheckRun[]): CheckRun[][] {
  return [...groupBy(runs, ({ scenario }) => scenario).values()];
}

/** @returns the runs of each key, keys in the order of their first run */
export function groupBy<Key extends string>(
  runs: readonly CheckRun[],
  keyOf: (run: CheckRun) => Key,
): Map<Key, CheckRun[]> {
  const groups = new Map<Key, CheckRun[]>();
  for (const run of runs) {
    const group = groups.get(keyOf(run));
    if (group === undefined) groups.set(keyOf(run), [run]);
    else group.push(run);
  }
  return groups;
}

/** @returns how many runs came to which verdict, in a line */
export function checkTotals(runs: readonly CheckRun[]): string {
  const counts = [...groupBy(runs, ({ verdict }) => verdict)].map(([verdict, group]) => `${group.length} ${verdict}`);
  return `${runs.length} runs of ${scenarios(runs).length} scenarios: ${counts.join(", ")}`;
}

function scenarioRows(runs: readonly CheckRun[]): string[][] {
  const passing = runs.filter(({ verdict }) => verdict === "pass");
  if (passing.length <= MAX_PASSING_ROWS) return runs.map(row);
  const [first] = passing;
  const shared = [
    first?.scenario ?? "",
    `${passing.length} seeds`,
    "pass",
    sharedDigest(passing),
    "(digest of digests)",
  ];
  return [shared, ...runs.filter(({ verdict }) => verdict !== "pass").map(row)];
}

function row({ scenario, seed, verdict, digest, detail }: CheckRun): string[] {
  return [scenario, seed, verdict, digest.slice(0, DIGEST_DIGITS), detail];
}

function sharedDigest(runs: readonly CheckRun[]): string {
  const text = runs.map(({ seed, digest }) => `${seed} ${digest}\n`).join("");
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, DIGEST_DIGITS);
}

/** @returns one `REPRO:` line for each run that did not pass */
export function reproduceLines(runs: readonly CheckRun[]): string[] {
  return runs.filter(({ verdict }) => verdict !== "pass").map(({ reproduce }) => `REPRO: ${reproduce}`);
}

/** @returns a JUnit report: a suite for each scenario, a case for each seed */
export function junitXml(runs: readonly CheckRun[], strict: boolean): string {
  const suites = scenarios(runs).map((group) => {
    const failures = group.filter((run) => isFailure(run, strict)).length;
    const seconds = group.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0).toFixed(3);
    const cases = group.map((run) => junitCase(run, strict)).join("");
    const name = escapeXml(group[0]?.scenario ?? "");
    return `  <testsuite name="${name}" tests="${group.length}" failures="${failures}" time="${seconds}">\n${cases}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="orrery">\n${suites.join("")}</testsuites>\n`;
}

function junitCase(run: CheckRun, strict: boolean): string {
  const { scenario, file, seed, verdict, detail, reproduce, wallSeconds } = run;
  const open = `    <testcase classname="${escapeXml(scenario)}" name="seed ${escapeXml(seed)}" file="${escapeXml(file)}" time="${wallSeconds.toFixed(3)}"`;
  if (verdict === "pass") return `${open}/>\n`;
  if (!isFailure(run, strict)) return `${open}><skipped message="${escapeXml(`${verdict}: ${detail}`)}"/></testcase>\n`;
  return `${open}>\n      <failure message="${escapeXml(`${verdict}: ${detail}`)}">${escapeXml(reproduce)}</failure>\n    </testcase>\n`;
}

const XML_ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Characters that XML 1.0 cannot hold become question marks. */
function escapeXml(text: string): string {
  const printable = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?");
  return printable.replace(/[&<>"]/gu, (character) => XML_ENTITIES[character] ?? character);
}

/** @returns GitHub's annotations, one for each run that did not pass */
export function githubAnnotations(runs: readonly CheckRun[], strict: boolean): string[] {
  return runs.flatMap((run) => {
    if (run.verdict === "pass") return [];
    const level = isFailure(run, strict) ? "error" : "warning";
    const title = `${run.scenario} seed ${run.seed}: ${run.verdict}`;
    return [
      `::${level} file=${escapeProperty(run.file)},title=${escapeProperty(title)}::${escapeData(`${run.detail}\n${run.reproduce}`)}`,
    ];
  });
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
