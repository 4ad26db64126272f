/** The document's text, written once at the start. */
import type { OpenApiDocument } from './document.ts';

export class OpenApiSource {
  readonly text: string;

  constructor(document: OpenApiDocument) {
    this.text = JSON.stringify(document);
  }
}
