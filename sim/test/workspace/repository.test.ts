import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./seeded-workspace.ts";

/** Hosts of package registries, in parts so that this file does not name one itself. */
const REGISTRY_HOST = new RegExp(
  [
    ["registry", "npmjs"],
    ["npmjs", "com"],
    ["registry", "yarnpkg"],
    ["npm", "pkg", "github"],
  ]
    .map((parts) => parts.join("\\."))
    .join("|"),
);

/** What the checkout holds apart from what it builds, installs or writes; works without git too. */
function committedFiles(): string[] {
  const made = /^(\.git|node_modules|dist|results|coverage)(\/|$)/;
  const entries = readdirSync(ROOT, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.map((file) => path.relative(ROOT, file)).filter((file) => !made.test(file));
}

test("no committed file names a package registry's host", () => {
  const naming = committedFiles().filter((file) => REGISTRY_HOST.test(readFileSync(path.join(ROOT, file), "latin1")));
  expect(naming).toEqual([]);
  expect(committedFiles()).toContain("package-lock.json");
});

test("the lock pins every package by its content and by no address", () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));
  const packages = Object.entries<Record<string, unknown>>(lock.packages).filter(([name]) => name !== "");
  expect(packages.length).toBeGreaterThan(100);
  for (const [name, entry] of packages) {
    expect(entry, name).not.toHaveProperty("resolved");
    expect(entry, name).toHaveProperty("integrity");
  }
});

test("the lock and package.json agree", () => {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")).packages[""];
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  for (const field of ["name", "version", "dependencies", "devDependencies", "engines", "bin"]) {
    expect(lock[field], field).toEqual(manifest[field]);
  }
});
