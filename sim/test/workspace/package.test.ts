import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentWithoutNpm, LocalRegistry, type Packed, pack } from "./local-registry.ts";
import { ROOT } from "./seeded-workspace.ts";

const execute = promisify(execFile);
const scratch = mkdtempSync(path.join(tmpdir(), "orrery-package-"));
const home = path.join(scratch, "home");
let packed: Packed;

/** The installed packages that a user of the package gets with it. */
function runtimePackages(): string[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));
  const entries = Object.entries<{ dev?: boolean }>(lock.packages);
  return entries.filter(([name, entry]) => name !== "" && !entry.dev).map(([name]) => path.join(ROOT, name));
}

/** Packs the checkout and installs it, as a stranger would, into a folder that has nothing else. */
beforeAll(async () => {
  mkdirSync(home);
  const registry = await LocalRegistry.start(runtimePackages(), scratch);
  [packed] = (await pack([ROOT], scratch)) as [Packed];
  const tarball = path.join(scratch, packed.filename);
  const parameters = [
    "install",
    "--registry",
    registry.url,
    "--cache",
    path.join(scratch, "cache"),
    "--no-audit",
    "--no-fund",
  ];
  writeFileSync(path.join(home, "package.json"), "{}");
  await execute("npm", [...parameters, tarball], { cwd: home, env: environmentWithoutNpm() });
  registry.stop();
});
afterAll(() => rmSync(scratch, { recursive: true }));

function orrery(...parameters: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(path.join(home, "node_modules/.bin/orrery"), parameters, { cwd: home, encoding: "utf8" });
}

test("the installed command tells its version", () => {
  const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
  const { status, stdout, stderr } = orrery("--version");
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe(version);
  expect(status).toBe(0);
});

test("the installed command lists its catalogue", () => {
  const { status, stdout } = orrery("list");
  expect(stdout).toContain("quickstart");
  expect(status).toBe(0);
});

test("the installed command runs a scenario", () => {
  const scenario = path.join(home, "node_modules/@orrery-sim/orrery/scenarios/quickstart.yaml");
  const { status, stdout, stderr } = orrery(
    "run",
    scenario,
    "--json",
    "--trace",
    "off",
    "--out",
    path.join(home, "out"),
  );
  expect(stderr).not.toMatch(/Error/);
  expect(JSON.parse(stdout).digest).toMatch(/^[0-9a-f]{64}$/);
  expect(status).toBe(0);
});

test("the package is a typed library", () => {
  const script = 'import { runScenario } from "@orrery-sim/orrery"; console.log(typeof runScenario);';
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: home,
    encoding: "utf8",
  });
  expect(stdout).toBe("function\n");
  expect(existsSync(path.join(home, "node_modules/@orrery-sim/orrery/dist/sim/index.d.ts"))).toBe(true);
});

test("the package holds what runs and no tests, sources or build state", () => {
  const contents = packed.files.map((file) => file.path);
  expect(contents).toContain("LICENSE");
  expect(contents).toContain("dist/viz/index.html");
  expect(contents.filter((file) => /(^|\/)test\/|tsbuildinfo|(?<!\.d)\.ts$|bootstrap/.test(file))).toEqual([]);
});

test("the launcher has its run bit and says what to do before a build", () => {
  const bare = path.join(scratch, "bare");
  cpSync(path.join(ROOT, "bin"), path.join(bare, "bin"), { recursive: true });
  writeFileSync(path.join(bare, "package.json"), '{"type":"module"}');
  const launcher = path.join(bare, "bin/orrery.js");
  expect(statSync(launcher).mode & 0o111).toBe(0o111);
  const { status, stderr } = spawnSync(launcher, { encoding: "utf8" });
  expect(stderr).toBe("orrery is not built yet: run `npm run build` in its folder first.\n");
  expect(status).toBe(1);
});
