/** Serves the OpenAPI document, and Swagger UI from this machine: nothing is fetched from elsewhere. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Res } from '@nestjs/common';
import { type Response } from 'express';
import type { InputOf } from '../http/operation.ts';
import { Input, Operation } from '../http/routing.ts';
import { OpenApiSource } from './open-api-source.ts';
import { assetTypes, readAsset, readDocument, readDocumentation, type AssetName } from './documentation.operations.ts';

const require = createRequire(import.meta.url);
const assetDirectory = dirname(require.resolve('swagger-ui-dist/package.json'));

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Quorate API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="documentation"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#documentation', deepLinking: true });\n`;

@Controller()
export class DocumentationController {
  readonly #openApi: OpenApiSource;

  constructor(openApi: OpenApiSource) {
    this.#openApi = openApi;
  }

  @Operation(readDocument)
  document(@Input() _input: object, @Res() response: Response): void {
    response.type('application/json').send(this.#openApi.text);
  }

  @Operation(readDocumentation)
  documentation(@Input() _input: object, @Res() response: Response): void {
    response.type('text/html').send(page);
  }

  @Operation(readAsset)
  async asset(@Input() { params }: InputOf<typeof readAsset>, @Res() response: Response): Promise<void> {
    response.type(assetTypes[params.file]).send(await contentOf(params.file));
  }
}

function contentOf(file: AssetName): Promise<Buffer> {
  return file === 'start.js' ? Promise.resolve(Buffer.from(start)) : readFile(join(assetDirectory, file));
}
