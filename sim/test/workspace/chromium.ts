import { accessSync, constants } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const APPLICATIONS = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Flags for a browser that asks nobody, fetches nothing and runs as root; every start takes a fresh user data folder. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns the path of a Chromium or Chrome on this machine, or null */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  const candidates = COMMANDS.flatMap((command) => folders.map((folder) => path.join(folder, command)));
  return [...candidates, ...APPLICATIONS].find(isExecutable) ?? null;
}

/**
 * A `describe` over a real browser; where there is none its tests are skipped with the line that installs one, which
 * `ORRERY_REQUIRE_ALL=1` turns into a failure of the run.
 *
 * @param define receives the browser's path, for Playwright's `executablePath`
 */
export function describeWithChromium(name: string, define: (executablePath: string) => void): void {
  const executablePath = findChromium();
  if (executablePath === null) test.skip(`${name} (no Chromium: apt-get install chromium)`, () => {});
  else describe(name, () => define(executablePath));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Absent or not ours to run: the next candidate is tried.
    return false;
  }
}
