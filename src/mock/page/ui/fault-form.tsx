import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { describeFault } from '../lib/describe-fault.ts';
import { OPERATIONS, PRESETS } from '../lib/presets.ts';
import type { FaultRule } from '../lib/types.ts';
import { isObject, parsed } from '../lib/wire.ts';
import { call, messageOf } from '../store/api.ts';
import { faults } from '../store/emulator.ts';
import { say } from '../store/notices.ts';

const pretty = (rule: FaultRule): string => JSON.stringify(rule, null, 2);

const START = PRESETS[0]?.rule ?? {};

const withOperation = (rule: FaultRule, operation: string): FaultRule => {
  const { operation: _, ...rest } = rule;
  return operation === '' ? rest : { operation, ...rest };
};

/** Whatever stands in the editor, a rule or not. */
const describe = (text: string): string => {
  const rule = parsed(text);
  if (!isObject(rule)) return 'This is not a JSON object.';
  try {
    return describeFault(rule);
  } catch {
    return 'The emulator will say what it makes of this.';
  }
};

const add = async (text: string): Promise<string | null> => {
  if (!isObject(parsed(text))) return 'This is not a JSON object.';
  try {
    await call('POST', 'faults', text);
    faults.refresh();
    say('Fault added');
    return null;
  } catch (error) {
    return messageOf(error);
  }
};

export const FaultForm = (): ComponentChild => {
  const [text, setText] = useState(pretty(START));
  const [error, setError] = useState<string | null>(null);
  const rule = parsed(text);
  const operation = isObject(rule) && typeof rule.operation === 'string' ? rule.operation : '';
  const edit = (next: string): void => {
    setText(next);
    setError(null);
  };
  return (
    <form
      class="card card-wide fault-form"
      aria-labelledby="add-title"
      onSubmit={(event) => {
        event.preventDefault();
        void add(text).then(setError);
      }}
    >
      <h2 id="add-title">Add a fault</h2>
      <div class="presets" role="group" aria-label="Start from">
        {PRESETS.map(({ title, rule: preset }) => (
          <button
            key={title}
            type="button"
            class="chip"
            onClick={() =>
              edit(pretty(preset.operation ? preset : withOperation(preset, operation)))
            }
          >
            {title}
          </button>
        ))}
      </div>
      <label class="field">
        Operation
        <select
          value={OPERATIONS.some((one) => one === operation) ? operation : ''}
          disabled={!isObject(rule)}
          onChange={({ currentTarget }) =>
            edit(pretty(withOperation(rule as FaultRule, currentTarget.value)))
          }
        >
          <option value="">Every call</option>
          {OPERATIONS.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        Rule
        <textarea
          rows={Math.min(16, Math.max(6, text.split('\n').length))}
          spellcheck={false}
          value={text}
          aria-describedby="rule-meaning"
          onInput={({ currentTarget }) => edit(currentTarget.value)}
        />
      </label>
      <p id="rule-meaning" class="meaning">
        {describe(text)}
      </p>
      {error !== null && (
        <p class="problem-line" role="alert">
          {error}
        </p>
      )}
      <div class="actions">
        <button type="submit" class="primary">
          Add fault
        </button>
      </div>
    </form>
  );
};
