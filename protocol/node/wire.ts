import { CheckpointVote, readCheckpointVote, writeCheckpointVote } from "../consensus/checkpoint.ts";
import {
  BlockBody,
  BlockRequest,
  CertifiedBlock,
  Proposal,
  RangeRequest,
  RangeResponse,
  readCertifiedBlock,
  readProposal,
  readRangeResponse,
  Status,
  writeCertifiedBlock,
  writeProposal,
} from "../consensus/messages.ts";
import {
  NewView,
  readNewView,
  readViewChange,
  ViewChange,
  writeNewView,
  writeViewChange,
} from "../consensus/view-change.ts";
import { readVote, Vote, writeVote } from "../consensus/vote.ts";
import { InvariantError } from "../core/assert.ts";
import { Reader, Writer } from "../core/codec.ts";
import type { Message, WireCodec } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import {
  Announce,
  Request,
  readIds,
  readTransactions,
  Transactions,
  writeIds,
  writeTransactions,
} from "../gossip/messages.ts";
import { readBlock, writeBlock } from "../ledger/block.ts";
import { readFraudProof, writeFraudProof } from "../subchain/fraud-proof.ts";
import { FraudTip } from "./fraud-tip.ts";
import { readLightMessage, writeLightMessage } from "./light-messages.ts";
import { ReadRequest, readReadRequest, writeReadRequest } from "./read-request.ts";

const scratch = new Writer();

function writeMessage(writer: Writer, message: Message): void {
  writer.u8(message.kind);
  if (message instanceof Vote) writeVote(writer, message);
  else if (message instanceof Proposal) writeProposal(writer, message);
  else if (message instanceof CertifiedBlock) writeCertifiedBlock(writer, message);
  else if (message instanceof Status) writer.u64(message.height).hash(message.blockHash);
  else if (message instanceof RangeRequest) writer.u64(message.fromHeight);
  else if (message instanceof RangeResponse) {
    writer.u32(message.blocks.length);
    // Who lags asks for what others asked for: a block is encoded once. Its own message begins with its kind.
    for (const certified of message.blocks) writer.fixed(certified.toBytes().subarray(1));
  } else if (message instanceof ViewChange) writeViewChange(writer, message);
  else if (message instanceof NewView) writeNewView(writer, message);
  else if (message instanceof BlockRequest) writer.u64(message.height).hash(message.blockHash);
  else if (message instanceof BlockBody) writeBlock(writer, message.block);
  else if (message instanceof Announce || message instanceof Request) writeIds(writer, message.ids);
  else if (message instanceof Transactions) writeTransactions(writer, message);
  else if (message instanceof CheckpointVote) writeCheckpointVote(writer, message);
  else if (message instanceof FraudTip) writeFraudProof(writer, message.fraud);
  else if (message instanceof ReadRequest) writeReadRequest(writer, message);
  else if (!writeLightMessage(writer, message))
    throw new InvariantError(`no encoding for message kind ${message.kind}`);
}

function readMessage(reader: Reader): Message | null {
  const kind = reader.u8();
  switch (kind) {
    case WireKind.vote:
      return readVote(reader);
    case WireKind.proposal:
      return readProposal(reader);
    case WireKind.certifiedBlock:
      return readCertifiedBlock(reader);
    case WireKind.status:
      return new Status(reader.u64(), reader.hash());
    case WireKind.rangeRequest:
      return new RangeRequest(reader.u64());
    case WireKind.rangeResponse:
      return readRangeResponse(reader);
    case WireKind.viewChange:
      return readViewChange(reader);
    case WireKind.newView:
      return readNewView(reader);
    case WireKind.blockRequest:
      return new BlockRequest(reader.u64(), reader.hash());
    case WireKind.blockBody:
      return new BlockBody(readBlock(reader));
    case WireKind.announce:
      return new Announce(readIds(reader));
    case WireKind.request:
      return new Request(readIds(reader));
    case WireKind.transactions:
      return readTransactions(reader);
    case WireKind.checkpointVote:
      return readCheckpointVote(reader);
    case WireKind.fraudTip:
      return new FraudTip(readFraudProof(reader));
    case WireKind.readRequest:
      return readReadRequest(reader);
    default:
      return readLightMessage(kind, reader);
  }
}

/** @returns the canonical encoding of a message, which the message keeps */
export function encodeMessage(message: Message): Uint8Array {
  if (message.wire !== null) return message.wire;
  writeMessage(scratch, message);
  message.wire = scratch.finish();
  return message.wire;
}

/** @returns the message, or null when the bytes are not the canonical encoding of one; never throws */
export function decodeMessage(bytes: Uint8Array): Message | null {
  const reader = new Reader(bytes);
  const message = readMessage(reader);
  if (message === null || !reader.complete()) return null;
  message.wire = bytes;
  return message;
}

/** The wire format of chain nodes. */
export const chainWire: WireCodec = { encode: encodeMessage, decode: decodeMessage };
