import type { Hash } from "../core/ids.ts";
import { type Admission, decodeAdmission, permissionKey } from "./entries.ts";
import type { ChainSpecification } from "./specification.ts";
import type { Workspace } from "./workspace.ts";

const EVERYTHING: Admission = { mayRead: true, mayWrite: true };
const NOTHING: Admission = { mayRead: false, mayWrite: false };

/** @returns what an address may do: anything on a public chain or as the administrator, else what it was admitted to (S5) */
export function admissionOf(
  { permission }: ChainSpecification,
  entries: Pick<Workspace, "get">,
  address: Hash,
): Admission {
  if (permission.kind === "public" || permission.administrator === address) return EVERYTHING;
  return decodeAdmission(entries.get(permissionKey(address))) ?? NOTHING;
}

/** Whether an address may be shown a chain's blocks and state: for nodes that serve them, as no block can enforce it (S5). */
export function mayRead(specification: ChainSpecification, entries: Pick<Workspace, "get">, address: Hash): boolean {
  return admissionOf(specification, entries, address).mayRead;
}

/** Whether an address may send and receive (S5). */
export function mayWrite(specification: ChainSpecification, entries: Pick<Workspace, "get">, address: Hash): boolean {
  return admissionOf(specification, entries, address).mayWrite;
}
