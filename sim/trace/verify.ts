import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeBlocks } from "./block-chunk.ts";
import { HEADER_BYTES } from "./chunk-header.ts";
import type { ChunkStore } from "./chunk-store.ts";
import { decodeEvents } from "./event-chunk.ts";
import { decodeFooter, type IndexEntry } from "./footer-chunk.ts";
import { ChunkKind } from "./format.ts";
import { decodeLate } from "./late-chunk.ts";
import { decodeMessages } from "./message-chunk.ts";
import { decodeMeta, decodeNodes } from "./meta-chunk.ts";
import { decodeOverview } from "./overview.ts";
import type { RangeReader } from "./ports.ts";
import { scan } from "./scan.ts";
import { decodeState, FIRST_LINK, GROUP_NODES, linkTo } from "./state-chunk.ts";

/** @returns what the chunk decodes to, null when its content is malformed */
function decodeAny({ header }: IndexEntry, content: Uint8Array, nodeCount: number): unknown {
  const { kind, rows, firstKey } = header;
  switch (kind) {
    case ChunkKind.meta:
      return decodeMeta(content);
    case ChunkKind.nodes:
      return decodeNodes(content, rows);
    case ChunkKind.messages:
      return decodeMessages(content, rows);
    case ChunkKind.late:
      return decodeLate(content, rows);
    case ChunkKind.events:
      return decodeEvents(content, rows);
    case ChunkKind.state:
      return decodeState(content, rows, Math.min(GROUP_NODES, nodeCount - firstKey));
    case ChunkKind.blocks:
      return decodeBlocks(content, rows);
    case ChunkKind.overview:
      return decodeOverview(content);
    default:
      return decodeFooter(content);
  }
}

/** Follows the rolling hash from one state chunk to the next. */
class StateChain {
  #link: Uint8Array = FIRST_LINK;

  /** @returns whether the chunk refers to the one before it */
  follows(content: Uint8Array): boolean {
    const expected = this.#link;
    this.#link = linkTo(content);
    return expected.every((byte, i) => content[i] === byte);
  }

  get digest(): string {
    return bytesToHex(this.#link);
  }
}

/** Reads every byte of a file and every row of its chunks, and notes all damage in the store. */
export async function verifyFile(
  source: RangeReader,
  store: ChunkStore,
  index: readonly IndexEntry[],
  nodeCount: number,
  stateDigest: string,
): Promise<void> {
  for (const damage of (await scan(source)).damage) store.report(damage);
  const chain = new StateChain();
  const note = ({ offset, header }: IndexEntry, reason: string) =>
    store.report({
      offset,
      lengthBytes: HEADER_BYTES + header.storedBytes,
      chunk: header.sequence,
      reason,
      rows: header.rows,
    });
  for (const entry of index) {
    const content = await store.content(entry);
    if (content === null) continue;
    if (decodeAny(entry, content, nodeCount) === null) note(entry, "malformed content");
    if (entry.header.kind === ChunkKind.state && !chain.follows(content))
      note(entry, "the rolling hash of states breaks here");
  }
  if (stateDigest !== "" && chain.digest !== stateDigest) {
    const { sizeBytes } = source;
    store.report({
      offset: sizeBytes,
      lengthBytes: 0,
      chunk: -1,
      reason: "the rolling hash of states differs from the footer's",
      rows: 0,
    });
  }
}
