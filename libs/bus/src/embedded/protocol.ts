/** What the main thread and the worker say to each other. */
import type { ReadRequest, StoreCommit, StoreContents, StoredTopic, Upkeep } from '../local/store.ts';
import type { Refusal } from './refusal.ts';

export type Request =
  | { readonly kind: 'save-topic'; readonly topic: StoredTopic }
  | { readonly kind: 'commit'; readonly commit: StoreCommit }
  | { readonly kind: 'read'; readonly request: ReadRequest }
  | { readonly kind: 'read-last'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'maintain'; readonly upkeep: Upkeep }
  | { readonly kind: 'close' };

export interface Envelope {
  readonly id: number;
  readonly request: Request;
}

export interface Failure {
  readonly message: string;
  /** SQLite's extended code. */
  readonly errcode: number | null;
  /** Of the operating system. */
  readonly code: string | null;
  readonly refusal: Refusal | null;
}

export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failure: Failure };

export type Opening =
  | { readonly opened: { readonly contents: StoreContents; readonly installationId: string } }
  | { readonly failure: Failure };
