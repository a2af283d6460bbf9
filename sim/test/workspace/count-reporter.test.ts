import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./seeded-workspace.ts";

const folder = mkdtempSync(path.join(tmpdir(), "orrery-reporter-"));
const REPORTER = path.join(ROOT, "sim/test/workspace/count-reporter.ts");

beforeAll(() => {
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const config = `import { CountReporter } from ${JSON.stringify(REPORTER)};
    export default { test: { include: ["*.test.ts"], reporters: [new CountReporter()] } };`;
  writeFileSync(path.join(folder, "vitest.config.ts"), config);
  writeFileSync(path.join(folder, "passes.test.ts"), 'import { test } from "vitest"; test("a", () => {});');
  writeFileSync(
    path.join(folder, "skips.test.ts"),
    'import { test } from "vitest"; test.skip("needs a tool", () => {});',
  );
  writeFileSync(
    path.join(folder, "fails.test.ts"),
    'import { test } from "vitest"; test("a", () => { throw new Error(); });',
  );
  writeFileSync(path.join(folder, "broken.test.ts"), 'throw new Error("cannot be loaded");');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the named test files and returns the exit code and the last line. */
function outcomeOf(
  files: readonly string[],
  requireAll: "0" | "1",
): { status: number | null; total: string | undefined } {
  const program = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const env = { ...process.env, ORRERY_REQUIRE_ALL: requireAll };
  const { status, stdout } = spawnSync(process.execPath, [program, "run", ...files], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, total: stdout.trim().split("\n").at(-1) };
}

test("a skipped test is counted and passes", () => {
  expect(outcomeOf(["passes", "skips"], "0")).toEqual({ status: 0, total: "1 passed, 0 failed, 1 skipped" });
});

test("a skipped test fails the run where everything is required", () => {
  expect(outcomeOf(["passes", "skips"], "1")).toEqual({ status: 1, total: "1 passed, 0 failed, 1 skipped" });
});

test("a failing test and a file that cannot be loaded count as failed", () => {
  expect(outcomeOf(["passes", "fails", "broken"], "0")).toEqual({ status: 1, total: "1 passed, 2 failed, 0 skipped" });
});
