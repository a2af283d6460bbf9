import type { Replay } from "../model/replay.ts";
import { stepAt, type Transfer, transferCounts, transfersAt } from "../model/transfers.ts";
import { clockText, durationText } from "../model/wording.ts";
import { byId, definitions, element, momentButton } from "./page.ts";

/** Transfers in flight that are listed one by one. */
const LISTED = 40;

/** @returns the steps of a transfer that were taken by a moment, with their times */
export function stepWords({ steps, startUs }: Transfer, timeUs: number): readonly string[] {
  return steps
    .filter(({ atUs }) => atUs <= timeUs)
    .map(
      ({ step, atUs }) => `${step} ${clockText(atUs)}${atUs > startUs ? ` (+${durationText(atUs - startUs)})` : ""}`,
    );
}

/** Transfers between chains at the moment: how many came how far, and which are in flight. */
export class TransferPanel {
  readonly #replay: Replay;
  readonly #panel = byId("transfers-panel");
  readonly #root = byId("transfer-state");
  readonly #list = byId("transfers");
  #drawn = "";

  constructor(replay: Replay) {
    this.#replay = replay;
    this.#panel.hidden = replay.chains.length < 2;
  }

  /** Shows the counts and the list, if the moment has moved enough to change them. */
  draw(): void {
    const { transfers, clock, selection, chains } = this.#replay;
    if (chains.length < 2) return;
    const nowUs = clock.nowUs;
    const counts = transferCounts(transfers, nowUs);
    const inFlight = transfersAt(transfers, nowUs);
    const states = inFlight.map((transfer) => `${transfer.number}${stepAt(transfer, nowUs)?.step}`);
    const chosen = transfers.find(({ number }) => number === selection.transfer);
    const told = chosen === undefined ? [] : stepWords(chosen, nowUs);
    const drawn = [...states, counts.started, counts.delivered, selection.transfer, told.length].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const terms = [
      ["Started", String(counts.started)],
      ["In flight", String(counts.inFlight)],
      ["Delivered", String(counts.delivered)],
      ["Refunded", String(counts.refunded)],
    ] as const;
    this.#root.replaceChildren(...definitions(terms).map((part) => part));
    const focused = this.#list.contains(document.activeElement);
    const items = inFlight.slice(0, LISTED).map((transfer) => this.#item(transfer, nowUs));
    if (inFlight.length > LISTED) items.push(element("li", "quiet", `and ${inFlight.length - LISTED} more`));
    if (inFlight.length === 0) items.push(element("li", "quiet", "No transfer is in flight."));
    this.#list.replaceChildren(...items);
    if (focused) this.#list.querySelector("button")?.focus();
    this.#tell(chosen);
  }

  #item(transfer: Transfer, nowUs: number): HTMLLIElement {
    const step = stepAt(transfer, nowUs)?.step ?? "started";
    const { number, source, destination } = transfer;
    const button = element("button");
    button.type = "button";
    const mark = element("span", "swatch");
    mark.style.setProperty("--swatch", `var(--transfer-${step})`);
    button.append(mark, element("span", "", `${source} → ${destination}`), element("span", "quiet", step));
    button.title = [`Transfer ${number}`, ...stepWords(transfer, nowUs)].join("\n");
    const { selection } = this.#replay;
    button.setAttribute("aria-pressed", String(selection.transfer === number));
    button.addEventListener("click", () => selection.selectTransfer(selection.transfer === number ? null : number));
    const item = element("li");
    item.append(button);
    return item;
  }

  #tell(chosen: Transfer | undefined): void {
    const root = byId("transfer-steps");
    if (chosen === undefined) {
      root.replaceChildren();
      return;
    }
    const { number, source, destination, steps } = chosen;
    const list = element("ul", "events");
    list.setAttribute("aria-label", "Steps of the transfer");
    const items = steps.map(({ step, atUs, height }) =>
      momentButton(clockText(atUs), height < 0 ? step : `${step} at height ${height}`, () => this.#replay.seek(atUs)),
    );
    list.append(...items);
    root.replaceChildren(element("p", "", `Transfer ${number}, ${source} → ${destination}`), list);
  }
}
