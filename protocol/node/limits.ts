import { SECOND_US } from "../core/units.ts";

/** Named bounds on what nodes keep and answer for light clients and relayers. */

/** Entries in one request for proofs. */
export const MAX_PROVEN_KEYS = 64;
/** Largest entry of a ledger that an answer may carry, in bytes. */
export const MAX_PROVEN_BYTES = 65_536;
/** Transactions in one answer to a lookup. */
export const MAX_FOUND = 32;
/** Blocks that are looked through for one lookup. */
export const MAX_LOOKED_THROUGH = 256;
/** An answer stops growing here; one item always fits, in bytes. */
export const LIGHT_ANSWER_BYTES = 256 * 1024;
/** Headers in one answer: a client asks again from where it got to. */
export const MAX_ANSWERED_HEADERS = 64;
/** States after past blocks that a full node keeps to prove entries of. */
export const KEPT_STATES = 128;
/** Of so many of the latest blocks a full node keeps what it encoded of them. */
export const KEPT_ENCODINGS = 4;
/** Of so many of the latest states it keeps the proofs that it has made: several ask for the same ones, but not for long. */
export const KEPT_PROOFS = 4;
/** Requests that a full node answers to one peer in a second. */
export const MAX_LIGHT_REQUESTS = 64;
/** Peers that a full node serves in one second. */
export const MAX_SERVED_PEERS = 4096;
/** How far the stamp of a private chain's reader may be from a node's own clock, µs: long enough for slow links and bad clocks. */
export const READ_FRESH_US = 30 * SECOND_US;
/** Readers whose last requests a node of a private chain remembers. */
export const MAX_READERS = 4096;
/** Requests of one reader that may come out of their order. */
export const MAX_REMEMBERED_STAMPS = 64;
/** Transfers that a relayer has under way at once. */
export const MAX_RELAYED = 1024;
/** Deliveries that a relayer keeps in mind until the rootchain has a header of them; more stay under way. */
export const MAX_UNANCHORED = 4096;
/** Attached data that a relayer keeps, the oldest makes room. */
export const MAX_RELAY_ORDERS = 4096;
/** Header paths that a relayer keeps for one chain. */
export const MAX_KEPT_PATHS = 128;
/** Transactions that a light client watches at once. */
export const MAX_WATCHED = 256;

/** Offences that an informer pursues at a time. */
export const MAX_ACCUSATIONS = 256;

/** Fraud proofs that an informer was handed and has not judged yet: the oldest makes room. */
export const MAX_TIPS = 16;

/** Followed headers of each chain that an informer compares others with. */
export const MAX_FOLLOWED_HEADERS = 64;
