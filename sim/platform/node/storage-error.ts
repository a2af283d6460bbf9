import { codeOf } from "./error-code.ts";

/** The system would not take what was to be written: disk full, no permission, device gone. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EIO: "the device failed",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  EFBIG: "the file would be too large",
  ENOTDIR: "part of the path is a file",
  EISDIR: "a folder of that name is in the way",
  EEXIST: "a file of that name is in the way",
};

function explain(what: string, error: unknown): unknown {
  const code = codeOf(error);
  return code === undefined ? error : new StorageError(`cannot write ${what}: ${REASONS[code] ?? code}`);
}

/** Runs something that writes. @throws StorageError where the system refused */
export async function storing<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explain(what, error);
  }
}

/** Runs something that writes at once. @throws StorageError where the system refused */
export function storingSync<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explain(what, error);
  }
}
