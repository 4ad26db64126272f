/**
 * The thread that owns the log's file: a slow disk stalls it and nothing else. Node starts it as it stands, so it
 * imports nothing but its neighbours and writes only types that can be stripped.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Envelope, Failure, Opening, Reply, Request } from './protocol.ts';
import { StoreRefusal } from './refusal.ts';
import { SqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';

function failureOf(error: unknown): Failure {
  const { message, errcode = null, code = null } = error as Error & { errcode?: number; code?: string };
  return { message, errcode, code, refusal: error instanceof StoreRefusal ? error.refusal : null };
}

function answer(store: SqliteStore, request: Request): unknown {
  switch (request.kind) {
    case 'save-topic':
      return store.saveTopic(request.topic);
    case 'commit':
      return store.commit(request.commit);
    case 'read':
      return store.read(request.request);
    case 'read-last':
      return store.readLast(request.topic, request.partition);
    case 'maintain':
      return store.maintain(request.upkeep);
    case 'close':
      return store.close();
    default:
      return request satisfies never;
  }
}

function reply(store: SqliteStore, { id, request }: Envelope): Reply {
  try {
    return { id, answer: answer(store, request) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function open(): { store: SqliteStore | null; opening: Opening } {
  try {
    const store = new SqliteStore(workerData as SqliteStoreOptions);
    return { store, opening: { opened: { contents: store.contents(), installationId: store.installationId } } };
  } catch (error) {
    return { store: null, opening: { failure: failureOf(error) } };
  }
}

const { store, opening } = open();
parentPort?.postMessage(opening);
if (store !== null) {
  parentPort?.on('message', (envelope: Envelope) => {
    parentPort?.postMessage(reply(store, envelope));
    if (envelope.request.kind === 'close') parentPort?.close();
  });
}
