declare const brand: unique symbol;
/** A primitive that the compiler keeps apart from other primitives of its type. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-256 digest as 64 lower-case hex digits: immutable, comparable with `===`, usable as a map key. */
export type Hash = Brand<string, "Hash">;

/** Position of a delegate in the chain's registry (0 …), stable over epochs. */
export type DelegateId = Brand<number, "DelegateId">;

/** Address of a network peer: the node's index in its network (0 …). */
export type PeerId = Brand<number, "PeerId">;

/** 64 zeros: "no hash", for example the predecessor of genesis. */
export const ZERO_HASH = "0".repeat(64) as Hash;
