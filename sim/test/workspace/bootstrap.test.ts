import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Script } from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT } from "./seeded-workspace.ts";

const BOOTSTRAP = path.join(ROOT, "bin/bootstrap.mjs");
const folder = mkdtempSync(path.join(tmpdir(), "orrery-bootstrap-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the bootstrap under a Node that claims another version, without a command: a supported one gets to the usage line. */
function runAsNode(version: string): { status: number | null; stderr: string } {
  const disguise = path.join(folder, `${version}.cjs`);
  const versions = `{ ...process.versions, node: ${JSON.stringify(version)} }`;
  writeFileSync(disguise, `Object.defineProperty(process, "versions", { value: ${versions} });\n`);
  const { status, stderr } = spawnSync(process.execPath, ["--require", disguise, BOOTSTRAP], { encoding: "utf8" });
  return { status, stderr };
}

describe("an unsupported Node is refused with one sentence", () => {
  test.each(["6.17.1", "18.20.4", "20.18.3", "21.7.3", "22.11.0", "23.11.0"])("%s", (version) => {
    const { status, stderr } = runAsNode(version);
    expect(stderr).toBe(`orrery needs Node ^20.19 || ^22.12 || >=24, and this is Node ${version}.\n`);
    expect(status).toBe(1);
  });
});

describe("a supported Node is accepted", () => {
  test.each(["20.19.0", "20.20.2", "22.12.0", "24.0.0", "26.1.0"])("%s", (version) => {
    const { status, stderr } = runAsNode(version);
    expect(stderr).toContain("usage:");
    expect(status).toBe(2);
  });
});

test("the sentence and package.json name the same versions", () => {
  const { engines } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  expect(runAsNode("6.17.1").stderr).toContain(engines.node);
});

test("a Node without modules, arrow functions or block scopes still parses the bootstrap", () => {
  const source = readFileSync(BOOTSTRAP, "utf8");
  expect(() => new Script(source)).not.toThrow();
  const code = source.replaceAll(/"[^"]*"|\/\*.*?\*\/|\/\/.*/gs, "");
  expect(code).not.toMatch(/=>|`|\.\.\.|\b(let|const|class|async|await|import|export|of)\b|\?\.|\?\?|,\s*\)/);
});
