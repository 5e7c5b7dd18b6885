import type { ComponentChild } from 'preact';
import { inWords, type Json } from '../lib/wire.ts';
import { call } from '../store/api.ts';
import { state } from '../store/emulator.ts';
import { act } from '../store/notices.ts';

const STATUSES = ['active', 'expired', 'revoked', 'synchronizing', 'synchronization_error'];

const change = async (uuid: string, status: string): Promise<void> => {
  await act(
    () => call('PATCH', `integrations/${encodeURIComponent(uuid)}`, { status }),
    `It is ${status} now`,
  );
  state.refresh();
};

const Integration = ({
  one,
  customer,
}: {
  readonly one: Json;
  readonly customer: string;
}): ComponentChild => {
  const status = inWords(one.status ?? '');
  const name = inWords(one.source_name ?? one.uuid);
  return (
    <tr>
      <td>{customer}</td>
      <td>{name}</td>
      <td class="breaks">
        <code>{inWords(one.uuid)}</code>
      </td>
      <td>
        <select
          aria-label={`Status of ${name}`}
          value={status}
          onChange={({ currentTarget }) => void change(inWords(one.uuid), currentTarget.value)}
        >
          {[...new Set([...STATUSES, status])].map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      </td>
    </tr>
  );
};

/** Integrations with their status, which is theirs to change: metrics fail where it is not active. */
export const Accounts = (): ComponentChild => {
  state.use();
  const now = state.data.value;
  const customers: readonly Json[] = now?.customers ?? [];
  const integrations: readonly Json[] = now?.integrations ?? [];
  const nameOf = ({ customer_uuid }: Json): string =>
    inWords(customers.find(({ uuid }) => uuid === customer_uuid)?.name ?? customer_uuid ?? '');
  return (
    <section class="card card-wide" aria-labelledby="accounts-title">
      <h2 id="accounts-title">
        Integrations <span class="muted">{integrations.length}</span>
      </h2>
      <div class="scroll table-box" tabIndex={0} role="region" aria-labelledby="accounts-title">
        <table>
          <thead>
            <tr>
              {['Customer', 'Account', 'uuid', 'Status'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {integrations.map((one) => (
              <Integration key={inWords(one.uuid)} one={one} customer={nameOf(one)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
};
