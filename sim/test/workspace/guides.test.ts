import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { loadScenario } from "../../scenario/index.ts";
import { ROOT } from "./seeded-workspace.ts";

const GUIDE = "sim/docs/chains.md";

/** @returns the fenced blocks of a page in one language */
function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(path.join(ROOT, page), "utf8");
  return [...text.matchAll(/```(\w+)\n(.*?)```/gs)].flatMap(([, name, block]) =>
    name === language && block !== undefined ? [block] : [],
  );
}

test.each([
  ["README.md", 1],
  [GUIDE, 5],
])("every scenario on %s can be loaded, and asks for no figure that is not there", (page, count) => {
  const blocks = blocksOf(page, "yaml");
  expect(blocks).toHaveLength(count);
  for (const block of blocks) {
    const files = { read: (file: string) => (file === "page.yaml" ? block : null) };
    const request = { folder: "", file: "page.yaml", settings: [], files, totalMemoryBytes: 8e9 };
    expect(loadScenario(request).expect.length).toBeGreaterThan(1);
  }
});

test("the guide's program imports what its modules export", async () => {
  const [program = ""] = blocksOf(GUIDE, "js");
  const imports = [...program.matchAll(/^import \{ (.*) \} from "\.\/dist\/(.*)\.js";$/gm)];
  expect(imports.length).toBeGreaterThan(10);
  for (const [, names = "", module = ""] of imports) {
    const exported: object = await import(path.join(ROOT, `${module}.ts`));
    expect(Object.keys(exported), module).toEqual(expect.arrayContaining(names.split(", ")));
  }
});

test("the guide names files that exist", () => {
  const text = readFileSync(path.join(ROOT, GUIDE), "utf8");
  const named = [...text.matchAll(/`((?:protocol\/|sim\/)?[a-z]+\/[\w/-]+\.ts)`/g)].map(([, file = ""]) => file);
  expect(named.length).toBeGreaterThan(5);
  const places = (file: string) => [file, `protocol/${file}`].map((each) => path.join(ROOT, each));
  expect(named.filter((file) => !places(file).some(existsSync))).toEqual([]);
});

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly uses?: string; readonly run?: string }[] }>
  >;
}

test("the workflow for GitHub is one, of plain actions, and asks check for nothing that it has not", () => {
  const [text = ""] = blocksOf("sim/docs/ci.md", "yaml");
  const steps = Object.values((parse(text) as Workflow).jobs).flatMap((job) => job.steps);
  expect(steps.flatMap(({ uses }) => uses ?? [])).toEqual(["actions/checkout@v4", "actions/setup-node@v4"]);
  const commands = steps.flatMap(({ run }) => (run?.startsWith("npx orrery check") ? [run] : []));
  expect(commands.length).toBe(2);
  const source = readFileSync(path.join(ROOT, "sim/cli/check-command.ts"), "utf8");
  const options = [...source.matchAll(/\.option\("([\w-]+)"/g)].map(([, name]) => `--${name}`);
  const asked = commands.join(" ").match(/--[a-z-]+/g) ?? [];
  expect(asked.length).toBeGreaterThan(4);
  expect(options).toEqual(expect.arrayContaining(asked));
});
