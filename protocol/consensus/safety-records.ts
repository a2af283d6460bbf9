import type { Message, Storage } from "../core/machine.ts";
import { CertifiedBlock, Proposal } from "./messages.ts";
import { RecordKey } from "./pbft-node.ts";
import { NewView, ViewChange } from "./view-change.ts";
import { Vote } from "./vote.ts";

/** What a member had said, or was bound to, when it went down: all of it is of one height. */
export interface SafetyRecords {
  /** Its last prepare and its last commit. */
  readonly votes: readonly Vote[];
  readonly prepared: CertifiedBlock | null;
  readonly viewChange: ViewChange | null;
  readonly proposal: Proposal | null;
  readonly newView: NewView | null;
}

/** Nothing was said yet. */
export const EMPTY_RECORDS: SafetyRecords = {
  votes: [],
  prepared: null,
  viewChange: null,
  proposal: null,
  newView: null,
};

/**
 * Reads what binds a member at a height; records of earlier heights are spent.
 *
 * @param decode reads a stored message; null where it is absent or damaged
 */
export function readSafetyRecords(
  storage: Storage,
  height: number,
  decode: (bytes: Uint8Array) => Message | null,
): SafetyRecords {
  const load = (key: string): Message | null => {
    const bytes = storage.get(key);
    return bytes === undefined ? null : decode(bytes);
  };
  const votes = [load(RecordKey.prepare), load(RecordKey.commit)];
  const prepared = load(RecordKey.prepared);
  const viewChange = load(RecordKey.viewChange);
  const proposal = load(RecordKey.proposal);
  const newView = load(RecordKey.newView);
  return {
    votes: votes.filter((each): each is Vote => each instanceof Vote && each.height === height),
    prepared: prepared instanceof CertifiedBlock && prepared.certificate.height === height ? prepared : null,
    viewChange: viewChange instanceof ViewChange && viewChange.height === height ? viewChange : null,
    proposal: proposal instanceof Proposal && proposal.vote.height === height ? proposal : null,
    newView: newView instanceof NewView && newView.vote.height === height ? newView : null,
  };
}
