/** Which partition an entity lives in. The same in every process and in every Kafka client that uses Java's default. */

const seed = 0x9747b28c;
const multiplier = 0x5bd1e995;

/**
 * Murmur2 over the UTF-8 bytes of `text`, as Kafka's Java client computes it (`org.apache.kafka.common.utils.Utils`).
 * Returns a signed 32-bit integer.
 */
export function murmur2(text: string): number {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const wordCount = bytes.length >> 2;
  let hash = seed ^ bytes.length;
  for (let word = 0; word < wordCount; word++) {
    hash = Math.imul(hash, multiplier) ^ scramble(view.getInt32(word * 4, true));
  }
  return finish(hash, bytes.subarray(wordCount * 4));
}

function scramble(word: number): number {
  const mixed = Math.imul(word, multiplier);
  return Math.imul(mixed ^ (mixed >>> 24), multiplier);
}

function finish(hash: number, tail: Uint8Array): number {
  let result = hash;
  for (let index = tail.length - 1; index >= 0; index--) result ^= (tail[index] ?? 0) << (8 * index);
  if (tail.length > 0) result = Math.imul(result, multiplier);
  result = Math.imul(result ^ (result >>> 13), multiplier);
  return result ^ (result >>> 15);
}

/** The partition, from 0 to `partitionCount - 1`, that speaks of the entity `id`. */
export function partitionOf(id: string, partitionCount: number): number {
  return (murmur2(id) & 0x7fffffff) % partitionCount;
}
