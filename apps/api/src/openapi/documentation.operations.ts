/** The routes of the documentation, as they are documented themselves. */
import { z } from 'zod';
import { operation } from '../http/operation.ts';

const tag = 'Documentation';

/** Swagger UI's files that are served, and their media types. */
export const assetTypes = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
} as const;
export type AssetName = keyof typeof assetTypes;

export const readDocument = operation({
  tag,
  route: 'GET /openapi.json',
  id: 'readDocument',
  summary: 'This document',
  isPublic: true,
  answer: {
    status: 200,
    description: 'An OpenAPI 3.1 document.',
    schema: z.looseObject({ openapi: z.literal('3.1.0') }),
    example: { openapi: '3.1.0', info: { title: 'Quorate', version: '0.1.0' }, paths: {} },
  },
});

export const readDocumentation = operation({
  tag,
  route: 'GET /docs',
  id: 'readDocumentation',
  summary: 'Shows this document to people',
  isPublic: true,
  answer: { status: 200, description: 'A page.', mediaType: 'text/html; charset=utf-8', example: '<!doctype html>' },
});

export const readAsset = operation({
  tag,
  route: 'GET /docs/{file}',
  id: 'readAsset',
  summary: 'A file that the page of the documentation is made of',
  isPublic: true,
  params: z.strictObject({ file: z.enum(Object.keys(assetTypes) as [AssetName, ...AssetName[]]) }),
  answer: { status: 200, description: 'The file.', mediaType: 'text/*', example: 'body { margin: 0 }' },
});
