import { describe, expect, it } from 'vitest';
import {
  asObject,
  isObject,
  loadDocument,
  resolve,
  walk,
  type Json,
  type JsonObject,
  type OpenApiDocument,
} from './documents.ts';
import type { Case } from './cases/cases.ts';
import { reoAccepts, reoRefuses } from './cases/reo.ts';
import { connectAccepts, connectRefuses } from './cases/reportei.ts';

const reo = loadDocument('reo');
const reportei = loadDocument('reportei');
const emulator = loadDocument('emulator');

describe.each([reo, reportei, emulator])('the document $name', ({ uses, validator }) => {
  it('has schemas to look at', () => {
    expect(uses.length).toBeGreaterThan(25);
  });

  it.each(uses)('compiles $pointer in strict mode', ({ pointer }) => {
    expect(() => validator(pointer)).not.toThrow();
  });

  const examples = uses.flatMap(({ pointer, examples }) =>
    [...examples].map(([name, value]) => ({ pointer, name, value })),
  );
  it.each(examples)('shows $name at $pointer as its schema says', ({ pointer, value }) => {
    expect(violations(validator(pointer), value)).toEqual([]);
  });

  it('shows an example for every body', () => {
    const silent = uses.filter((use) => use.pointer.includes('/content/') && !use.examples.size);
    expect(silent.map((use) => use.pointer)).toEqual([]);
  });
});

describe.each([reo, reportei])('the document $name', ({ root }) => {
  it('says of every schema, property and operation who says so', () => {
    const silent: string[] = [];
    walk(root, '', (node, pointer) => {
      const matters = /\/(schemas|properties|parameters|headers)\/[^/]+$/.test(pointer);
      if (!matters && !('operationId' in node)) return;
      if (!('description' in node) && '$ref' in node) return;
      const { description } = node;
      if (typeof description === 'string' && /vendor|seen|unknown/.test(description)) return;
      silent.push(pointer);
    });
    expect(silent).toEqual([]);
  });

  // Plain Prism answers with the first example, so it has to be the good one.
  it('shows success first', () => {
    for (const [name, operation] of operations(root)) {
      const responses = asObject(operation['responses']);
      const good = asObject(responses['200'] ?? responses['201']);
      const [content] = Object.values(asObject(good['content']));
      const examples = asObject(asObject(content)['examples']);
      expect([name, Object.keys(examples)[0]]).toEqual([name, 'success']);
    }
  });
});

describe.each([
  { document: reo, accepts: reoAccepts, refuses: reoRefuses },
  { document: reportei, accepts: connectAccepts, refuses: connectRefuses },
])('the promises of $document.name', ({ document, accepts, refuses }) => {
  it.each(accepts)('$schema accepts $what', (one) => {
    expect(check(document, one)).toEqual([]);
  });
  it.each(refuses)('$schema refuses $what', (one) => {
    expect(check(document, one)).not.toEqual([]);
  });
});

describe('the answers that getData shows', () => {
  it('are for the three ids of the request that is shown first', () => {
    expect(Object.keys(shown('ThreeComponents'))).toEqual(idsAsked('AskThreeComponents'));
    expect(idsAsked('AskThreeComponentsAsync')).toEqual(idsAsked('AskThreeComponents'));
  });

  // RawResult takes anything, so the union alone would let a broken example pass.
  const [number = '', chart = '', table = ''] = idsAsked('AskThreeComponents');
  const forms: Record<string, Record<string, string>> = {
    ThreeComponents: {
      [number]: 'NumberResult',
      [chart]: 'ChartResult',
      [table]: 'DatatableResult',
    },
    WithComparison: { [number]: 'NumberResult' },
    NullComparison: { [number]: 'NumberResult' },
    PartialFailure: { [number]: 'NumberResult', [chart]: 'MetricFailure' },
    NoData: { [number]: 'NumberResult', [chart]: 'MetricFailure', [table]: 'MetricWarning' },
    LooseValues: { [number]: 'NumberResult', [chart]: 'ChartResult' },
    RichCells: { [table]: 'DatatableResult' },
  };
  const results = Object.entries(forms).flatMap(([example, byId]) =>
    Object.entries(byId).map(([id, form]) => ({ example, id, form })),
  );
  it.each(results)('$example holds a $form', ({ example, id, form }) => {
    expect(Object.keys(shown(example))).toEqual(Object.keys(forms[example] ?? {}));
    expect(violations(reportei.validator(form), shown(example)[id])).toEqual([]);
  });
});

function shown(name: string): JsonObject {
  return asObject(resolve(reportei.root, { $ref: `#/components/examples/${name}/value` }));
}

function idsAsked(name: string): string[] {
  const queries = shown(name)['metrics'];
  if (!Array.isArray(queries)) return [];
  return queries.map((query) => asObject(query)['id']).filter((id) => typeof id === 'string');
}

function check(document: OpenApiDocument, one: Case): string[] {
  return violations(document.validator(one.schema), one.value);
}

function violations(
  validate: ReturnType<OpenApiDocument['validator']>,
  value: Json | undefined,
): string[] {
  validate(value);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

function operations(root: JsonObject): [Json | undefined, JsonObject][] {
  return Object.values(asObject(root['paths'])).flatMap((path) =>
    Object.values(asObject(path))
      .filter(isObject)
      .filter((operation) => 'responses' in operation)
      .map((operation): [Json | undefined, JsonObject] => [operation['operationId'], operation]),
  );
}
