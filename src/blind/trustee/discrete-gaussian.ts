/*
 * Exact samples of the discrete Gaussian: Canonne, Kamath, Steinke, "The Discrete Gaussian for
 * Differential Privacy" (2020), algorithms 1 to 3. Integers and random bytes only: rounding of
 * floating point would reveal something about the total.
 */

/** Random bytes of a cryptographic generator. */
export type RandomBytes = (count: number) => Uint8Array;

const POOL_BYTES = 4_096;

/**
 * Draws an integer with probability proportional to exp(-x² / (2 sd²)).
 * @param sd standard deviation, a positive integer
 */
export function createDiscreteGaussian(randomBytes: RandomBytes): (sd: number) => number {
  const draw = createDraws(randomBytes);
  return (sd) => {
    if (!Number.isSafeInteger(sd) || sd < 1) throw new RangeError(`expected a positive integer, got ${sd}`);
    const variance = BigInt(sd) * BigInt(sd);
    const scale = BigInt(sd) + 1n;
    for (;;) {
      const sample = draw.laplace(scale);
      const distance = (sample < 0n ? -sample : sample) * scale - variance;
      if (draw.exponential(distance * distance, 2n * variance * scale * scale)) return Number(sample);
    }
  };
}

function createDraws(randomBytes: RandomBytes) {
  let pool = randomBytes(POOL_BYTES);
  let at = 0;
  const byte = (): bigint => {
    if (at === pool.length) {
      pool = randomBytes(POOL_BYTES);
      at = 0;
    }
    at += 1;
    return BigInt(pool[at - 1] ?? 0);
  };
  /** Uniform in 0 … limit - 1, by rejection. */
  const below = (limit: bigint): bigint => {
    let bytes = 0;
    for (let rest = limit - 1n; rest > 0n; rest >>= 8n) bytes += 1;
    const span = 1n << BigInt(8 * bytes);
    const accepted = span - (span % limit);
    for (;;) {
      let value = 0n;
      for (let index = 0; index < bytes; index += 1) value = (value << 8n) | byte();
      if (value < accepted) return value % limit;
    }
  };
  /** True with probability exp(-a/b), for a ≤ b. */
  const small = (a: bigint, b: bigint): boolean => {
    let k = 1n;
    while (below(b * k) < a) k += 1n;
    return k % 2n === 1n;
  };
  /** True with probability exp(-a/b). */
  const exponential = (a: bigint, b: bigint): boolean => {
    let rest = a;
    for (; rest > b; rest -= b) if (!small(1n, 1n)) return false;
    return small(rest, b);
  };
  /** With probability proportional to exp(-|x| / scale). */
  const laplace = (scale: bigint): bigint => {
    for (;;) {
      const low = below(scale);
      if (!small(low, scale)) continue;
      let high = 0n;
      while (small(1n, 1n)) high += 1n;
      const size = low + scale * high;
      const isNegative = below(2n) === 1n;
      if (!isNegative || size !== 0n) return isNegative ? -size : size;
    }
  };
  return { exponential, laplace };
}
