import { readFileSync } from "node:fs";
import yargs, { type CommandModule } from "yargs";
import { hideBin } from "yargs/helpers";
import { CapacityError } from "../kernel/capacity-error.ts";
import { StorageError } from "../platform/node/storage-error.ts";
import { UserError } from "../scenario/index.ts";
import { ExitCode } from "./exit-code.ts";

const packageUrl = new URL("../../../package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(packageUrl, "utf8")) as { version: string };

/** What a command's file exports; its handler takes the flags that its own builder declares. */
type LoadedCommand = Pick<CommandModule, "command" | "describe"> & {
  readonly handler: (flags: never) => void | Promise<void>;
};

/** Loaded only where they are asked for: most of a start is the loading of what it runs. */
const COMMANDS: ReadonlyMap<string, () => Promise<LoadedCommand>> = new Map<string, () => Promise<LoadedCommand>>([
  ["run", () => import("./run-command.ts")],
  ["check", () => import("./check-command.ts")],
  ["sweep", () => import("./sweep-command.ts")],
  ["claims", () => import("./claims-command.ts")],
  ["fuzz", () => import("./fuzz-command.ts")],
  ["list", () => import("./list-command.ts")],
  ["schema", () => import("./schema-command.ts")],
  ["init", () => import("./init-command.ts")],
  ["bench", () => import("./bench-command.ts")],
  ["shrink", () => import("./shrink-command.ts")],
  ["replay", () => import("./replay-command.ts")],
  ["diff", () => import("./diff-command.ts")],
  ["trace", () => import("./trace-command.ts")],
  ["view", () => import("./view-command.ts")],
]);

/** @returns the command that is named, or every one where none is: to list, to complete or to recommend them */
async function commandsFor(word: string | undefined): Promise<CommandModule[]> {
  const named = word === undefined ? undefined : COMMANDS.get(word);
  const loads = named === undefined ? [...COMMANDS.values()] : [named];
  return (await Promise.all(loads.map((load) => load()))) as readonly LoadedCommand[] as CommandModule[];
}

/** Reads the command line and runs its command; every failure ends in one exit code and one clear text. */
async function main(words: string[]): Promise<void> {
  const parser = yargs(words)
    .scriptName("orrery")
    .usage("$0 <command>\n\nSimulates a world of chains that runs the real protocol code.")
    .command(await commandsFor(words[0]))
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
