import { afterAll, describe, expect, test } from "vitest";
import { SeededWorkspace, type ToolRun } from "./seeded-workspace.ts";

/** A small tree that breaks no rule: what a tool says about it, it would say about anything. */
const SOUND = {
  "protocol/core/assert.ts":
    'export function assert(condition: boolean): void {\n  if (!condition) throw new Error("broken");\n}\n',
  "sim/kernel/queue.ts":
    'import { assert } from "../../protocol/core/assert.ts";\n\nexport function push(timeUs: number): number {\n  assert(timeUs >= 0);\n  return Math.floor(timeUs);\n}\n',
  "sim/platform/node/files.ts": "export const now = (): number => Date.now();\n",
  "sim/index.ts": 'export { push } from "./kernel/queue.ts";\n',
  "sim/cli/main.ts":
    'import { push } from "../index.ts";\nimport { now } from "../platform/node/files.ts";\n\nconsole.log(push(now()));\n',
  "bin/orrery.js": 'import "../dist/sim/cli/main.js";\n',
  "viz/index.html": "<!doctype html>\n",
};

const BIOME = [
  "@biomejs/biome/bin/biome",
  "lint",
  "--error-on-warnings",
  "--max-diagnostics=none",
  "--reporter=github",
] as const;
const CRUISER = [
  "dependency-cruiser/bin/dependency-cruise.mjs",
  "--config",
  ".dependency-cruiser.cjs",
  "protocol",
  "sim",
  "viz",
] as const;
const KNIP = ["knip/bin/knip.js", "--include", "files,exports", "--reporter", "compact"] as const;
const COMPILER = ["typescript/bin/tsc", "-b", "sim"] as const;
const DETERMINISM = ["../sim/test/workspace/lint-determinism.mjs"] as const;

const workspaces: SeededWorkspace[] = [];
afterAll(() => {
  for (const workspace of workspaces) workspace.remove();
});

function runOn(files: Readonly<Record<string, string>>, tool: readonly [string, ...string[]]): ToolRun {
  const workspace = new SeededWorkspace({ ...SOUND, ...files });
  workspaces.push(workspace);
  return workspace.run(...tool, ...(tool === DETERMINISM ? [workspace.folder] : []));
}

/** @returns the lines of a tool's output about a file */
function linesAbout(run: ToolRun, file: string): string {
  const lines = run.output.split("\n").filter((line) => line.includes(file));
  return lines.join("\n");
}

describe.each([
  ["Biome", BIOME],
  ["dependency-cruiser", CRUISER],
  ["knip", KNIP],
  ["the compiler", COMPILER],
  ["the determinism lint", DETERMINISM],
] as const)("%s", (_name, tool) => {
  test("accepts a sound tree", () => {
    const run = runOn({}, tool);
    expect(run.output).not.toMatch(/error/i);
    expect(run.status).toBe(0);
  });
});

describe("a forbidden global is reported by Biome", () => {
  const globals = ["Date", "performance", "Intl", "WeakRef", "FinalizationRegistry"];
  const files = Object.fromEntries(
    globals.map((name) => [`protocol/core/uses-${name.toLowerCase()}.ts`, `export const used = [${name}];\n`]),
  );
  const forIn = { "sim/host/loops.ts": "for (const key in { a: 1 }) JSON.stringify(key);\n" };
  const run = runOn({ ...files, ...forIn }, BIOME);

  test.each(globals)("%s", (name) => {
    expect(linesAbout(run, `uses-${name.toLowerCase()}.ts`)).toContain("noRestrictedGlobals");
  });

  test("and so is for…in", () => {
    expect(linesAbout(run, "sim/host/loops.ts")).toContain("noForIn");
    expect(run.status).not.toBe(0);
  });
});

describe("what differs between machines is reported by the determinism lint", () => {
  const seeds: Record<string, string> = {
    "sim/network/random.ts": "export const a = Math.random();\n",
    "sim/network/sine.ts": "export const a = Math.sin(1) + Math.floor(1);\n",
    "sim/network/renamed.ts": "export const { hypot } = Math;\n",
    "sim/network/indexed.ts": 'export const a = Math["log"](2);\n',
    "sim/network/power.ts": "export const a = (x: number): number => x ** 2;\n",
    "sim/network/root.ts": "export const a = 2 ** 0.5;\n",
    "sim/network/decimal-power.ts": "export const a = 10 ** 3;\n",
    "sim/network/assigned-power.ts": "let a = 3;\na **= 2;\nexport const b = a;\n",
    "sim/network/locale.ts": 'export const a = "a".localeCompare("b");\n',
    "sim/network/stack.ts": 'export const a = new Error("a").stack;\n',
    "sim/host/async.ts": "export const a = async (): Promise<void> => {};\n",
    "protocol/core/awaits.ts": "export async function a(): Promise<void> {\n  await a();\n}\n",
  };
  const allowed = { "sim/network/exact-powers.ts": "export const a = 10n ** 18n;\nexport const b = 2 ** 53;\n" };
  const run = runOn({ ...seeds, ...allowed }, DETERMINISM);

  test.each(Object.keys(seeds))("%s", (file) => {
    expect(linesAbout(run, file)).not.toBe("");
    expect(run.status).toBe(1);
  });

  test("but a power of a bigint literal or a literal power of two is not", () => {
    expect(linesAbout(run, "exact-powers.ts")).toBe("");
  });

  test("a tree without sources is not sound", () => {
    const workspace = new SeededWorkspace({});
    workspaces.push(workspace);
    expect(workspace.run(...DETERMINISM, `${workspace.folder}/bin`).status).toBe(1);
  });
});

