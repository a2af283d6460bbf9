import { readFileSync } from "node:fs";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { CapacityError } from "../kernel/capacity-error.ts";
import { StorageError } from "../platform/node/storage-error.ts";
import { UserError } from "../scenario/index.ts";
import * as benchCommand from "./bench-command.ts";
import * as checkCommand from "./check-command.ts";
import * as claimsCommand from "./claims-command.ts";
import * as diffCommand from "./diff-command.ts";
import { ExitCode } from "./exit-code.ts";
import * as fuzzCommand from "./fuzz-command.ts";
import * as initCommand from "./init-command.ts";
import * as listCommand from "./list-command.ts";
import * as replayCommand from "./replay-command.ts";
import * as runCommand from "./run-command.ts";
import * as schemaCommand from "./schema-command.ts";
import * as shrinkCommand from "./shrink-command.ts";
import * as sweepCommand from "./sweep-command.ts";
import * as traceCommand from "./trace-command.ts";
import * as viewCommand from "./view-command.ts";

const packageUrl = new URL("../../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageUrl, "utf8")) as { version: string };

/** Reads the command line and runs its command; every failure ends in one exit code and one clear text. */
async function main(words: string[]): Promise<void> {
  const parser = yargs(words)
    .scriptName("orrery")
    .usage("$0 <command>\n\nSimulates a world of chains that runs the real protocol code.")
    .command(runCommand)
    .command(checkCommand)
    .command(sweepCommand)
    .command(claimsCommand)
    .command(fuzzCommand)
    .command(listCommand)
    .command(schemaCommand)
    .command(initCommand)
    .command(benchCommand)
    .command(shrinkCommand)
    .command(replayCommand)
    .command(diffCommand)
    .command(traceCommand)
    .command(viewCommand)
    .completion("completion", "Prints a completion script for bash or zsh")
    .demandCommand(1, "Which command? Try: npx orrery run scenarios/quickstart.yaml")
    .recommendCommands()
    .strict()
    .version(version)
    .wrap(Math.min(120, process.stdout.columns ?? 120))
    .exitProcess(false)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UserError(`${message}\nSee: orrery --help`);
    });
  await parser.parseAsync();
}

function report(error: unknown): void {
  if (error instanceof UserError || error instanceof StorageError || error instanceof CapacityError) {
    console.error(error.message);
    process.exitCode = ExitCode.wrongInput;
    return;
  }
  console.error(error);
  console.error("This is a bug in Orrery, not in your scenario; please report it with the lines above.");
  process.exitCode = ExitCode.bug;
}

/** A reader that went away (`orrery list | head`) is no failure. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(ExitCode.held);
});

try {
  await main(hideBin(process.argv));
} catch (error) {
  report(error);
}
