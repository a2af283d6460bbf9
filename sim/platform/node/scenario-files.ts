import { readFileSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { type ScenarioFiles, UserError } from "../../scenario/index.ts";
import { codeOf } from "./error-code.ts";

/** Bytes of one scenario file. */
const MAX_FILE_BYTES = 4 << 20;

/** Reads scenario files of one folder; links that lead out of it are refused. @param folder as the user gave it */
export function scenarioFilesIn(folder: string): ScenarioFiles {
  const base = folder === "" ? "." : folder;
  return {
    read(file) {
      const name = path.join(base, file);
      try {
        const real = realpathSync(name);
        const inside = path.relative(realpathSync(base), real);
        if (inside.startsWith("..") || path.isAbsolute(inside)) {
          throw new UserError(`${name}: this file is a link out of its folder`);
        }
        return readText(real, name);
      } catch (error) {
        if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null;
        if (error instanceof UserError) throw error;
        throw new UserError(`${name}: cannot be read (${codeOf(error) ?? String(error)})`);
      }
    },
  };
}

function readText(file: string, name: string): string {
  const { size } = statSync(file);
  if (size > MAX_FILE_BYTES) throw new UserError(`${name}: ${size} bytes are too many for a scenario`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(`${name}: not UTF-8 text`);
    throw error;
  }
}