describe("a forbidden import is reported by dependency-cruiser", () => {
  const to = (file: string): string => `import * as target from "${file}";\n\nexport const used = target;\n`;
  const seeds: Record<string, readonly [from: string, text: string]> = {
    "protocol-is-pure": ["protocol/core/sees-sim.ts", to("../../sim/kernel/queue.ts")],
    "kernel-knows-no-protocol": ["sim/kernel/sees-consensus.ts", to("../../protocol/consensus/quorum.ts")],
    "checkers-derive-anew": ["sim/checkers/reuses.ts", to("../../protocol/consensus/quorum.ts")],
    "checkers-only-watch": ["sim/checkers/drives.ts", to("../runner/run.ts")],
    "viewer-only-watches": ["viz/sees-kernel.ts", to("../sim/kernel/queue.ts")],
    "parts-below-runner": ["sim/host/sees-runner.ts", to("../runner/run.ts")],
    "runner-below-campaign": ["sim/runner/sees-campaign.ts", to("../campaign/many.ts")],
    "platform-is-injected": ["sim/runner/sees-platform.ts", to("../platform/node/files.ts")],
    "nobody-imports-cli": ["sim/campaign/sees-cli.ts", to("../cli/main.ts")],
    "nobody-imports-tests-or-data": ["sim/host/sees-tests.ts", to("../test/host/fixture.ts")],
    "protocol-layers": ["protocol/core/sees-consensus.ts", to("../consensus/quorum.ts")],
    "no-undeclared-packages": ["sim/scenario/sees-tool.ts", to("typescript")],
    "no-unresolved": ["sim/host/sees-nothing.ts", to("./missing.ts")],
    "no-circular": ["sim/host/arc.ts", to("./circle.ts")],
    "no-orphans": ["sim/host/orphan.ts", "export const alone = 1;\n"],
  };
  const targets = {
    "protocol/consensus/quorum.ts": "export const quorum = 8;\n",
    "sim/runner/run.ts": "export const run = 1;\n",
    "sim/campaign/many.ts": "export const many = 1;\n",
    "sim/test/host/fixture.ts": "export const fixture = 1;\n",
    "sim/host/circle.ts": to("./arc.ts"),
  };
  const run = runOn({ ...targets, ...Object.fromEntries(Object.values(seeds)) }, CRUISER);

  test.each(Object.entries(seeds))("%s", (rule, [file]) => {
    expect(linesAbout(run, file)).toContain(`${rule}: `);
    expect(run.status).not.toBe(0);
  });
});

test("a checker may import the types of what it watches", () => {
  const type = { "protocol/consensus/quorum.ts": "export type Quorum = number;\nexport const quorum = 8;\n" };
  const typeOnly = {
    "sim/checkers/typed.ts":
      'import type { Quorum } from "../../protocol/consensus/quorum.ts";\n\nexport const q: Quorum = 1;\n',
  };
  expect(linesAbout(runOn({ ...type, ...typeOnly }, CRUISER), "typed.ts")).toBe("");
});

describe("dead code is reported by knip", () => {
  const deadExport = { "sim/kernel/queue.ts": `${SOUND["sim/kernel/queue.ts"]}\nexport const nobodyWantsMe = 1;\n` };
  const run = runOn({ ...deadExport, "sim/kernel/unused.ts": "export const unused = 1;\n" }, KNIP);

  test("an export without users", () => {
    expect(run.output).toContain("nobodyWantsMe");
    expect(run.status).not.toBe(0);
  });

  test("a file without users", () => {
    expect(run.output).toContain("sim/kernel/unused.ts");
  });
});

describe("what only Node or a browser has fails to compile in pure code", () => {
  const globals = ["process", "console", "setTimeout", "Buffer", "TextEncoder", "document", "performance", "fetch"];
  const files = Object.fromEntries(
    globals.map((name) => [`protocol/core/${name}.ts`, `export const used = ${name};\n`]),
  );
  const run = runOn({ ...files, "protocol/core/imports.ts": 'export { readFileSync } from "node:fs";\n' }, COMPILER);

  test.each([...globals, "imports"])("%s", (name) => {
    expect(linesAbout(run, `protocol/core/${name}.ts`)).toContain("error TS");
    expect(run.status).not.toBe(0);
  });
});
