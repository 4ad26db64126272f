import { afterEach, describe, expect, it } from '@jest/globals';
import { Failure } from '../attempt/failure.ts';
import { ResponseReader, type Answer } from './response-reader.ts';

const readers: ResponseReader[] = [];

function createReader(): ResponseReader {
  const reader = new ResponseReader(false);
  readers.push(reader);
  return reader;
}

afterEach(() => {
  for (const reader of readers.splice(0)) reader.free();
});

/** What is read of these pieces and the end of the stream. */
function read(pieces: readonly string[]): Answer | Failure {
  const reader = createReader();
  for (const piece of pieces) {
    const result = reader.feed(Buffer.from(piece, 'latin1'));
    if (result !== null) return result;
  }
  return reader.finish();
}

const told = (answer: Answer | Failure) =>
  answer instanceof Failure
    ? `${answer.reason}: ${answer.message}`
    : {
        statusCode: answer.statusCode,
        headers: answer.headers.map(({ name, value }) => `${name}=${value}`),
        body: answer.body.toString('latin1'),
        keepsAlive: answer.keepsAlive,
      };

const length = 'Content-Length: 4\r\n';

describe('a header that goes on in the next line', () => {
  it.each([
    ['by a space', 'X: a\r\n b\r\n', 'a b'],
    ['by tabs and spaces', 'X: a\r\n \t b\r\n', 'a b'],
    ['twice', 'X: a\r\n b\r\n c\r\n', 'a b c'],
    ['with line feeds alone', 'X: a\n b\r\n', 'a b'],
    ['from an empty first line', 'X:\r\n b\r\n', 'b'],
    ['into an empty line', 'X:\r\n \r\n', ''],
  ])('%s is one header', (_how, lines, value) => {
    const text = `HTTP/1.1 200 OK\r\n${lines}${length}\r\n b\r\n`;
    for (const pieces of [[text], [...text]]) {
      const answer = told(read(pieces));
      expect(answer).toMatchObject({ headers: [`x=${value}`, 'content-length=4'], body: ' b\r\n', keepsAlive: true });
    }
  });

  it('does not touch the body, whatever stands in it', () => {
    const body = '\r\n\r\n a\r\n b\n\n c';
    const text = `HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    expect(told(read([text]))).toMatchObject({ headers: ['x=a b', `content-length=${body.length}`], body });
    for (let at = 1; at < text.length; at++) {
      expect(told(read([text.slice(0, at), text.slice(at)]))).toMatchObject({ body });
    }
  });

  it('is one header wherever the answer is cut into pieces', () => {
    const text = `HTTP/1.1 100 Go on\r\nY: a\r\n b\r\n\r\nHTTP/1.1 200 OK\r\nX: a\r\n\tb\r\n${length}\r\n\r\n c`;
    const whole = told(read([text]));
    expect(whole).toMatchObject({ statusCode: 200, headers: ['x=a b', 'content-length=4'], body: '\r\n c' });
    for (let at = 1; at < text.length; at++) {
      expect(told(read([text.slice(0, at), text.slice(at)]))).toEqual(whole);
    }
    expect(told(read([...text]))).toEqual(whole);
  });

  it('is no header where it is the first', () => {
    expect(told(read([`HTTP/1.1 200 OK\r\n X: a\r\n${length}\r\nbody`]))).toMatch(/^http\.protocol: /);
  });

  it('hides no fault of the header', () => {
    expect(told(read([`HTTP/1.1 200 OK\r\nX: a\r\n b\0\r\n${length}\r\nbody`]))).toMatch(/^http\.protocol: /);
  });

  it('and never ends is too large, in whatever pieces it comes', () => {
    const folds = ' b\r\n'.repeat(100_000);
    const begin = 'HTTP/1.1 200 OK\r\nX: a\r\n';
    expect(told(read([begin + folds]))).toMatch(/^http\.too-large: /);
    for (const piece of [/[^]{1,50}/g, / b\r\n/g]) {
      expect(told(read([begin, ...folds.match(piece)!]))).toMatch(/^http\.too-large: /);
    }
  });

  it('is cut off like any other', () => {
    expect(told(read(['HTTP/1.1 200 OK\r\nX: a\r\n b']))).toBe('http.partial: the answer ended within its head');
    const cut = `HTTP/1.1 200 OK\r\nX: a\r\n b\r\n${length}\r\nbo`;
    expect(told(read([cut]))).toBe('http.partial: the answer ended before it was complete');
  });
});
