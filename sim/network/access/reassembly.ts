const NONE = -1;

/** How much of what is not whole yet a receiver keeps, and for how long. */
export interface ReassemblyBounds {
  /** Messages, by receiver. */
  readonly messages: readonly number[];
  /** From the first part on. */
  readonly timeoutUs: number;
}

/**
 * Messages of which receivers have a part and wait for the rest. A sender sends one message at a time; one that it gives up stays with
 * its receiver until its time is over, as nobody tells the receiver.
 */
export class Reassembly {
  private readonly timeoutUs: number;
  /** By receiver: its first place; behind the last one: how many there are. */
  private readonly firsts: Int32Array;
  /** By place: until when it is taken, and by whose message. */
  private readonly untilUs: Float64Array;
  private readonly owners: Int32Array;
  /** By sender: the place of its message. */
  private readonly places: Int32Array;

  /** @param senders numbered from 0 on */
  constructor(senders: number, { messages, timeoutUs }: ReassemblyBounds) {
    this.timeoutUs = timeoutUs;
    this.firsts = new Int32Array(messages.length + 1);
    for (const [receiver, bound] of messages.entries()) {
      this.firsts[receiver + 1] = (this.firsts[receiver] as number) + bound;
    }
    const places = this.firsts[messages.length] as number;
    this.untilUs = new Float64Array(places);
    this.owners = new Int32Array(places).fill(NONE);
    this.places = new Int32Array(senders).fill(NONE);
  }

  /** The first part of a sender's message is in. @returns false where the receiver holds as many messages as it can */
  begin(sender: number, receiver: number, nowUs: number): boolean {
    this.places[sender] = NONE;
    for (let place = this.firsts[receiver] as number; place < (this.firsts[receiver + 1] as number); place++) {
      if ((this.untilUs[place] as number) > nowUs) continue;
      this.untilUs[place] = nowUs + this.timeoutUs;
      this.owners[place] = sender;
      this.places[sender] = place;
      return true;
    }
    return false;
  }

  /** @returns whether what came first of a sender's message is still held */
  holds(sender: number, nowUs: number): boolean {
    const place = this.places[sender] as number;
    return place !== NONE && this.owners[place] === sender && (this.untilUs[place] as number) > nowUs;
  }

  /** A sender's message is whole. */
  end(sender: number): void {
    this.untilUs[this.places[sender] as number] = 0;
    this.places[sender] = NONE;
  }

  /** A receiver has lost all that it held. */
  forget(receiver: number): void {
    this.untilUs.fill(0, this.firsts[receiver] as number, this.firsts[receiver + 1] as number);
  }
}
