import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ArgumentsCamelCase, Argv } from "yargs";
import { codeOf } from "../platform/node/error-code.ts";
import { UserError } from "../scenario/index.ts";
import { STARTER } from "./starter.ts";

export const command = "init [file]";
export const describe = "Writes a commented scenario to start from";

export const builder = (yargs: Argv) =>
  yargs.positional("file", { type: "string", default: "my-scenario.yaml", describe: "Where; never overwritten" });

type Flags = ArgumentsCamelCase<Awaited<ReturnType<typeof builder>["argv"]>>;

export function handler({ file }: Flags): void {
  const name = path.basename(file).replace(/\.ya?ml$/u, "");
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u.test(name)) {
    throw new UserError(`${file}: a scenario's name has letters, digits, dots, dashes and underscores`);
  }
  try {
    writeFileSync(file, STARTER.replaceAll("NAME", name), { flag: "wx" });
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new UserError(`${file}: this file is there already, and is left as it is`);
    if (codeOf(error) !== undefined) throw new UserError(`${file}: cannot be written (${codeOf(error)})`);
    throw error;
  }
  console.log(`wrote ${file}; run it with: npx orrery run ${file}`);
}
