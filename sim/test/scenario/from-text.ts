import { loadScenario, type Scenario, UserError } from "../../scenario/index.ts";

/** Loads scenario files that exist in memory only; the first is the one asked for. */
export function loadText(files: Readonly<Record<string, string>> | string, ...settings: string[]): Scenario {
  const all: Readonly<Record<string, string>> = typeof files === "string" ? { "x.yaml": files } : files;
  const [file = ""] = Object.keys(all);
  const read = (path: string): string | null => all[path] ?? null;
  return loadScenario({ folder: "", file, settings, files: { read }, totalMemoryBytes: 2 ** 60 });
}

/** @returns the messages of a refused scenario, without excerpts */
export function complaints(files: Readonly<Record<string, string>> | string, ...settings: string[]): string[] {
  try {
    loadText(files, ...settings);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n\n").map((each) => each.split("\n", 1)[0] ?? "");
  }
}
