import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../checkers/", import.meta.url);
/** Data, codecs and statements; everything else of the consensus code decides something. */
const SHARED = ["messages.ts", "vote.ts"];

interface Import {
  readonly file: string;
  readonly typeOnly: boolean;
  readonly from: string;
}

function importsOf(source: string, file: string): Import[] {
  const statements = source.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+"([^"]+)"/gms);
  return [...statements].map(([, type, from]) => ({ file, typeOnly: type !== undefined, from: from as string }));
}

function imports(): Import[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return files.flatMap((file) => importsOf(readFileSync(new URL(file, FOLDER), "utf8"), file));
}

function isPredicate({ typeOnly, from }: Import): boolean {
  const [, folder, name = ""] = /protocol\/(consensus|node|ledger|gossip)\/(.+)$/.exec(from) ?? [];
  if (folder === undefined || typeOnly) return false;
  if (folder === "ledger") return name === "accounts.ts";
  return folder !== "consensus" || !SHARED.includes(name);
}

test("no checker imports a production predicate, only types, messages and formats", () => {
  const all = imports();
  expect(all.length).toBeGreaterThan(50);
  expect(all.filter(isPredicate)).toEqual([]);
});

test("an import of a production predicate would be noticed", () => {
  const source = 'import { Committee,\n  type Other } from "../../protocol/consensus/committee.ts";\n';
  expect(importsOf(source, "x.ts").filter(isPredicate)).toHaveLength(1);
  const typed = 'import type { Committee } from "../../protocol/consensus/committee.ts";\n';
  expect(importsOf(typed, "x.ts").filter(isPredicate)).toHaveLength(0);
});
