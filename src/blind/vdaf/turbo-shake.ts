import { openKeccak, RATE, STATE_BYTES } from './keccak.ts';

/** Domain of Prio3's seeds and vectors (VDAF-08 §6.2.1). */
const DOMAIN = 1;
const LAST_BIT = 0x80;

/** TurboSHAKE128 (RFC 9861 §2.2) of the concatenation of `parts`, as a stream of any length. */
export class TurboShake128 {
  /** Between two steps: the permutation's memory is shared by all streams of the thread. */
  readonly #state = new Uint8Array(STATE_BYTES);
  /** Bytes of the present block that were read. */
  #used = 0;

  constructor(parts: readonly Uint8Array[]) {
    const message = Buffer.concat(parts);
    const { state, block, absorb } = openKeccak();
    state.fill(0);
    let at = 0;
    for (; at + RATE <= message.length; at += RATE) {
      block.set(message.subarray(at, at + RATE));
      absorb();
    }
    const rest = message.subarray(at);
    block.fill(0);
    block.set(rest);
    block[rest.length] = DOMAIN;
    block[RATE - 1] = (block[RATE - 1] ?? 0) ^ LAST_BIT;
    absorb();
    block.fill(0);
    this.#state.set(state);
    state.fill(0);
  }

  read(length: number): Uint8Array {
    const { state, permute } = openKeccak();
    const bytes = new Uint8Array(length);
    state.set(this.#state);
    for (let at = 0; at < length; ) {
      if (this.#used === RATE) {
        permute();
        this.#used = 0;
      }
      const part = state.subarray(this.#used, Math.min(RATE, this.#used + length - at));
      bytes.set(part, at);
      at += part.length;
      this.#used += part.length;
    }
    this.#state.set(state);
    state.fill(0);
    return bytes;
  }
}
