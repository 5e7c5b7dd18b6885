import type { ComponentChild } from 'preact';
import { bytes } from '../lib/format.ts';
import type { Message } from '../lib/types.ts';
import { copy } from '../store/clipboard.ts';
import { Body } from './body.tsx';
import { Status } from './status.tsx';

interface Props {
  readonly title: string;
  readonly message: Message;
  readonly query?: string;
  readonly status?: number | null;
}

const Pairs = ({
  all,
}: {
  readonly all: readonly (readonly [string, string])[];
}): ComponentChild => (
  <dl class="pairs">
    {all.map(([name, value], index) => (
      <div key={index}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

/** One side of an exchange: its query, its headers, which start folded, and its body. */
export const MessagePart = ({ title, message, query = '', status }: Props): ComponentChild => {
  const headers = Object.entries(message.headers);
  const parameters = [...new URLSearchParams(query)];
  return (
    <section class="part" aria-label={title}>
      <header class="part-head">
        <h3>{title}</h3>
        {status !== undefined && <Status status={status} />}
        <span class="muted">{message.bytes > 0 ? bytes(message.bytes) : 'no body'}</span>
        {message.body !== '' && (
          <button
            type="button"
            class="quiet"
            aria-label={`Copy the body of the ${title.toLowerCase()}`}
            onClick={() => void copy(message.body, 'the body')}
          >
            Copy
          </button>
        )}
      </header>
      {parameters.length > 0 && <Pairs all={parameters} />}
      {headers.length > 0 && (
        <details>
          <summary>
            Headers <span class="muted">{headers.length}</span>
          </summary>
          <Pairs all={headers} />
        </details>
      )}
      {message.body !== '' && (
        <Body
          text={message.body}
          size={message.bytes}
          label={`Body of the ${title.toLowerCase()}`}
        />
      )}
    </section>
  );
};
