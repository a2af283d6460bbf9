import { Reader, Writer } from "../../protocol/core/codec.ts";
import { MAX_NODES, MAX_RAW_BYTES } from "./format.ts";
import type { TraceLevel, TraceMeta, TraceNode } from "./model.ts";
import { readJson, stringList, writeJson } from "./text.ts";

/** Longest name kept, and longest list of names: within them the meta chunk keeps its size limit. */
const MAX_NAME = 64;
const MAX_NAMES = 500;
/** Bytes of one node's description at most: four names of full length in the widest escapes, and its place. */
const MAX_NODE_BYTES = 6 * 4 * MAX_NAME + 80;

/** Everything of the meta data but the nodes themselves. */
export interface MetaHead extends Omit<TraceMeta, "nodes"> {
  readonly nodeCount: number;
}

/** @returns the meta chunk's content */
export function encodeMeta(meta: TraceMeta): Uint8Array {
  const writer = new Writer();
  writeJson(writer, headOf(meta));
  return writer.finish();
}

const cut = (text: string): string => text.slice(0, MAX_NAME);
const cutList = (names: readonly string[]): readonly string[] => names.slice(0, MAX_NAMES).map(cut);

/** @returns the meta data as kept: the number of nodes in place of the nodes, names within their bounds */
export function headOf(meta: TraceMeta): MetaHead {
  return {
    scenario: cut(meta.scenario),
    seed: cut(meta.seed),
    codeVersion: cut(meta.codeVersion),
    level: meta.level,
    nodeCount: meta.nodes.length,
    messageClasses: cutList(meta.messageClasses),
    outcomes: cutList(meta.outcomes),
    faults: cutList(meta.faults),
  };
}

/** @returns as many nodes as fit one chunk's content, from `first` on, and how many those are */
export function encodeNodes(nodes: readonly TraceNode[], first: number): { content: Uint8Array; count: number } {
  const rows: unknown[] = [];
  for (let sizeBytes = 0; first + rows.length < nodes.length && sizeBytes < MAX_RAW_BYTES - MAX_NODE_BYTES; ) {
    const { name, role, chain, region, position } = nodes[first + rows.length] as TraceNode;
    const row = [cut(name), cut(role), cut(chain), cut(region), position];
    sizeBytes += 6 * (row.slice(0, 4).join("").length + 10) + 60;
    rows.push(row);
  }
  const writer = new Writer();
  writeJson(writer, rows);
  return { content: writer.finish(), count: rows.length };
}

const isLevel = (value: unknown): value is TraceLevel => value === "full" || value === "protocol" || value === "off";

/** @returns the meta data when the value has its shape, else null */
export function metaHead(value: unknown): MetaHead | null {
  if (typeof value !== "object" || value === null) return null;
  const { scenario, seed, codeVersion, level, nodeCount, ...lists } = value as Record<string, unknown>;
  const messageClasses = stringList(lists.messageClasses);
  const outcomes = stringList(lists.outcomes);
  const faults = stringList(lists.faults);
  if (typeof scenario !== "string" || typeof seed !== "string" || typeof codeVersion !== "string") return null;
  if (!isLevel(level) || messageClasses === null || outcomes === null || faults === null) return null;
  if (typeof nodeCount !== "number" || !Number.isInteger(nodeCount) || nodeCount < 0 || nodeCount > MAX_NODES)
    return null;
  return { scenario, seed, codeVersion, level, nodeCount, messageClasses, outcomes, faults };
}

/** @returns the meta chunk's data, or null when the content is malformed */
export function decodeMeta(content: Uint8Array): MetaHead | null {
  const reader = new Reader(content);
  const value = readJson(reader, MAX_RAW_BYTES);
  return reader.complete() ? metaHead(value) : null;
}

function readNode(value: unknown): TraceNode | null {
  if (!Array.isArray(value)) return null;
  const [name, role, chain, region, position] = value as unknown[];
  const texts = stringList([name, role, chain, region]);
  if (texts === null) return null;
  const placed = Array.isArray(position) && position.length === 2 && position.every((x) => typeof x === "number");
  return {
    name: texts[0] as string,
    role: texts[1] as string,
    chain: texts[2] as string,
    region: texts[3] as string,
    position: placed ? (position as [number, number]) : null,
  };
}

/** @returns the nodes, or null when the content is malformed */
export function decodeNodes(content: Uint8Array, rows: number): readonly TraceNode[] | null {
  const reader = new Reader(content);
  const values = readJson(reader, MAX_RAW_BYTES);
  if (!reader.complete() || !Array.isArray(values) || values.length !== rows) return null;
  const nodes = values.map(readNode);
  return nodes.every((each) => each !== null) ? nodes : null;
}

/** @returns what stands for a node whose description was lost */
export function unknownNode(number: number): TraceNode {
  return { name: `node ${number}`, role: "unknown", chain: "unknown", region: "unknown", position: null };
}
