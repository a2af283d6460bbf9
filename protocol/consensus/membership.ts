import type { PeerId } from "../core/ids.ts";
import type { Context } from "../core/machine.ts";
import type { Committee } from "./committee.ts";
import type { PbftNode } from "./pbft-node.ts";
import { selects } from "./sortition.ts";
import { NO_PROOF } from "./vote.ts";

/** A node's part in the committee of one iteration. */
export interface Membership {
  readonly committee: Committee;
  /** Place in the committee, −1 outside it. */
  readonly seat: number;
  /** Whether it was selected: always with a public seat, by its own VRF output in threshold mode. */
  readonly selected: boolean;
  /** What its votes carry to prove membership. */
  readonly proof: Uint8Array;
  /** Addresses of all members but this node. */
  readonly audience: readonly PeerId[];
}

/** @returns this node's part in the committee of the next height */
export function membershipOf(context: Context, node: PbftNode): Membership {
  const { committee } = node.state.rotation;
  const { id, vrf } = node.identity;
  const seat = committee.seatOf(id);
  const audience = committee.members.filter((member) => member !== id).map((member) => node.peerOf(member));
  const rule = committee.selfSelection;
  if (seat < 0 || rule === null) return { committee, seat, selected: seat >= 0, proof: NO_PROOF, audience };
  const proof = context.crypto.vrfProve(vrf, rule.alpha);
  const output = context.crypto.vrfVerify(vrf.publicKey, rule.alpha, proof);
  const selected = output !== null && selects(output, rule.expectedSize, committee.members.length);
  return { committee, seat, selected, proof: selected ? proof : NO_PROOF, audience };
}
