import { describe, expect, it } from '@jest/globals';
import { addZstdCodec } from './zstd-codec.ts';

describe('the Zstandard codec', () => {
  it('gives back what it compressed', async () => {
    const codecs: Parameters<typeof addZstdCodec>[0] = {};
    addZstdCodec(codecs);
    const text = Buffer.from('a vote '.repeat(100));
    const codec = codecs[4]!();
    const compressed = await codec.compress({ buffer: text });
    expect(compressed.length).toBeLessThan(text.length);
    expect(await codec.decompress(compressed)).toEqual(text);
  });
});
