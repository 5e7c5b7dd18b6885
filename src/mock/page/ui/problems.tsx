import type { ComponentChild } from 'preact';
import type { Entry, Violation } from '../lib/types.ts';
import { repeats, subjectOf } from '../lib/violation.ts';

const List = ({
  all,
  title,
}: {
  readonly all: readonly Violation[];
  readonly title: string;
}): ComponentChild =>
  all.length === 0 ? null : (
    <>
      <h4>{title}</h4>
      <ul>
        {all.map((one, index) => (
          <li key={index}>
            <code>{subjectOf(one)}</code> {one.problem}
          </li>
        ))}
      </ul>
    </>
  );

/** Why it was refused, and what breaks the contract, before anything else. */
export const Problems = ({ entry }: { readonly entry: Entry }): ComponentChild => {
  const { reason, violations, status } = entry;
  const dropped = status === null ? 'The connection was dropped; no answer was sent.' : null;
  if (reason === null && violations.length === 0 && dropped === null) return null;
  return (
    <section class="problems" aria-label="What is wrong">
      {dropped && <p>{dropped}</p>}
      {reason !== null && !repeats(reason, violations) && <p class="reason">{reason}</p>}
      <List
        all={violations.filter(({ side }) => side === 'request')}
        title="The request breaks the contract"
      />
      <List
        all={violations.filter(({ side }) => side === 'response')}
        title="The answer breaks the contract"
      />
    </section>
  );
};
