import { decodeSubchainRecord, subchainKey } from "../bridge/subchain-record.ts";
import type { Refusal } from "../consensus/ledger-rules.ts";
import type { Anchor } from "../light/anchor.ts";
import { verifyStateEntry } from "../light/state-proof.ts";
import type { ExecutionContext } from "./execution-context.ts";
import { decodeOperators, encodeOperators, OPERATORS_KEY, seatsOf } from "./operators.ts";
import { latestRootAnchor, reachRoot, recordAnchor } from "./root-view.ts";
import type { RootUpdate } from "./transaction.ts";
import type { Workspace } from "./workspace.ts";

/** @returns why an update to a height tells nothing new, or null; updates pay no fee, so that each has to */
export function staleUpdate(entries: Pick<Workspace, "get">, { path, record }: RootUpdate): Refusal | null {
  const latest = latestRootAnchor(entries);
  if (latest === null || path.height > latest.height) return null;
  const known = record === null ? latest.height : (decodeOperators(entries.get(OPERATORS_KEY))?.rootHeight ?? -1);
  return path.height > known ? null : "root update that does not advance";
}

function takeRecord(
  { specification }: ExecutionContext,
  workspace: Workspace,
  { anchor, record }: { anchor: Anchor; record: NonNullable<RootUpdate["record"]> },
): Refusal | null {
  const view = decodeOperators(workspace.get(OPERATORS_KEY));
  if (view !== null && anchor.height <= view.rootHeight) return "record that is not newer";
  const key = subchainKey(specification.parameters.chainId);
  if (!verifyStateEntry(anchor.stateRoot, key, record.encoded, record.proof)) return "record that is not proven";
  const decoded = decodeSubchainRecord(record.encoded);
  if (decoded === null) return "malformed record";
  if (view !== null && decoded.operators.length !== view.seats.length) return "record of other operators";
  const seats = seatsOf(decoded.operators);
  workspace.set(OPERATORS_KEY, encodeOperators({ rootHeight: anchor.height, seats }));
  return null;
}

/** Takes the chain's view of the rootchain further, and with it what it knows of its operators (S3, S4). */
export function executeRootUpdate(context: ExecutionContext, workspace: Workspace, update: RootUpdate): Refusal | null {
  const stale = staleUpdate(workspace, update);
  if (stale !== null) return stale;
  const { anchor, refusal } = reachRoot(context, workspace, update.path);
  if (anchor === null) return refusal;
  const latest = latestRootAnchor(workspace);
  if (latest !== null && anchor.height > latest.height) recordAnchor(workspace, anchor);
  return update.record === null ? null : takeRecord(context, workspace, { anchor, record: update.record });
}
