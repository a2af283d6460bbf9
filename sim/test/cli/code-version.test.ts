import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { codeVersion } from "../../platform/node/code-version.ts";

const FILES = {
  "sim/scenario/index.js": 'export { a } from "./a.js";\n',
  "sim/scenario/a.js": "export const a = 1;\n",
  "sim/runner/index.js":
    'import { b } from "../../protocol/b.js";\nimport x from "package";\nexport const run = () => import("./lazy.js");\n',
  "sim/runner/lazy.js": "export {};\n",
  "protocol/b.js": "export const b = 2;\n",
  "sim/cli/main.js": 'import "../runner/index.js";\n',
};

function built(changes: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(path.join(tmpdir(), "orrery-version-"));
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

function versionOf(root: string): string {
  return codeVersion(path.join(root, "sim"));
}

test("a copy elsewhere has the same version, and what no run reaches does not count", () => {
  const original = built();
  const copy = mkdtempSync(path.join(tmpdir(), "orrery-copy-"));
  cpSync(original, copy, { recursive: true });
  expect(versionOf(copy)).toBe(versionOf(original));
  expect(versionOf(original)).toMatch(/^[0-9a-f]{16}$/);
  expect(versionOf(built({ "sim/cli/main.js": "export {};\n", "sim/runner/stale.js": "old" }))).toBe(
    versionOf(original),
  );
});

test.each(["sim/scenario/a.js", "sim/runner/lazy.js", "protocol/b.js"])("a change of %s is another version", (name) => {
  expect(versionOf(built({ [name]: "export const changed = true;\n" }))).not.toBe(versionOf(built()));
});
