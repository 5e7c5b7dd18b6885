/**
 * Numbers that look random and are not: the same parts give the same number in every process and
 * on every machine. Integer operations only, because the last digits of `Math.sin` and
 * `Math.pow` differ between engines.
 */

/** A number from 0 to 2³²−1 for a list of parts; `['ab', 'c']` and `['a', 'bc']` differ. */
export function hash(...parts: readonly (string | number)[]): number {
  const text = JSON.stringify(parts);
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  }
  return scramble(state);
}

/** A number from 0 to 2³²−1 for a key and an index: the quick form of `hash` for long series. */
export function mix(key: number, index: number): number {
  return scramble(key ^ scramble(Math.imul(index, 0x9e3779b1)));
}

/** An RFC 4122 shaped UUID for a list of parts. */
export function uuid(...parts: readonly (string | number)[]): string {
  const hex = [0, 1, 2, 3]
    .map((n) =>
      hash(n, ...parts)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');
  const variant = (8 + (parseInt(hex.charAt(16), 16) % 4)).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** murmur3's finalizer: every bit of the input changes half of the bits of the output. */
function scramble(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
