import { choice, field, integer, type Kind, record, text } from "./kinds.ts";
import * as quantities from "./quantities.ts";

/** Bounds of what operations refer to: how many there really are is checked once the chains are known. */
const MAX_NODES = 1_000_000;

const chain = text("root, or the name of a subchain", "^[a-z][a-z0-9-]{0,31}$");
const load = text("the name of a load under workload", "^[A-Za-z][A-Za-z0-9-]{0,63}$");
const seat = integer(0, MAX_NODES);

/** What one entry of `workload:` may do once, at a time, besides a load of transfers. */
export const operations = {
  register: field(
    record({
      chain: field(chain, "The subchain, which is not there before; its bonds and endowment are the founder's."),
    }),
    "A founder registers a subchain on the rootchain; its operators begin once that is final.",
  ),
  nominate: field(
    record({
      chain: field(chain, "Chain of the seat; default root."),
      seat: field(seat, "On a subchain: seat that the full node is to act in, from a later epoch on."),
      fullNode: field(integer(0, MAX_NODES), "Number of the full node among its chain's; default 0."),
      stake: field(quantities.amount, "On the rootchain: votes for it; default what a delegate begins with."),
    }),
    "A full node takes a seat: an operator's nominee, or on the rootchain a new delegate with a bond and votes.",
  ),
  resign: field(
    record({
      chain: field(chain, "Chain of the seat; default root."),
      seat: field(seat, "Number of the operator or delegate."),
    }),
    "An operator, or a delegate of the rootchain, gives its seat up.",
  ),
  withdraw: field(
    record({
      chain: field(chain, "Chain of the seat; default root."),
      seat: field(seat, "Number of the operator or delegate."),
      of: field(
        choice(["bond", "stake"]),
        "Its bond, after it has resigned (default), or on the rootchain the votes that it began with.",
      ),
    }),
    "Takes a bond or a stake back, as soon as the unbonding delay lets it.",
  ),
  exit: field(
    record({
      chain: field(chain, "Subchain that accounts leave: by transfers, or by proof on the rootchain once it is dead."),
      to: field(chain, "Where they go, each to its own account; default root."),
      token: field(chain, "What they take along: the root token (default), or to another subchain some chain's own."),
      accountsOf: field(load, "Load whose accounts leave; default the first that begins or ends there."),
      accounts: field(integer(1, MAX_NODES), "How many of them; default all."),
      amount: field(
        quantities.amountOrAll,
        "How much of it each takes along: all that it has (default), or an amount.",
      ),
    }),
    "Accounts leave a subchain with what they have there.",
  ),
};

type Given<K> = K extends Kind<infer T> ? T : never;
type GivenOf<Word extends keyof typeof operations> = Given<(typeof operations)[Word]["kind"]>;
export type GivenRegister = GivenOf<"register">;
export type GivenNominate = GivenOf<"nominate">;
export type GivenResign = GivenOf<"resign">;
export type GivenWithdraw = GivenOf<"withdraw">;
export type GivenExit = GivenOf<"exit">;
