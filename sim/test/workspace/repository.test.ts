import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
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

test("every page's links to files of the project lead somewhere", () => {
  const pages = committedFiles().filter((file) => file.endsWith(".md"));
  const links = pages.flatMap((page) => {
    const targets = [...readFileSync(path.join(ROOT, page), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)];
    return targets.map(([, target]) => path.join(path.dirname(page), target as string));
  });
  expect(links.length).toBeGreaterThan(4);
  expect(links.filter((link) => !existsSync(path.join(ROOT, link)))).toEqual([]);
});

test("every npm script that the pages name exists", () => {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  for (const page of ["README.md", "CONTRIBUTING.md", "sim/docs/decisions/0003-enforce-boundaries-by-tools.md"]) {
    const named = [...readFileSync(path.join(ROOT, page), "utf8").matchAll(/npm run (\w+)/g)].map(([, name]) => name);
    expect(Object.keys(scripts), page).toEqual(expect.arrayContaining(named));
  }
});

test.each([".ci/run", "bin/orrery.js"])("%s has its run bit", (file) => {
  expect(statSync(path.join(ROOT, file)).mode & 0o111).toBe(0o111);
});

test("no source file is longer than 380 lines", () => {
  const sources = committedFiles().filter((file) => /^(protocol|sim|viz|bin)\/.*\.m?[tj]s$/.test(file));
  const long = sources.filter((file) => readFileSync(path.join(ROOT, file), "utf8").split("\n").length > 381);
  expect(sources.length).toBeGreaterThan(50);
  expect(long).toEqual([]);
});
