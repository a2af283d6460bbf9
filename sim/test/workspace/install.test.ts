import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "./seeded-workspace.ts";

let folder: string;

/** A script that notes its name and arguments in the log, then does what is asked. */
const noting = (name: string, action = ""): string =>
  `const fs = require("node:fs"); fs.appendFileSync("log", [${JSON.stringify(name)}, ...process.argv.slice(2)].join(" ") + "\\n"); ${action}\n`;

/** An npm that installs a compiler and a bundler which only take notes. */
const NPM = noting(
  "npm",
  `if (fs.existsSync("offline")) process.exit(7);
  for (const [file, text] of ${JSON.stringify([
    ["node_modules/typescript/bin/tsc", noting("tsc", 'if (fs.existsSync("broken")) process.exit(2);')],
    [
      "node_modules/vite/bin/vite.js",
      noting("vite", 'fs.mkdirSync("dist/viz", { recursive: true }); fs.writeFileSync("dist/viz/index.html", "");'),
    ],
  ])}) {
    fs.mkdirSync(require("node:path").dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }`,
);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "orrery-install-"));
  for (const name of ["bin", "protocol", "sim", "viz", "npm"]) mkdirSync(path.join(folder, name));
  cpSync(path.join(ROOT, "bin/bootstrap.mjs"), path.join(folder, "bin/bootstrap.mjs"));
  write("package-lock.json", "{}");
  write("package.json", "{}");
  write("viz/page.ts", "");
  write("npm/npm-cli.js", NPM);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(path.join(folder, file), text);
}

/** Builds from elsewhere, and returns the exit code, the messages and what each tool noted. */
function build(): { status: number | null; stderr: string; log: string[] } {
  rmSync(path.join(folder, "log"), { force: true });
  const env = { ...process.env, npm_execpath: path.join(folder, "npm/npm-cli.js") };
  const bootstrap = path.join(folder, "bin/bootstrap.mjs");
  const { status, stderr } = spawnSync(process.execPath, [bootstrap, "build"], {
    cwd: tmpdir(),
    env,
    encoding: "utf8",
  });
  return { status, stderr, log: readFileSync(path.join(folder, "log"), "utf8").trim().split("\n") };
}

test("a fresh clone is installed without touching its lock, compiled and bundled", () => {
  const { status, log } = build();
  expect(log.map((line) => line.split(" ")[0])).toEqual(["npm", "tsc", "vite"]);
  expect(log[0]).toContain("install --no-save");
  expect(status).toBe(0);
});

test("nothing is installed or bundled again while lock and sources are the same", () => {
  build();
  expect(build().log).toEqual(["tsc -b"]);
});

test("a changed lock is installed again", () => {
  build();
  write("package-lock.json", '{ "changed": true }');
  expect(build().log[0]).toContain("npm install");
});

test("a changed source is bundled again", () => {
  build();
  const later = new Date(Date.now() + 60_000);
  utimesSync(path.join(folder, "viz/page.ts"), later, later);
  expect(build().log.at(-1)).toContain("vite build viz");
});

test("a failed install is told in one sentence and leaves no stamp", () => {
  write("offline", "");
  const { status, stderr } = build();
  expect(stderr).toContain("orrery: npm could not install the dependencies; its message is above.\n");
  expect(status).toBe(1);
  expect(existsSync(path.join(folder, "node_modules/.orrery-lock-hash"))).toBe(false);
});

test("sources that do not compile end the build with the compiler's exit code", () => {
  write("broken", "");
  const { status, log } = build();
  expect(log.at(-1)).toBe("tsc -b");
  expect(status).toBe(2);
});
