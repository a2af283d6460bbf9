import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { ROOT } from "../workspace/seeded-workspace.ts";

const EXAMPLE = path.join(ROOT, "sim/docs/examples/own-machine");
const home = mkdtempSync(path.join(tmpdir(), "orrery-own-machine-"));
afterAll(() => rmSync(home, { recursive: true }));

/** Lays the example out where nothing of the checkout is but what it depends on. */
function layOut(): void {
  cpSync(EXAMPLE, home, { recursive: true });
  const modules = path.join(home, "node_modules");
  for (const scope of ["@orrery-sim", "@types"]) mkdirSync(path.join(modules, scope), { recursive: true });
  symlinkSync(ROOT, path.join(modules, "@orrery-sim/orrery"));
  for (const name of ["vitest", "@types/node"])
    symlinkSync(path.join(ROOT, "node_modules", name), path.join(modules, name));
}

function node(...parameters: string[]): { status: number | null; output: string } {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")));
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, {
    cwd: home,
    encoding: "utf8",
    env: { ...environment, NO_COLOR: "1" },
  });
  return { status, output: stdout + stderr };
}

test("the example package tests its own machines, and its types fit the library's", () => {
  layOut();
  const ran = node("node_modules/vitest/vitest.mjs", "run");
  expect(ran.output).toMatch(/Tests +4 passed \(4\)/);
  expect(ran.status).toBe(0);
  expect(node(path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p", ".")).toEqual({ status: 0, output: "" });
});

test("the example asks for this package's version and the tools that it is tested with", () => {
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));
  const { version, devDependencies } = read(path.join(ROOT, "package.json"));
  expect(read(path.join(EXAMPLE, "package.json")).devDependencies).toEqual({
    "@orrery-sim/orrery": version,
    typescript: devDependencies.typescript,
    vitest: devDependencies.vitest,
  });
});
