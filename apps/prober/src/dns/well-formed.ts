/** Whether the records of a DNS message are as long as they say: the decoder takes their data's length on trust. */

const headBytes = 12;
const countsAt = [6, 8, 10] as const;
/** Behind a record's name: type, class, time to live, length of the data. */
const dataLengthAt = 8;
const dataAt = 10;
const addressBytes: ReadonlyMap<number, number> = new Map([
  [1, 4],
  [28, 16],
]);

/** Where the name ends that begins at `start`; a pointer ends it. */
function endOfName(message: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = message.readUInt8(at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    at += length + 1;
  }
}

function endOfRecord(message: Buffer, start: number): number {
  const at = endOfName(message, start);
  const length = message.readUInt16BE(at + dataLengthAt);
  const wanted = addressBytes.get(message.readUInt16BE(at)) ?? length;
  const end = at + dataAt + length;
  if (length !== wanted || end > message.length) throw new RangeError('a record is not as long as it says');
  return end;
}

/** @throws where a record is longer than the message, or an address is none. */
export function assertWellFormed(message: Buffer): void {
  let at = headBytes;
  for (let left = message.readUInt16BE(4); left > 0; left--) at = endOfName(message, at) + 4;
  const records = countsAt.reduce((sum, place) => sum + message.readUInt16BE(place), 0);
  for (let left = records; left > 0; left--) at = endOfRecord(message, at);
}
