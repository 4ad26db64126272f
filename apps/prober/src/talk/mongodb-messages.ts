/** Commands to MongoDB and their answers: one BSON document each, in an OP_MSG. */
import { deserialize, serialize, type Document } from 'bson';
import { ByteReader, uint } from './bytes.ts';
import { MalformedError, send, take, type Talk } from './talk.ts';

const headBytes = 16;
const opMsg = 2_013;
/** Flags, and the kind of the one section. */
const prefixBytes = 5;
const checksumFlag = 1;
const checksumBytes = 4;

const int32 = (value: number): Buffer => uint(value, 4, 'little');

/** The commands of one connection, numbered. */
export class CommandStream {
  #requestId = 0;

  *ask(database: string, command: Document): Talk<Document> {
    this.#requestId++;
    const document = serialize({ ...command, $db: database });
    const length = headBytes + prefixBytes + document.length;
    const head = [length, this.#requestId, 0, opMsg].map(int32);
    yield* send(...head, Buffer.alloc(prefixBytes), Buffer.from(document));
    return yield* this.#hear();
  }

  *#hear(): Talk<Document> {
    const head = new ByteReader(yield* take(headBytes), 'little');
    const length = head.uint(4) - headBytes;
    head.take(4);
    const isOurs = head.uint(4) === this.#requestId && head.uint(4) === opMsg;
    if (!isOurs || length < prefixBytes) throw new MalformedError('answered what was not asked');
    const body = new ByteReader(yield* take(length), 'little');
    const hasChecksum = (body.uint(4) & checksumFlag) !== 0;
    if (body.uint(1) !== 0) throw new MalformedError('sent an answer in sections');
    return readDocument(body.take(body.remaining - (hasChecksum ? checksumBytes : 0)));
  }
}

function readDocument(bytes: Buffer): Document {
  try {
    return deserialize(bytes);
  } catch {
    // Also where a document is nested too deep for the stack.
    throw new MalformedError('sent what is no BSON document');
  }
}
