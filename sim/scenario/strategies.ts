import type { Strategy } from "./scenario.ts";

/** Byzantine strategies and what each does. */
export const STRATEGIES = {
  silent: "sends no message of consensus at all",
  equivocate: "proposes different blocks to different members",
  "double-vote": "votes for every block it sees, whatever it voted before",
} as const satisfies Record<Strategy, string>;
