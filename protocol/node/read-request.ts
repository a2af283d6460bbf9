import { RangeRequest } from "../consensus/messages.ts";
import { type Reader, Writer } from "../core/codec.ts";
import type { PeerId } from "../core/ids.ts";
import type { Context, Message } from "../core/machine.ts";
import { WireKind } from "../core/wire-kind.ts";
import { type KeyPair, SIGNATURE_BYTES, SignedObject } from "../crypto/signed-object.ts";
import { isLightRequest, type LightRequest, readLightMessage, writeLightMessage } from "./light-messages.ts";

/** Bytes of an Ed25519 public key. */
const KEY_BYTES = 32;

/** What only those may ask a private chain's nodes who are admitted to read it. */
export type GuardedRequest = LightRequest | RangeRequest;

const NO_SIGNATURE = new Uint8Array(SIGNATURE_BYTES);
const scratch = new Writer();

/** A request to a node of a private chain by a reader who says who it is (S5): good for that node, for a short time and once. */
export class ReadRequest extends SignedObject implements Message {
  readonly kind = WireKind.readRequest;
  wire: Uint8Array | null = null;
  readonly chainId: number;
  /** Whom it is addressed to. */
  readonly node: PeerId;
  /** The reader's own clock, µs since the run's epoch; no two requests of a reader have the same. */
  readonly stampUs: number;
  /** Public key of the reader's account. */
  readonly reader: Uint8Array;
  readonly request: GuardedRequest;

  constructor(fields: {
    chainId: number;
    node: PeerId;
    stampUs: number;
    reader: Uint8Array;
    request: GuardedRequest;
    signature?: Uint8Array;
  }) {
    super(fields.signature ?? NO_SIGNATURE);
    this.chainId = fields.chainId;
    this.node = fields.node;
    this.stampUs = fields.stampUs;
    this.reader = fields.reader;
    this.request = fields.request;
  }

  preimage(): Uint8Array {
    writeFields(scratch.ascii("orrery/read-request"), this);
    return scratch.finish();
  }
}

function writeFields(writer: Writer, { chainId, node, stampUs, reader, request }: ReadRequest): void {
  writer.u32(chainId).u32(node).u64(stampUs).fixed(reader).u8(request.kind);
  if (request instanceof RangeRequest) writer.u64(request.fromHeight);
  else writeLightMessage(writer, request);
}

/** Appends the encoding after the message's kind. */
export function writeReadRequest(writer: Writer, request: ReadRequest): void {
  writeFields(writer, request);
  writer.fixed(request.signature);
}

function readInner(reader: Reader): GuardedRequest | null {
  const kind = reader.u8();
  if (kind === WireKind.rangeRequest) return new RangeRequest(reader.u64());
  const message = readLightMessage(kind, reader);
  return message !== null && isLightRequest(message) ? message : null;
}

/** @returns the request, whose signature is not checked here; null when it asks for nothing that is known */
export function readReadRequest(from: Reader): ReadRequest | null {
  const [chainId, node, stampUs, reader] = [from.u32(), from.u32() as PeerId, from.u64(), from.fixed(KEY_BYTES)];
  const request = readInner(from);
  if (request === null) return null;
  return new ReadRequest({ chainId, node, stampUs, reader, request, signature: from.fixed(SIGNATURE_BYTES) });
}

/** A clock that was set back by no more than this goes on counting from where it was, µs. */
const MAX_STAMP_AHEAD_US = 1_000_000;

/** Signs requests in a reader's name. */
export class RequestSigner {
  readonly #keyPair: KeyPair;
  #lastUs = -1;

  constructor(keyPair: KeyPair) {
    this.#keyPair = keyPair;
  }

  /** @returns the request as a node of a private chain answers it */
  sign(context: Context, node: PeerId, request: LightRequest): ReadRequest {
    const ahead = this.#lastUs - context.nowUs;
    const stampUs = ahead >= 0 && ahead < MAX_STAMP_AHEAD_US ? this.#lastUs + 1 : context.nowUs;
    this.#lastUs = stampUs;
    const { publicKey: reader } = this.#keyPair;
    const signed = new ReadRequest({ chainId: request.chainId, node, stampUs, reader, request });
    context.crypto.sign(signed, this.#keyPair);
    return signed;
  }
}

/** Sends a request, in a reader's name where one is given. */
export function sendRequest(
  context: Context,
  signer: RequestSigner | null,
  to: { readonly node: PeerId; readonly request: LightRequest },
): void {
  const { node, request } = to;
  context.send(node, signer === null ? request : signer.sign(context, node, request));
}
