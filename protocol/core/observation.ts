import type { DelegateId, Hash } from "./ids.ts";

/** What machines report to watchers (checkers, metrics, traces); a closed union. */
export type Observation =
  /** A block became final at this node: its own quorum, gossip or sync. */
  | {
      readonly kind: "finalized";
      readonly height: number;
      /** Of the certificate; the header's own may be lower. */
      readonly view: number;
      readonly blockHash: Hash;
      readonly block: object;
      readonly certificate: object;
      /** Who was to sign it, by priority. */
      readonly committee: readonly DelegateId[];
      readonly by: "quorum" | "gossip" | "sync";
    }
  /** This node entered a view above 0 of a height; view 0 begins with the height. */
  | { readonly kind: "view"; readonly height: number; readonly view: number }
  /** This node holds a prepared certificate (is locked on) for a block. */
  | { readonly kind: "prepared"; readonly height: number; readonly view: number; readonly blockHash: Hash }
  /** This node saw proof of another's misbehaviour. */
  | { readonly kind: "evidence"; readonly culprit: DelegateId; readonly evidence: object }
  /** A protocol fault of a peer, or input dropped at a bound: an explained drop, counted by reason. */
  | { readonly kind: "rejected"; readonly reason: string }
  /** The node changed mode. */
  | { readonly kind: "mode"; readonly mode: "member" | "idle" | "silent" }
  /** A light client moved on along a chain, and what that has cost it by now. */
  | {
      readonly kind: "followed";
      readonly chainId: number;
      readonly height: number;
      readonly blockHash: Hash;
      /** Of all that it was given of this chain so far. */
      readonly bytes: number;
      /** Checked on this chain so far. */
      readonly signatures: number;
    }
  /** A device's transaction came a step further: signed, or proven to be in a final block. */
  | {
      readonly kind: "spending";
      readonly step: "sent" | "confirmed";
      readonly id: Hash;
      /** The transaction itself, where it is sent to another chain. */
      readonly lock?: object;
    }
  /** A relayer handed in a transaction about a transfer, or a heartbeat. */
  | {
      readonly kind: "relayed";
      readonly step: "relock" | "deliver" | "refund" | "sub-refund" | "anchor";
      /** Chain that it was handed to. */
      readonly chainId: number;
      /** Of the transfer's lock; zero for a heartbeat. */
      readonly lockId: Hash;
    };
