import type { NodeCrypto } from "../crypto/node-crypto.ts";
import type { PeerId } from "./ids.ts";
import type { Observation } from "./observation.ts";

/** Version of the machine contract and of the wire format; nodes of different versions do not talk. */
export const PROTOCOL_VERSION = 1;

/** A protocol message: decoded, immutable after it was first sent, and shared by all its receivers. */
export interface Message {
  /** Wire kind, the first byte of the encoding; also the message class in traces. */
  readonly kind: number;
  /** The canonical encoding, kept after the first use. Never set by hand. */
  wire: Uint8Array | null;
}

/** An immutable object that gives the bytes it is stored as when they are asked for, which is only after a crash. */
export interface DeferredRecord {
  readonly sizeBytes: number;
  toBytes(): Uint8Array;
}

/** Something to make durable. */
export type DurableRecord = Uint8Array | DeferredRecord;

/** Durable key-value records of one node, as they were when it last lost power. */
export type Storage = ReadonlyMap<string, Uint8Array>;

/**
 * The only way a machine touches the world. Effects take place in the order of the calls. `persist` is a barrier: what is sent
 * after it, in later steps too, leaves only once the record is durable.
 */
export interface Context {
  /** This node's own clock, µs since the run's epoch; may step and drift. */
  readonly nowUs: number;
  /** Cryptography of this node; charges its simulated CPU. */
  readonly crypto: NodeCrypto;
  /** @returns a fresh unsigned 32-bit number from this node's own random stream; never key material */
  entropy(): number;
  /** Sends to one peer; delivery is not promised. */
  send(to: PeerId, message: Message): void;
  /** Sends one message to many peers: encoded, hashed and sized once. The array must not be changed later. */
  broadcast(to: readonly PeerId[], message: Message): void;
  /** Arms a timer of this machine, replacing the one of that number. @param timer 0 … MAX_TIMERS − 1 */
  setTimer(timer: number, delayUs: number): void;
  cancelTimer(timer: number): void;
  /**
   * Sleeps as soon as this step is over and all that was sent has left: memory is lost, durable records stay, and the machine begins
   * again after so long by its own clock. What reaches the node meanwhile is lost.
   */
  sleep(delayUs: number): void;
  /** Writes (or with null deletes) a durable record. The bytes are kept, not copied: they must not change later. */
  persist(key: string, value: DurableRecord | null): void;
  /** Tells watchers of something that took place inside; never read back by any machine. */
  observe(observation: Observation): void;
  /** Declares work done by this step, for the CPU model. @param units how often (for "execute": transactions) */
  charge(work: "execute" | "verify" | "vrfVerify", units: number): void;
  /**
   * A pure function's result, computed once for all nodes that ask with the same inputs. Cryptography inside `compute` is not
   * charged, so that the first node to ask pays no more than the others: the caller declares it with `charge`.
   *
   * @param state immutable, the first input; nodes that agree share it. One function of this state only may be asked for
   * @param input immutable, the second input
   * @returns the shared result, which must not be changed
   */
  once<T>(state: object, input: object, compute: () => T): T;
}

/** Timers a machine may own. */
export const MAX_TIMERS = 8;

/** A protocol participant as a pure state machine: same inputs, same effects. */
export interface Machine {
  readonly protocolVersion: number;
  /** Begins, or begins again after a crash, from what storage still holds (empty after a lost disk). */
  start(context: Context, storage: Storage): void;
  /** @param from the peer, or CLIENT for a request of this node's own user */
  onMessage(context: Context, from: PeerId, message: Message): void;
  onTimer(context: Context, timer: number): void;
}

/** The sender of requests that come from a node's own user and not over the network. */
export const CLIENT = -1 as PeerId;

/** Bytes to messages and back; `decode` never throws, whatever a peer sent. */
export interface WireCodec {
  /** @returns the canonical encoding (kept in `message.wire`) */
  encode(message: Message): Uint8Array;
  /** @returns the message, or null when the bytes are not the canonical encoding of one */
  decode(bytes: Uint8Array): Message | null;
}
