import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from '../../../src/mock/behaviours/index.ts';
import { dereference, readOperations } from '../../../src/mock/contract/documents.ts';

describe('dereference', () => {
  it('puts what is pointed to in place, and lets the neighbours of a reference win', () => {
    const document = {
      a: { $ref: '#/things/x~1y' },
      b: [{ $ref: '#/things/x~1y', description: 'own' }],
      things: { 'x/y': { type: 'string', description: 'theirs' } },
    };
    expect(dereference(document)).toMatchObject({
      a: { type: 'string', description: 'theirs' },
      b: [{ type: 'string', description: 'own' }],
    });
    expect(document.a).toHaveProperty('$ref');
  });

  it('refuses what it cannot find', () => {
    expect(() => dereference({ a: { $ref: '#/b' } })).toThrow('Nothing at #/b');
    expect(() => dereference({ a: { $ref: 'other.yaml#/b' } })).toThrow('Not a local reference');
  });
});

describe('readOperations', () => {
  const operations = [...readOperations('reo'), ...readOperations('reportei')];

  it('finds the operations that have a behaviour, no more and no less', () => {
    const ids = operations.map((one) => String(one.iid));
    expect(new Set(ids)).toEqual(new Set(Object.keys(BEHAVIOURS)));
    expect(ids).toHaveLength(Object.keys(BEHAVIOURS).length);
  });

  it('leaves no reference, or Prism would skip the validation without a word', () => {
    expect(JSON.stringify(operations)).not.toContain('"$ref"');
  });
});
