import { checkTotals, groupBy } from "./check-report.ts";
import { type CheckRun, isFailure } from "./check-run.ts";

const MARKS: Readonly<Record<CheckRun["verdict"], string>> = {
  pass: "✅",
  inconclusive: "❔",
  fail: "❌",
  error: "💥",
  lost: "💥",
};
/** Runs that are told of one by one; the others are counted. */
const MAX_TOLD = 50;

/** @returns text as a cell of a table: one line, nothing in it read as markup */
function cell(text: string): string {
  return text.replace(/\s*\n\s*/gu, " ").replace(/[\\|`<>*_[\]]/gu, (character) => `\\${character}`);
}

function scenarioRow(runs: readonly CheckRun[]): string {
  const [first] = runs;
  const counts = [...groupBy(runs, ({ verdict }) => verdict)].map(
    ([verdict, group]) => `${MARKS[verdict]} ${group.length} ${verdict}`,
  );
  const seconds = runs.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0).toFixed(1);
  return `| ${cell(first?.scenario ?? "")} | ${counts.join(", ")} | ${seconds} s |`;
}

function story({ scenario, seed, verdict, detail, reproduce }: CheckRun): string {
  const head = `${MARKS[verdict]} **${cell(scenario)}**, seed ${cell(seed)}: ${verdict}`;
  return `- ${head}\n\n  ${cell(detail)}\n\n  \`\`\`\n  ${reproduce.replaceAll("\n", " ")}\n  \`\`\``;
}

/** @returns what runs came to, in GitHub's Markdown: the verdict, what did not pass with how to repeat it, then every scenario */
export function checkMarkdown(runs: readonly CheckRun[], strict: boolean): string {
  const failed = runs.filter((run) => isFailure(run, strict)).length;
  const open = runs.filter(({ verdict }) => verdict !== "pass");
  const held = open.length === 0 ? "## ✅ Orrery: everything held" : `## ❔ Orrery: ${open.length} runs inconclusive`;
  const head = failed === 0 ? held : `## ❌ Orrery: ${failed} of ${runs.length} runs failed`;
  const left = open.length > MAX_TOLD ? [`… and ${open.length - MAX_TOLD} more`] : [];
  const rows = [...groupBy(runs, ({ scenario }) => scenario).values()].map(scenarioRow);
  const table = ["| scenario | runs | wall time |", "|---|---|---|", ...rows].join("\n");
  return `${[head, checkTotals(runs), ...open.slice(0, MAX_TOLD).map(story), ...left, table].join("\n\n")}\n`;
}
