/** Lets kafkajs read batches that a broker compressed with Zstandard (topic setting `compression.type=zstd`). */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
}

const zstdType = 4;

/**
 * kafkajs has no codec for Zstandard, and without one a single such batch would stop its partition. Node has both
 * halves.
 */
export function addZstdCodec(codecs: Record<number, () => Codec>): void {
  codecs[zstdType] = () => ({
    compress: ({ buffer }) => promisify(zstdCompress)(buffer),
    decompress: (bytes) => promisify(zstdDecompress)(bytes),
  });
}
