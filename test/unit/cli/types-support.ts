import fc from 'fast-check';

/** Texts that are trouble in code. */
const nasty = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  'class',
  '1d',
  '12',
  '1e3',
  "it's",
  '"quoted"',
  `'"'"`,
  '`${process.exit()}`',
  '*/ process.exit(); /*',
  "'); process.exit(); ('",
  '</script><script>alert(1)</script>',
  '<!-- -->',
  'a\\',
  '\\u0027',
  'line\nbreak\r\n',
  '\u2028\u2029\u0000\u200b\ufeff\u202e',
  '\ud800',
  '🚀 family 👩‍👩‍👧',
  'seguidores_gênero',
  'フォロワー 数',
  'with space',
  'metrics.cost_micros',
  'ig:reach',
  'x'.repeat(120),
);

const words = {
  /** Of alphabets in use. */
  usual: fc.oneof(
    { weight: 5, arbitrary: fc.stringMatching(/^[a-z]{1,12}(_[a-z]{1,12}){0,3}$/) },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: fc.stringMatching(/^[ -~]{0,110}$/) },
  ),
  /** Of all characters, also such as mean nothing yet. */
  any: fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 })),
};

type Values<T> = fc.Arbitrary<T>;

/** Objects as JSON.parse makes them: `__proto__` is a name like any other. */
const fieldsOf = (word: Values<string>, value: Values<unknown>): Values<object> =>
  fc
    .array(fc.tuple(word, value), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries) as object);

const jsonOf = (word: Values<string>): Values<unknown> =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      word,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(null, true, false, -0, 1e21),
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(fc.integer(), { maxLength: 40 }),
      fc.array(fc.tuple(word, word), { maxLength: 3 }),
      fc.array(fc.record({ a: word, size5: tie('value') }, { noNullPrototype: true }), {
        maxLength: 3,
      }),
      fieldsOf(word, tie('value')),
    ),
  })).value;

const detailsOf = (word: Values<string>, json: Values<unknown>): Values<object> => {
  const dimension = fc.oneof(
    word,
    fc.record(
      { field: word, operator: word, value: json },
      { requiredKeys: ['field'], noNullPrototype: true },
    ),
    fieldsOf(word, json),
  );
  return fc.record(
    {
      id: fc.oneof(fc.uuid(), json),
      dimensions: fc.oneof(
        fc.array(word, { maxLength: 3 }),
        fc.array(dimension, { maxLength: 3 }),
        fc.constant(null),
      ),
      sort: fc.oneof(fc.array(word, { maxLength: 3 }), json),
      custom: fc.oneof(fc.constant([]), fieldsOf(word, json), json),
      type: fc.oneof(fc.constant([]), word, json),
      chart_type: fc.oneof(word, json),
      entity_id: fc.oneof(fc.integer(), word, json),
      entity_type: fc.oneof(fc.constantFrom('ad', 'campaign'), json),
      filters: json,
      widgets: fc.array(fieldsOf(word, json), { maxLength: 3 }),
      calculated: fc.boolean(),
      extra: json,
      schema: json,
    },
    { requiredKeys: [], noNullPrototype: true },
  );
};

/** Right where a query has to be, anything where it may be. */
const queryOf = (word: Values<string>): Values<object> => {
  const json = jsonOf(word);
  const some = word.filter((text) => text !== '');
  const known = fc.record(
    {
      reference_key: fc.oneof(
        some,
        fc.tuple(fc.constantFrom('ig:', 'fb:'), word).map((parts) => parts.join('')),
      ),
      component: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('number_v1', 'chart_v1', 'datatable_v1') },
        { weight: 1, arbitrary: fc.constantFrom('container_v1', 'pipeline_v1', 'toString') },
        { weight: 1, arbitrary: some },
      ),
      metrics: fc.array(word, { maxLength: 6 }),
    },
    { requiredKeys: ['reference_key', 'component'], noNullPrototype: true },
  );
  return fc
    .tuple(fieldsOf(word, json), detailsOf(word, json), known)
    .map(([unknown, details, right]) => ({ ...unknown, ...details, ...right }));
};

/** Payloads in each of their shapes. */
export const payloads = (kind: keyof typeof words): Values<unknown> =>
  fc
    .tuple(
      fc.array(queryOf(words[kind]), { minLength: 1, maxLength: 6 }),
      fc.constantFrom('metrics', 'widgets', ''),
    )
    .map(([queries, key]) => (key === '' ? queries : { [key]: queries, start: '2024-01-01' }));
