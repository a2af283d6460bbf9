import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { assert } from "../../protocol/core/assert.ts";

/** A bug as a change of one built module. */
export interface Plant {
  readonly name: string;
  /** Below the built folder. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

const PBFT = "protocol/consensus/pbft.js";

/** Bugs that protocols of this kind have had, and three ways for code to come to no end. */
export const PLANTS: readonly Plant[] = [
  {
    name: "quorum-of-half",
    module: "protocol/consensus/parameters.js",
    from: "Math.floor((2 * committee) / 3) + 1",
    to: "Math.floor(committee / 2) + 1",
  },
  {
    name: "quorum-one-less",
    module: "protocol/consensus/parameters.js",
    from: "Math.floor((2 * committee) / 3) + 1",
    to: "Math.floor((2 * committee) / 3)",
  },
  {
    name: "records-forgotten",
    module: PBFT,
    from: "else if (records !== EMPTY_RECORDS)",
    to: "else if (false)",
  },
  {
    name: "duplicate-vote-throws",
    module: PBFT,
    from: "if (first === second || !votesConflict(first, second))",
    to: 'if (first.phase === second.phase && first !== second) throw new Error("vote counted twice");\n        if (first === second || !votesConflict(first, second))',
  },
  { name: "no-retransmission", module: PBFT, from: "this.#retransmissions++;", to: "return;" },
  {
    name: "no-back-off",
    module: "protocol/consensus/instance.js",
    from: "const TIMEOUT_DOUBLINGS = 12;",
    to: "const TIMEOUT_DOUBLINGS = 0;",
  },
  {
    name: "endless-loop",
    module: PBFT,
    from: "this.#node.accuse(context, {",
    to: "while (first !== second);\n            this.#node.accuse(context, {",
  },
  {
    name: "memory-eater",
    module: PBFT,
    from: "this.#node.accuse(context, {",
    to: "(() => { const all = []; while (first !== second) all.push(new Array(1e6).fill(first)); })(),\n            this.#node.accuse(context, {",
  },
];

/** A copy of this build with a bug in it. */
export interface PlantedBuild {
  readonly worker: URL;
  remove(): void;
}

/** Copies the build to a temporary folder and plants a bug there. */
export function plantIn({ module, from, to }: Plant): PlantedBuild {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const copy = mkdtempSync(path.join(tmpdir(), "orrery-planted-"));
  cpSync(path.join(root, "dist"), path.join(copy, "dist"), {
    recursive: true,
    filter: (file) => !/\.map$|viz$/u.test(file),
  });
  cpSync(path.join(root, "package.json"), path.join(copy, "package.json"));
  symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
  const file = path.join(copy, "dist", module);
  const text = readFileSync(file, "utf8");
  assert(text.split(from).length === 2, `${module} has the place for the bug once`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
  const worker = new URL(`file://${path.join(copy, "dist/sim/cli/capsule-worker.js")}`);
  return { worker, remove: () => rmSync(copy, { recursive: true, force: true }) };
}
