import { FRAGMENT_HEADER_BYTES, mostPayloadBytes } from "./eu868.ts";

/** Fragments of one message: two windows' worth of SCHC numbers. Source: RFC 9011, section 5.6. */
export const MAX_FRAGMENTS = 126;
/**
 * A message in parts is given up when none has come for so long. Each end holds one message of a device, as its fragments bear no number that
 * would tell two apart, and a device sends no other before. Source: RFC 9011, sections 5.6.2 and 5.6.3.
 */
export const INACTIVITY_US = 12 * 3_600_000_000;

/** @returns the bytes that the next frame of a message takes, of what is left of it */
export function fragmentBytes(sizeBytes: number, sentBytes: number, factor: number): number {
  const most = mostPayloadBytes(factor);
  if (sentBytes === 0 && sizeBytes <= most) return sizeBytes;
  return Math.min(sizeBytes - sentBytes, most - FRAGMENT_HEADER_BYTES);
}

/** @returns what a frame carries: of a message that is cut, a fragment's header as well */
export function payloadBytes(sizeBytes: number, bytes: number): number {
  return bytes < sizeBytes ? bytes + FRAGMENT_HEADER_BYTES : bytes;
}

/** @returns whether a message can be cut into frames of a factor at all */
export function isCarried(sizeBytes: number, factor: number): boolean {
  return sizeBytes <= MAX_FRAGMENTS * (mostPayloadBytes(factor) - FRAGMENT_HEADER_BYTES);
}
