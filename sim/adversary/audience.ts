import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { DelegateId, PeerId } from "../../protocol/core/ids.ts";

/** @returns addresses of the members of the sitting committee but for one */
export function audienceOf({ rotation: { committee, registry } }: ChainState, self: DelegateId): PeerId[] {
  return committee.members.filter((id) => id !== self).map((id) => registry.peerOf(id));
}
